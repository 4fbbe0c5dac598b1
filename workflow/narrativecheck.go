package workflow

import (
	"regexp"
	"slices"
	"strings"

	"duban/workflow/assess"
)

// figureForm finds figures in folded text: digits, with a point or a slash between.
var figureForm = regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)*`)

// verdictWords are what a narrative may not gain: the product prints them from what
// is stored.
var verdictWords = []string{
	"【重点考核】", VerdictLabel(assess.Nearly).ZH, VerdictLabel(assess.Behind).ZH, VerdictLabel(assess.Lagging).ZH, VerdictLabel(assess.OnSchedule).ZH,
	"达到任务要求", "基本完成任务要求", "未达任务要求",
}

// checkEdited refuses a narrative that has a figure or a verdict more often than the
// report's own.
func checkEdited(original, edited string) Problems {
	var p Problems
	had := count(figureForm.FindAllString(FoldText(original), -1))
	for figure, n := range count(figureForm.FindAllString(FoldText(edited), -1)) {
		if n > had[figure] {
			p.Add("narrative", "figure", "不得增加报告中没有的数字："+figure, "must not gain a figure that the report does not have: "+figure)
		}
	}
	for _, word := range verdictWords {
		if strings.Count(edited, word) > strings.Count(original, word) {
			p.Add("narrative", "verdict", "不得写入评定用语："+word, "must not gain the words of a verdict: "+word)
		}
	}
	slices.SortFunc(p, func(a, b FieldError) int { return strings.Compare(a.Text.EN, b.Text.EN) })
	return p
}

func count(texts []string) map[string]int {
	n := map[string]int{}
	for _, t := range texts {
		n[t]++
	}
	return n
}
