package wording

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	suffixForm  = regexp.MustCompile(`^(?:及以上|以上|以内|之内|内|及以下|以下|之下|左右|上下|余)`)
	verbTail    = regexp.MustCompile(`(?:净增|新增|新建|改建|新改建|建成|建设|完成|改造|整治|淘汰|治理|创建|培育|打造|开工|购置|筹集|培训|推动|检查|修复|取缔|关停|实施|开展|设置|安装|造)$`)
	stationForm = regexp.MustCompile(`^(.{2,60}?(?:自动监测子站|监测子站|子站|监测站|国控点|省控点|市控点|站点|断面|点位))(.*)$`)
	pollutant   = regexp.MustCompile(`^(.*?)(?:指标)?(?:年均|月均|日均|平均|年平均)?(?:浓度|质量浓度|值|含量)?(?:值)?$`)
	shareTail   = regexp.MustCompile(`(?:中的|的)$`)
)

// figures reads the figures of a clause.
func (sp *spanner) figures(c clause, list []token) {
	from := c.from
	for i, t := range list {
		until := c.to
		if i+1 < len(list) {
			until = list[i+1].from
		}
		before := strings.TrimLeft(sp.plain(from, t.from), "，、")
		after, suffix := sp.after(t.to, until)
		f := fact{kind: figureFact, value: t.value, exact: t.exact, unit: t.unit, words: t.words}
		f.linked = i > 0 && t.unit == "%" && shareTail.MatchString(before) && list[i-1].unit != "%"
		left := sp.sense(&f, before, suffix)
		if i+1 < len(list) && list[i+1].unit == "%" && shareTail.MatchString(after) {
			after = trimmed(after) // 15家…改造中的60%
		}
		from = t.to
		if sp.named(&f, left, after) {
			from = until
		}
		if sp.sumOfThing(&f, before) {
			continue
		}
		if f.linked {
			f.noun, f.name = "", ""
		}
		sp.figure(f)
	}
}

var sumFirst = regexp.MustCompile(`^(?:共计|合计|总计|共)`)

// sumOfThing makes a thing to be done and its number one fact: 完成锅炉改造，共计14台.
func (sp *spanner) sumOfThing(f *fact, before string) bool {
	n := len(sp.facts)
	if n == sp.first || sp.facts[n-1].kind != deliverable || f.noun != "" || !sumFirst.MatchString(before) {
		return false
	}
	f.noun, f.name, f.due = sp.facts[n-1].name, sp.facts[n-1].name, sp.facts[n-1].due
	sp.facts = sp.facts[:n-1]
	sp.add(*f)
	return true
}

// after is what stands after a figure, up to the next or to 、.
func (sp *spanner) after(from, until int) (text, suffix string) {
	rest := sp.s.text[from:until]
	suffix = suffixForm.FindString(rest)
	rest = rest[len(suffix):]
	text = strings.NewReplacer(" ", "", "|", "").Replace(rest)
	return text, suffix
}

// sense reads what stands before the figure for how it counts, and returns the
// rest of it.
func (sp *spanner) sense(f *fact, before, suffix string) string {
	left := before
	for _, g := range []group{most, change, least} { // the longest says it: 不低于, not 低于
		at := compiled[g].whole().FindStringIndex(before)
		if at == nil || at[0] >= len(left) || g == change && f.unit != "%" && f.unit != "个百分点" {
			continue
		}
		left = before[:at[0]]
		f.sense, f.name = reach, ""
		switch g {
		case most:
			f.sense = notOver
		case change:
			f.sense, f.name = changed, changeWord(before[at[0]:])
		}
	}
	if f.sense == reach && (suffix == "以内" || suffix == "之内" || suffix == "以下" || suffix == "之下") {
		f.sense = notOver
	}
	if suffix == "左右" || suffix == "上下" {
		sp.marks = append(sp.marks, markOf("approximate", f.words+suffix, "“"+f.words+suffix+"”不是确定的目标值", "“"+f.words+suffix+"” is not a definite target"))
	}
	return left
}

func changeWord(words string) string {
	for _, w := range []string{"增长", "增加", "提高", "提升", "上升", "下降", "降低", "减少", "削减", "压减", "压降"} {
		if strings.Contains(words, w) {
			return w
		}
	}
	return ""
}

// named finds what the figure counts. It reports that this stands after it.
func (sp *spanner) named(f *fact, before, after string) (tookAfter bool) {
	word := f.name
	noun := trimmed(before)
	verb := verbTail.FindString(noun)
	after = trimmed(after)
	if isDone(after) {
		after = ""
	}
	switch bare := strings.TrimSuffix(noun, verb); {
	case after != "" && unicode.Is(unicode.Han, firstRune(after)) || after != "" && isLetter(after[0]):
		if noun == "" || verb != "" || strings.HasSuffix(before, "的") || strings.HasSuffix(before, "推动") {
			f.noun, f.name, tookAfter = after, verb+after, true
			if verb == "完成" || verb == "推动" {
				f.name = after
			}
			break
		}
		f.noun, f.name = noun, noun
		if f.unit == "%" && bare == noun && f.sense == reach && !rateLike(noun) {
			tookAfter = true
			f.noun, f.name = after, after
		}
	default:
		f.noun, f.name = noun, noun
		if bare == "" {
			f.noun = ""
		}
	}
	if f.noun == "" && len(sp.facts) == sp.first && sp.context != "" {
		f.noun = trimmed(sp.context)
		f.name = f.noun
	}
	if f.noun == "" && len(sp.facts) > sp.first {
		f.name = sp.facts[len(sp.facts)-1].name
	}
	if f.sense == notOver {
		sp.atStation(f)
	}
	if word != "" {
		f.name, f.noun = f.name+word, f.noun+word
	}
	return tookAfter
}

// atStation splits 东湖子站NO2浓度 into station and pollutant.
func (sp *spanner) atStation(f *fact) {
	if u, _, ok := unitOf(f.unit); !ok || u.dim != density {
		return
	}
	if m := stationForm.FindStringSubmatch(f.name); m != nil {
		sp.station, f.name = m[1], m[2]
	}
	if sp.station == "" {
		return
	}
	f.station = sp.station
	if m := pollutant.FindStringSubmatch(f.name); m != nil && m[1] != "" {
		f.name = m[1]
	}
	f.noun = f.station + f.name
}

// figure adds a figure's fact with its deadline.
func (sp *spanner) figure(f fact) {
	if sp.dated {
		f.due, f.open = sp.due, sp.open
		if !sp.used && sp.open != "" && f.sense != notOver {
			sp.openMark()
		}
		sp.used = true
	}
	sp.add(f)
	if !sp.dated && f.sense != notOver {
		sp.pending = append(sp.pending, len(sp.facts)-1)
	}
}

var rateForm = regexp.MustCompile(`(?:率|比例|比重|占比|覆盖面|满意度|水平|系数|指数|程度)$`)

// rateLike reports a noun whose percentage is a level of its own, not how far a
// piece of work is.
func rateLike(noun string) bool { return rateForm.MatchString(noun) }
