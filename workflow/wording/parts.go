package wording

import (
	"regexp"
	"strings"
)

// Part is a numbered part of a text: （1）, 1., ①, 一是, （一）. Number is as it is
// written in normal text, "" before the first.
type Part struct {
	Number string
	Text   string // normal
}

var partForm = regexp.MustCompile(`\([0-9]{1,2}\)|\([一二三四五六七八九十]{1,3}\)|[①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮]|(?:^|\n|。|；|，)(?:[0-9]{1,2}(?:、|。|\))|[0-9]{1,2}\.\D|[一二三四五六七八九十]{1,2}、)|(?:^|\n|。|；|，)(?:[一二三四五六七八九十]{1,2}是)`)

// Parts cuts a text at its numbers. Numbers that do not stand at a beginning, such
// as the count in 任务（24个）, are none.
func Parts(text string) []Part {
	return parts(Normal(text))
}

func parts(text string) []Part {
	var list []Part
	add := func(number, text string) {
		if text = strings.Trim(text, "\n 。；"); text != "" {
			list = append(list, Part{Number: number, Text: text})
		}
	}
	last, number := 0, ""
	for _, at := range partForm.FindAllStringIndex(text, -1) {
		from, to := at[0], at[1]
		mark := strings.TrimLeft(text[from:to], "\n。；，")
		from = to - len(mark)
		if before := strings.TrimRight(text[:from], " "); mark[0] == '(' && before != "" && !strings.HasSuffix(before, "\n") &&
			!strings.HasSuffix(before, "。") && !strings.HasSuffix(before, "；") && !strings.HasSuffix(before, "：") && !strings.HasSuffix(before, "，") {
			continue
		}
		if strings.IndexByte(mark, '.') > 0 {
			mark = mark[:strings.IndexByte(mark, '.')+1]
			to = from + len(mark)
		}
		add(number, text[last:from])
		number, last = mark, to
	}
	add(number, text[last:])
	return list
}

// sentences cuts a part at its full stops, semicolons and lines.
func sentences(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '。' || r == '；' || r == '\n' })
}
