package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"duban/workflow/wording"
)

// Texts without tabs: every paragraph of every cell is a line of its own, and
// nothing says where a cell ends. The progress cell is known by its verdict, the
// region by its name, the requirement by its numbers or dates; where that does not
// settle it, the row is marked.
var (
	progressLine = regexp.MustCompile(`^(?:【重点考核】|(?:未按进度|基本按进度|按进度)完成|进度滞后|(?:基本)?完成任务要求|(?:未)?达(?:到)?任务要求)`)
	stationLine  = regexp.MustCompile(`^(?:\([0-9]+\))?[0-9一二三四上下全前至-]{1,6}(?:月|季度|年)(?:份)?，.*浓度为`)
	numbered     = regexp.MustCompile(`^(?:\([0-9]{1,2}\)|[0-9]{1,2}(?:、|\.)|[①-⑮])`)
	firstNumber  = regexp.MustCompile(`^(?:\(1\)|1(?:、|\.)|①)`)
	dateFirst    = regexp.MustCompile(`^(?:\(1\))?(?:20[0-9]{2}年)?(?:[0-9]{1,2}月|年底|上半年|下半年|第?[一二三四]季度)`)
	regionWord   = regexp.MustCompile(`^[\p{Han}]{1,12}(?:区|市|县|旗|镇|乡|街道)$`)
)

// boundary is put before a requirement whose beginning is a guess of lines.
const boundary = "\x00"

// lineReader puts the lines of a text back into rows.
type lineReader struct {
	doc    document
	table  grid
	header []string // of the lines of the header
	region string
	task   []string // lines of subject and requirement
	told   []string // lines of progress
	open   bool     // told goes on
	count  counter
}

func readLines(lines []string) (*document, error) {
	r := &lineReader{}
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(printable(lines[i]))
		if line == "" {
			continue
		}
		if n := headerAt(lines[i:]); n > 0 {
			if r.header == nil {
				r.table.rows = append(r.table.rows, []cell{{text: "区域"}, {text: "主要任务"}, {text: "工作内容及要求"}, {text: "工作进展情况"}})
			}
			r.header = lines[i : i+n]
			i += n - 1
			continue
		}
		if len(line) > mostCell {
			return nil, tooLong("")
		}
		if err := r.line(line); err != nil {
			return nil, err
		}
	}
	if err := r.flush(); err != nil {
		return nil, err
	}
	r.doc.grids = append(r.doc.grids, r.table)
	return &r.doc, nil
}

// headerAt returns how many lines from the first on are the four headings of a
// table in the usual order, or 0.
func headerAt(lines []string) int {
	var texts []string
	for i, line := range lines[:min(len(lines), 8)] {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if texts = append(texts, line); len(texts) < 4 {
			continue
		}
		at := columnsOf(texts)
		if at != nil && at[regionColumn] == 0 && at[subjectColumn] == 1 && at[requirementColumn] == 2 && at[progressColumn] == 3 && len(at) == 4 {
			return i + 1
		}
		return 0
	}
	return 0
}

func (r *lineReader) line(line string) error {
	if r.header == nil {
		if len(r.doc.before) < 40 {
			r.doc.before = append(r.doc.before, line)
		}
		return nil
	}
	normal := wording.Normal(line)
	begins := progressLine.MatchString(normal) || stationLine.MatchString(normal)
	switch {
	case len(r.told) == 0 && begins && len(r.task) > 0:
		r.told, r.open = []string{line}, true
		r.open = needsMore(normal)
		return nil
	case len(r.told) > 0 && r.open:
		more := numbered.MatchString(normal) && stationLine.MatchString(normal)
		if strings.HasSuffix(wording.Normal(r.told[len(r.told)-1]), "】") || more || !stationLine.MatchString(wording.Normal(r.told[len(r.told)-1])) {
			r.told = append(r.told, line)
			r.open = stationLine.MatchString(normal)
			return nil
		}
		r.open = false
	}
	if len(r.told) > 0 {
		if err := r.flush(); err != nil {
			return err
		}
	}
	if len(r.task) == 0 && regionWord.MatchString(normal) && utf8.RuneCountInString(normal) <= 8 {
		r.region = line
		return nil
	}
	r.task = append(r.task, line)
	return nil
}

// needsMore reports a first line of progress after which others follow: a mark or
// a verdict alone, or the first of several stations.
func needsMore(line string) bool {
	if stationLine.MatchString(line) {
		return numbered.MatchString(line)
	}
	rest := strings.TrimPrefix(line, "【重点考核】")
	if at := progressLine.FindStringIndex(rest); at != nil {
		rest = rest[at[1]:]
	}
	return strings.Trim(rest, "。，；") == ""
}

func (r *lineReader) flush() error {
	if len(r.task) == 0 && len(r.told) == 0 {
		return nil
	}
	if err := r.count.row(); err != nil {
		return err
	}
	at, sure := split(r.task)
	requirement := strings.Join(r.task[at:], "\n")
	if !sure {
		requirement = boundary + requirement
	}
	r.table.rows = append(r.table.rows, []cell{{text: r.region}, {text: strings.Join(r.task[:at], "\n")}, {text: requirement}, {text: strings.Join(r.told, "\n")}})
	r.task, r.told, r.open = nil, nil, false
	return r.count.cell(4)
}

// split finds where the requirement begins among the lines of a row.
func split(lines []string) (at int, sure bool) {
	for i, line := range lines {
		normal := wording.Normal(line)
		if i > 0 && firstNumber.MatchString(normal) {
			return i, true
		}
	}
	if len(lines) == 2 {
		return 1, true
	}
	for i, line := range lines {
		if i > 0 && dateFirst.MatchString(wording.Normal(line)) {
			return i, true
		}
	}
	return min(1, len(lines)), false
}
