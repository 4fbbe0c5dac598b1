package workbook

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/sheet"
)

// wrong is a cell that cannot be read: the rule, and what would be right.
type wrong struct{ rule, zh, en string }

// plain is what was typed, as narrow characters without spaces, and without the
// apostrophe that marks a text.
func plain(s string) string { return strings.TrimLeft(folded(width.Narrow.String(s)), "'") }

// thousands is a figure with separators where they belong.
var thousands = regexp.MustCompile(`^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)

// figure reads a figure in the unit of its row. In a row of percentages 9.25% is
// 9.25, whether it was typed or is shown so.
func figure(c sheet.Cell, unit string) (*assess.Decimal, *wrong) {
	number, percent, err := number(c, unit)
	if err != nil {
		return nil, err
	}
	if percent && plain(unit) != "%" {
		return nil, &wrong{"percent", "此项按“" + unit + "”填报，不填百分比", "is reported in " + unit + ", not in percent"}
	}
	if percent && c.Kind == sheet.Figure {
		number = number.Shift(2)
	}
	return exactly(number)
}

// share reads a part of a whole: 40%, or 0.4.
func share(c sheet.Cell) (*assess.Decimal, *wrong) {
	number, percent, err := number(c, "")
	if err != nil {
		return nil, err
	}
	if percent && c.Kind == sheet.Text {
		number = number.Shift(-2)
	}
	if number.GreaterThanOrEqual(assess.Whole(1)) {
		return nil, &wrong{"range", "须为 0% 到 99%，写成 40% 或 0.4；已完成请填“完成日期”", "must be 0% to 99%, written 40% or 0.4; give the day when it is done"}
	}
	return exactly(number)
}

// exactly refuses figures that JSON reports could not have either.
func exactly(d assess.Decimal) (*assess.Decimal, *wrong) {
	read, err := assess.ParseDecimal(d.String())
	if err != nil {
		return nil, &wrong{"decimal", "整数部分最多 15 位，小数最多 8 位", "has more than 15 digits before the point or 8 after it"}
	}
	return &read, nil
}

// number reads a figure and whether it is one in percent.
func number(c sheet.Cell, unit string) (d assess.Decimal, percent bool, why *wrong) {
	not := &wrong{"decimal", "须为数字，例如 9.25，不带文字", "must be a figure such as 9.25, without words"}
	text := c.Text
	switch c.Kind {
	case sheet.Truth, sheet.Failure:
		return d, false, not
	case sheet.Figure:
		if c.Format == sheet.Dated {
			return d, false, &wrong{"date", "此处须为数字，单元格却是日期", "must be a figure, the cell is a day"}
		}
		// Files keep figures as binary fractions of 17 digits; programs show 15 of them.
		shown, err := fifteen(text)
		if err != nil {
			return d, false, not
		}
		text, percent = shown, c.Format == sheet.Percent
	default:
		text = plain(text)
		if u := plain(unit); u != "" && u != "%" {
			text = strings.TrimSuffix(text, u)
		}
		text, percent = strings.CutSuffix(text, "%")
		if thousands.MatchString(text) {
			text = strings.ReplaceAll(text, ",", "")
		}
	}
	read, err := assess.ParseDecimal(text)
	if err != nil && c.Kind == sheet.Figure {
		return d, false, &wrong{"decimal", "整数部分最多 15 位，小数最多 8 位", "has more than 15 digits before the point or 8 after it"}
	}
	if err != nil {
		return d, false, not
	}
	return read, percent, nil
}

// fifteen writes a figure of a file with the fifteen digits that people see.
func fifteen(s string) (string, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return "", err
	}
	if f, err = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err != nil || f-f != 0 {
		return "", errors.Join(errors.New("no finite figure"), err)
	}
	return strconv.FormatFloat(f, 'f', -1, 64), nil
}

var (
	dayForm = regexp.MustCompile(`^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:T[0-9:.]+Z?)?$`)
	// hourForm is a time of day after a day.
	hourForm   = regexp.MustCompile(`\s+[0-9]{1,2}[:：][0-9]{2}.*$`)
	digitsForm = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})$`)
	serialForm = regexp.MustCompile(`^[0-9]{5}(?:\.[0-9]+)?$`)
)

// day reads a day as a spreadsheet keeps it or as people write it.
func day(c sheet.Cell, from1904 bool) (calendar.Date, *wrong) {
	not := &wrong{"date", "须为存在的日期，写成 2023-06-30、2023/6/30、2023.6.30 或 2023年6月30日", "must be a day that exists, written 2023-06-30, 2023/6/30, 2023.6.30 or 2023年6月30日"}
	text := plain(hourForm.ReplaceAllString(strings.TrimSpace(c.Text), ""))
	if c.Kind == sheet.Figure {
		var err error
		if text, err = fifteen(c.Text); err != nil {
			return calendar.Date{}, not
		}
	}
	if c.Kind == sheet.Truth || c.Kind == sheet.Failure {
		return calendar.Date{}, not
	}
	if serialForm.MatchString(text) {
		at, ok := sheet.Day(text, from1904)
		if !ok || at.Year() < 2000 || at.Year() > 2099 {
			return calendar.Date{}, not
		}
		return calendar.New(at.Date()), nil
	}
	m := digitsForm.FindStringSubmatch(text)
	if m == nil {
		m = dayForm.FindStringSubmatch(text)
	}
	if m == nil {
		return calendar.Date{}, not
	}
	two := func(s string) string { return ("0" + s)[len(s)-1:] }
	read, err := calendar.Parse(m[1] + "-" + two(m[2]) + "-" + two(m[3]))
	if err != nil {
		return calendar.Date{}, not
	}
	return read, nil
}

// word reads a verdict by the name it has in the list.
func word(c sheet.Cell) (assess.Verdict, *wrong) {
	text := folded(c.Text)
	for _, v := range assess.Verdicts {
		if label := workflow.VerdictLabel(v); text == label.ZH || strings.EqualFold(text, folded(label.EN)) || text == string(v) {
			return v, nil
		}
	}
	return "", &wrong{"one_of", "请从列表中选择：按进度完成、基本按进度完成、进度滞后、未按进度完成", "must be one of the list"}
}
