package wording

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// Told is a sentence of a report's narrative, as the grammar reads it.
type Told struct {
	Number  string // of its numbered part, "" for none
	Text    string // normal
	Clauses []Clause
	Figures []Said
	Days    []Day
}

// Clause is a piece of a sentence between commas.
type Clause struct {
	Text   string // normal
	Done   bool   // says that something is finished
	All    bool   // says that all of it is finished
	Denied bool   // not, not yet, planned, under way
}

// Said is a figure with what stands around it.
type Said struct {
	Value   assess.Decimal
	Unit    string
	Words   string // as in the text
	About   string // what stands before it, back to the last figure of its kind, and after it
	Planned bool   // a target, a plan, or what is left; not what was reached
	Total   bool   // the sum of others: 共, 合计
	Part    bool   // after 其中
}

// Day is a day on which something happened, as a narrative has it. Of a month only,
// it is the first day.
type Day struct {
	Words string
	Date  calendar.Date
}

var (
	denied     = newFinder(`未|没有|尚|暂无|无法|不能|正在|正进行|拟|将|计划|准备|待|预计|力争|确保|争取|推进中|前期工作|有望`)
	doneWord   = newFinder(`完成|完工|建成|竣工|办结|销号|已印发|已出台|已投入`)
	allDone    = newFinder(`(?:全部|全面|均已|均|已经全|整体)(?:已)?(?:按期|如期)?(?:完成|完工|建成|竣工|办结|销号)|(?:完成|建成)(?:了)?(?:全部|所有)|100%完成`)
	planned    = newFinder(`(?:目标|计划|任务数|任务量|任务为|年度任务|要求|应|需|拟|预计|力争|确保|剩余|还有|尚有|尚余|仍有|余下|未完成|缺口|总投资|规模|设计|警戒线|标准|限值|共有|总数|总计划|辖区|纳入)[^，。；、]{0,8}$`)
	totalWord  = newFinder(`(?:共计|合计|总计|累计共|共)(?:完成|新增|建成|改造|整治|投入|支出)?$`)
	whichParts = newFinder(`其中`)
	planDay    = newFinder(`前|计划|预计|拟|将|力争|确保|争取`)
)

// mostTold is how much of a narrative is read, in bytes: 4,000 characters.
const mostTold = 12_000

// ReadNarrative reads what a report tells. year is that of its evidence date.
func ReadNarrative(text string, year int) []Told {
	if len(text) > mostTold {
		text = strings.ToValidUTF8(text[:mostTold], "")
	}
	var list []Told
	for _, p := range parts(Normal(text)) {
		for _, whole := range sentences(p.Text) {
			if len(whole) <= longest {
				list = append(list, told(p.Number, whole, year))
			}
		}
	}
	return list
}

func told(number, whole string, year int) Told {
	s := scan(whole, &year)
	t := Told{Number: number, Text: whole}
	list := s.clauses()
	for _, c := range list {
		text := strings.Trim(whole[c.from:c.to], "，、()")
		ahead := slices.ContainsFunc(c.tokens, func(t token) bool { return t.date && strings.HasSuffix(t.words, "前") }) && !strings.Contains(text, "已")
		t.Clauses = append(t.Clauses, Clause{Text: text, Denied: ahead || denied.in(text), Done: doneWord.in(text), All: allDone.in(text)})
	}
	for i, token := range s.tokens {
		clause := clauseAt(list, token.from)
		if token.date {
			in := whole[clause.from:clause.to]
			if day, ok := dayOf(token, in); ok {
				t.Days = append(t.Days, day)
			}
			continue
		}
		if !token.exact {
			continue
		}
		from := sameKindBefore(s.tokens[:i], token, clause)
		next := clause.to
		for _, later := range s.tokens[i+1:] {
			if !later.date {
				next = min(next, later.from)
				break
			}
		}
		next = max(token.to, next)
		before := s.text[from:token.from]
		t.Figures = append(t.Figures, Said{
			Value: token.value, Unit: token.unit, Words: token.words,
			About:   strings.ReplaceAll(whole[from:token.from]+whole[token.to:next], " ", ""),
			Planned: planned.in(strings.TrimRight(before, " ")),
			Total:   totalWord.in(strings.TrimRight(before, " ")),
			Part:    whichParts.in(whole[:token.from]),
		})
	}
	return t
}

// sameKindBefore is where the figure's own words begin: after the last figure of
// the same unit, or at the beginning of the sentence.
func sameKindBefore(before []token, of token, in clause) int {
	for i := len(before) - 1; i >= 0; i-- {
		if t := before[i]; !t.date && t.unit == of.unit {
			if t.to < in.from {
				return in.from
			}
			return t.to
		}
	}
	return 0
}

func clauseAt(list []clause, at int) clause {
	for _, c := range list {
		if at < c.to {
			return c
		}
	}
	return list[len(list)-1]
}

// dayOf is the day of something that happened; false for plans and deadlines.
func dayOf(t token, in string) (Day, bool) {
	if t.day.IsZero() || planDay.in(t.words) || planDay.in(in) || !monthForm.MatchString(t.words) {
		return Day{}, false
	}
	day := t.day
	if !dayForm.MatchString(t.words) {
		first, err := calendar.Parse(day.String()[:8] + "01")
		if err != nil {
			return Day{}, false
		}
		day = first
	}
	return Day{Words: t.words, Date: day}, true
}

// Scale is how many of the smallest unit of its dimension one unit is, and what
// that dimension is; units of the same dimension can be compared. false for a unit
// that the grammar does not know. Classifiers (个, 座, 家, 人) are one dimension.
func Scale(word string) (scale assess.Decimal, dimension string, ok bool) {
	u, per, ok := unitOf(Normal(word))
	if !ok {
		return u.factor, "", false
	}
	dim := string(u.dim)
	if u.dim == persons {
		dim = string(counts)
	}
	if u.dim == money || u.dim == area || u.dim == share || u.dim == weight || u.dim == volume {
		dim += familyOf(u.word)
	}
	return u.factor, dim + "/" + per, ok
}

// familyOf keeps units of a dimension apart that are not counted in each other.
func familyOf(word string) string {
	switch word {
	case "美元", "亩", "‰", "个百分点", "吨标准煤", "吨标煤", "蒸吨", "立方":
		return word
	}
	return ""
}

// Pairs are the pairs of neighbouring letters of a text, without words that every
// report has: what two texts have in common tells whether they speak of the same.
type Pairs map[string]bool

// In is the share of the pairs that are in others, 0 to 1.
func (p Pairs) In(others Pairs) float64 {
	if len(p) == 0 {
		return 0
	}
	n := 0
	for pair := range p {
		if others[pair] {
			n++
		}
	}
	return float64(n) / float64(len(p))
}

// With are the pairs together with those of another text.
func (p Pairs) With(text string) Pairs {
	all := PairsOf(text)
	maps.Copy(all, p)
	return all
}

var dull = strings.NewReplacer("完成", "", "新增", "", "累计", "", "比例", "", "长度", "", "数量", "", "工作", "", "的", "", "已", "", "了", "", "指标", "", "项目", "", "开展", "")

// PairsOf are the pairs of a text.
func PairsOf(text string) Pairs {
	text = dull.Replace(strings.Map(func(r rune) rune {
		if strings.ContainsRune("，。；、：()（） \n“”", r) {
			return -1
		}
		return r
	}, text))
	pairs := Pairs{}
	last := -1
	for i, r := range text {
		if last >= 0 {
			pairs[text[last:i+utf8.RuneLen(r)]] = true
		}
		last = i
	}
	return pairs
}
