package wording

import "strings"

// group says what a pattern's words do.
type group string

const (
	deadline   group = "deadline"   // names the last day
	openDate   group = "open date"  // a deadline that no calendar knows
	notDate    group = "not a date" // months and years that are no deadline
	quantity   group = "quantity"   // a figure with its unit
	portion    group = "portion"    // a share in words
	attribute  group = "attribute"  // a figure that describes a thing
	interval   group = "interval"   // from one figure to another
	yearOnly   group = "year"       // at the beginning, without a verb
	recurring  group = "recurring"  // every month, every quarter
	least      group = "least"      // before a figure: at least
	most       group = "most"       // before a figure: at most
	change     group = "change"     // before a figure: by so much
	criterion  group = "criterion"  // says how it is judged
	completion group = "completion" // finished, of what was spoken of before
	watchLine  group = "watch line" // below a line whose figure stands elsewhere
	steady     group = "steady"     // goes on, nothing to finish
	empty      group = "empty"      // words that say nothing about what is counted
)

// pattern is a line of the grammar. form is a regular expression over normal text
// (Normal) in which {y}, {m}, {d}, {q}, {n}, {u} stand for year, month, day,
// quarter, number and unit. example is read as a requirement of a campaign of
// 2024; means is what then comes out.
type pattern struct {
	group   group
	form    string
	example string
	means   string
}

// grammar is the whole of it; within a group the first pattern that fits counts.
// Deadlines are inclusive: 6月底前 is by the end of 30 June (domain.md).
var grammar = []pattern{
	// months and years that are no deadline: taken out before deadlines are looked for
	{notDate, `{y}?{m}(?:份)?(?:至|到|-)(?:{y})?{m}`, "9月至11月开展宣传活动。", "qualitative"},
	{notDate, `[0-9]{1,2}-[0-9]{1,2}月(?:份)?`, "1-6月平均浓度不高于40微克/立方米。", "ceiling 微克/立方米 <=40 ~平均浓度"},
	{notDate, `(?:自|从){y}?{m}(?:{d})?(?:起|开始)?`, "自2024年3月起开展专项巡查。", "qualitative"},
	{notDate, `(?:较|比|与)(?:{y}|上年|去年)(?:同期)?(?:相比)?`, "年底前，排放量较2023年下降10%。", "cumulative % 2024-12-31=10 ~排放量"},
	{notDate, `{y}年均值`, "站点浓度高于2022年年均值的为未完成任务要求。", ""},

	// deadlines that no calendar knows
	{openDate, `(?:春节|元旦|清明|五一|端午|国庆|中秋|主汛期|汛期|雨季|台风季|采暖季|供暖季|取暖季|开学|早造|晚造|春耕|秋收|高考|入冬|入汛|会议召开|考核)(?:前|之前|以前|来临前|来临之前|开始前)`, "春节前完成清欠。", "mark due"},
	{openDate, `(?:汛|雨季|台风季|春节|国庆|节|秋收)后`, "汛后完成除险加固。", "mark due"},
	{openDate, `(?:(?:收到|接到|自|从)[^，。；]{0,20}?)?[0-9]{1,3}个?(?:工作日|日|天|周|个月|月)(?:内|之内|以内)`, "收到通知后15日内完成整改。", "mark due"},
	{openDate, `按照?[^，。；]{0,16}?(?:时间节点|时限要求|进度要求|时限)(?:要求)?`, "按照省的时间节点完成验收。", "mark due"},
	{openDate, `{y}?(?:0?[1-9]|1[0-2])月(?:份)?(?:之前|以前|前)`, "12月前完成验收。", "mark due"},
	{openDate, `{y}(?:之前|以前|前)`, "2025年前完成验收。", "mark due"},
	{openDate, `{y}?第?[二三四2-4]季度(?:之前|以前|前)`, "三季度前完成验收。", "mark due"},
	{openDate, `(?:近期|尽快|尽早|适时|限期内?|按期|如期)(?:完成)`, "尽快完成验收。", "mark due"},

	// deadlines
	{deadline, `(?:于|在|截至|至|到)?(?:{y}|今年|当年|明年|次年)?{m}(?:的)?(?:份)?(?:月?底|末)(?:之前|以前|前)?`, "2024年6月底前完成方案编制。", "stages 2024-06-30"},
	{deadline, `(?:于|在|截至|至|到)?(?:{y}|今年|当年|明年|次年)?{m}(?:上旬|中旬|下旬)(?:之前|以前|前)?`, "8月中旬前完成方案编制。", "stages 2024-08-20"},
	{deadline, `(?:于|在|截至|至|到)?(?:{y}|今年|当年|明年|次年)?{m}{d}(?:之前|以前|前)?`, "2024年8月15日前完成现场调查。", "stages 2024-08-15"},
	{deadline, `(?:于|在|截至|至|到)?(?:{y}|今年|当年|明年|次年)?上半年(?:之前|以前|前|末|底)?`, "上半年完成现场调查。", "stages 2024-06-30"},
	{deadline, `(?:于|在|截至|至|到)?(?:{y}|今年|当年|明年|次年)?下半年(?:之前|以前|前|末|底)?`, "下半年完成现场调查。", "stages 2024-12-31"},
	{deadline, `(?:于|在|截至|至|到)?(?:{y}|今年|明年|次年)?第?{q}季度(?:末|底|内|结束)?(?:之前|以前|前)?`, "第三季度末完成现场调查。", "stages 2024-09-30"},
	{deadline, `(?:于|在|截至|至|到)?(?:{y}|今年|本年|当年|明年|次年)?(?:年底|年末|年终|底|末)(?:之前|以前|前)?`, "年底前完成验收。", "stages 2024-12-31"},
	{deadline, `(?:于|在)?(?:{y}|今年|本年|当年|明年|次年)?(?:全年|年内)`, "年内完成验收。", "stages 2024-12-31"},
	{deadline, `到{y}`, "到2025年，覆盖率达到70%。", "cumulative % 2025-12-31=70 ~覆盖率"},
	{deadline, `(?:在|于)?(?:{y}|今年|明年|次年)内`, "2024年内完成验收。", "stages 2024-12-31"},
	// a bare year before a verb; the verb is given back
	{deadline, `(?:{y}|今年|本年)[，]?(?:要|须|应|将|计划|力争|确保|完成|新增|新建|改造|建成|新改建|开工|培训|实现|建设|净增)`, "2024年新增公交车200辆。", "cumulative 辆 2024-12-31=200 ~公交车"},

	// the campaign's own year, of figures that nothing else dates: see ownYear
	{yearOnly, `^20[0-9]{2}年`, "2024年货运量增长8%以上。", "cumulative % 2024-12-31=8 ~货运量"},

	{recurring, `每(?:半?年|个?季度?|个?月|周|日|天|旬)[^，。；、]*`, "每季度开展检查不少于2次。", "mark recurring"},
	{interval, `{n}(?:{u})?(?:至|到|-){n}{u}`, "年底前检查企业80至100家。", "stages 2024-12-31\nmark range"},

	// figures that describe a thing
	{attribute, `\([^()]{0,20}?{n}(?:百|千|万|亿)*[^()/，]{1,4}/(?:日|年|小时|月)\)`, "年底前建成污水处理厂（3万吨/日）。", "stages 2024-12-31"},
	{attribute, `{n}{u}(?:级)?(?:及|或)?以[上下](?:的)?`, "", ""}, // only before a noun: see describes
	{attribute, `{n}{u}(?:级|范围|半径|口径|长的|宽|高的)`, "6月底前完成1公里范围排查。", "stages 2024-06-30"},
	{attribute, `{n}个?批次(?:共|合计)?|第{n}(?:批|期|次|个|项)`, "年底前完成三个批次共250套住房分配。", "cumulative 套 2024-12-31=250 ~住房"},
	{attribute, `每(?:[百千万亿]|{n})?{u}`, "年底前每千人拥有床位4.2张。", "cumulative 张 2024-12-31=4.2 ~床位"},
	{attribute, `一[户河厂企园湖区镇村]一[策档案册码品方]|三通一平|三线一单|三同时|四好农村路|[一二两三四五六七八九十]+(?:期|年行动|级|类|标段|环|化一|高一|河[一二三四六七八九]岸)|十四五|十五五|一次性|一件事|一条龙|一张网|第一|统一|唯一|同一|之一|一方面|“[^”]{1,12}”`, "年底前完成一期工程。", "stages 2024-12-31"},

	// shares in words
	{portion, `百分之[零〇一二两三四五六七八九十百点]+`, "年底前治理率达到百分之四十五。", "cumulative % 2024-12-31=45 ~治理率"},
	{portion, `[一二两三四五六七八九0-9]成(?:[一二三四五六七八九五](?:以)?)?`, "年底前即办率不低于六成。", "cumulative % 2024-12-31=60 ~即办率"},
	{portion, `一半|半数`, "年底前完成投资的一半。", "cumulative % 2024-12-31=50 ~投资"},
	{portion, `[二三四五六七八九十]分之[一二三四五六七八九]`, "年底前完成投资的四分之三。", "cumulative % 2024-12-31=75 ~投资"},

	// before a figure: at most
	{most, `(?:达到或优于|优于或等于|优于|好于)$`, "东湖子站NO2浓度达到或优于23微克/立方米。", "ceiling 微克/立方米 <=23 @东湖子站 ~NO2"},
	{most, `(?:不高于|不超过|不得超过|不超出|不大于|不得高于|不多于|低于|小于|少于|≤|<)$`, "总磷浓度不高于0.2毫克/升。", "ceiling 毫克/升 <=0.2 ~总磷"},
	{most, `(?:控制|保持|稳定|压减|维持)?(?:在|到|至)?不(?:高于|超过)$`, "漏损率控制在不高于9%。", "ceiling % <=9 ~漏损率"},
	{most, `控制(?:在|到|至)$`, "漏损率控制在9%以内。", "ceiling % <=9 ~漏损率"},
	{most, `(?:下降|降低|减少|压减|压降|削减|降)(?:到|至|为)$`, "漏损率降至9%。", "ceiling % <=9 ~漏损率"},

	// before a figure: by so much
	{change, `(?:同比)?(?:增长|增加|提高|提升|上升|下降|降低|减少|削减|压减|压降)(?:不低于|不少于|不小于|达到|达|超过|≥)?$`, "年底前单位能耗下降3%。", "cumulative % 2024-12-31=3 ~能耗下降"},

	// before a figure: at least
	{least, `(?:不低于|不少于|不小于|不得低于|不得少于|高于|大于|多于|超过|突破|≥|>)$`, "年底前执行率不低于60%。", "cumulative % 2024-12-31=60 ~执行率"},
	{least, `(?:提高|提升|增加|扩大|上升|增|升)(?:到|至)$`, "年底前使用率提高到80%以上。", "cumulative % 2024-12-31=80 ~使用率"},
	{least, `(?:保持|稳定|维持|巩固)(?:在|到)?(?:不低于)?$`, "年底前利用率稳定在92%以上。", "cumulative % 2024-12-31=92 ~利用率"},
	{least, `(?:达到或超过|达到|达|为|至|到|共|共计|约|有|的|中的|近)$`, "年底前收集率达到70%。", "cumulative % 2024-12-31=70 ~收集率"},

	// how it is judged: no measure of its own
	{criterion, `的?[，]?(?:视)?为(?:基本|未)?完成任务(?:要求)?|考核目标值的|按进度完成的|视为(?:完成|达标)`, "站点浓度达到或优于考核目标值的为完成任务要求。", ""},

	// a line whose figure stands elsewhere
	{watchLine, `(?:保持|控制|维持|处于|降)?(?:在|至|到)?警戒(?:线|水位|液位)(?:以下|之下|以内)|不(?:得)?(?:超过|高于)警戒(?:线|水位|液位)`, "调节池液位保持在警戒线以下。", "ceiling % ~液位\nmark line"},

	// finished, of what was spoken of before
	{completion, `^(?:前|内|并|须|应|要|将|力争|确保|计划|按期|如期)*(?:全部|全面|基本|整体|总体)*(?:完成|完工|建成|竣工|实现|落实|达到|达标|到位|清零|销号)?(?:全部|所有|全年|年度|剩余|其余)?(?:任务|目标|工作|建设|整治|整改|改造|治理|安装|联网|要求|目标任务)*(?:并)?(?:通过)?(?:验收|销号|投入使用|投入运行|投用|交付使用|交付)?$`, "", ""},
	{completion, `^(?:前|并|项目|工程|主体)*(?:全部|全面|基本|整体|主体|完成)*(?:建设|工程建设|施工|工程|主体工程|项目建设|完工|竣工|建成|投产|通车|通水)(?:并|、)?(?:完工|竣工|验收|投入使用|投入运行|投用|试运行|投产|通水|通车|运营|通水试运行|试运营|运行)*$`, "6月底前完成工程量60%，12月10日前完成建设并通水试运行。", "cumulative % 2024-06-30=60 2024-12-10=100 ~工程量"},

	// goes on, nothing to finish
	{steady, `^(?:继续|持续|深入|大力|积极|进一步|切实|不断|全面|协同)*(?:推进|加强|推动|开展|强化|做好|落实|健全|完善|深化|规范|压实|抓好|加快|提升|提高|严格|巩固|优化|加大|支持|鼓励|引导)`, "加强专项资金项目库储备管理工作。", "qualitative"},

	// words that say nothing about what is counted
	{empty, `^(?:[，、：]|前|并|且|须|应|要|将|于|在|其中|力争|争取|确保|保证|计划|预计|要求|累计|总计|合计|共|已|全面|全部|基本|再|各|分别|实际|完成|实现|达到|达|按照|不少于|不低于|时限为|完成时限|为|的)+`, "", ""},
	{empty, `(?:[，、：]|的|达到|达|完成|实现|累计|合计|共计|共|约|为|至|到|在|工作|任务|不少于|不低于|不小于|中的|数量|数|总数|总量|并|等)+$`, "", ""},

	{quantity, `{n}{u}`, "年底前新建公交专用道15公里。", "cumulative 公里 2024-12-31=15 ~公交专用道"},
}

const (
	digitsForm = `[0-9]+(?:\.[0-9]+)?`
	cnForm     = `[零〇一二两三四五六七八九十百千万亿]+`
)

// macros are the short names in the forms.
var macros = strings.NewReplacer(
	`{y}`, `(?:20[0-9]{2}年(?:度)?)`,
	`{m}`, `(?:0?[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九])月`,
	`{d}`, `(?:[0-9]{1,2})(?:日|号)`,
	`{q}`, `[一二三四1-4]`,
	`{n}`, `(?:`+digitsForm+`|`+cnForm+`)`,
	`{u}`, `(?:`+unitForm+`)`,
)

var compiled = compile()

// compile makes one expression of all the forms of a group.
func compile() map[group]*finder {
	forms := map[group][]string{}
	for _, p := range grammar {
		forms[p.group] = append(forms[p.group], macros.Replace(p.form))
	}
	out := map[group]*finder{}
	for g, all := range forms {
		out[g] = newFinder(all...)
	}
	return out
}
