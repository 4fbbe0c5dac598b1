package wording

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"duban/workflow/calendar"
)

var (
	yearForm    = regexp.MustCompile(`20[0-9]{2}年`)
	monthForm   = regexp.MustCompile(`([0-9]{1,2}|十[一二]?|[一二三四五六七八九])月`)
	dayForm     = regexp.MustCompile(`([0-9]{1,2})(?:日|号)`)
	quarterForm = regexp.MustCompile(`([一二三四1-4])季度`)
	// bareYear is a year before a verb, which is not part of the deadline.
	bareYear = regexp.MustCompile(`^(?:20[0-9]{2}年(?:度)?|今年|本年)，?`)
	lastWord = regexp.MustCompile(`(?:要|须|应|将|计划|力争|确保|完成|新增|新建|改造|建成|新改建|开工|培训|实现|建设|净增)$`)
)

// resolve gives the last day that a deadline's words name. year is the one to take
// when they name none. false: there is no such day.
func resolve(words string, year int) (day calendar.Date, ownYear bool, ok bool) {
	if y := yearForm.FindString(words); y != "" {
		year, _ = strconv.Atoi(y[:4])
		words, ownYear = strings.Replace(words, y, "", 1), true
	} else if strings.Contains(words, "明年") || strings.Contains(words, "次年") {
		year++
	}
	if year < 1900 || year > 2200 {
		return calendar.Date{}, ownYear, false
	}
	month := 12
	switch m, q := monthForm.FindStringSubmatch(words), quarterForm.FindStringSubmatch(words); {
	case m != nil:
		n, fine := number(m[1])
		if month = int(n.IntPart()); !fine || month < 1 || month > 12 {
			return calendar.Date{}, ownYear, false
		}
	case q != nil:
		n, _ := number(q[1])
		month = int(n.IntPart()) * 3
	case strings.Contains(words, "上半年"):
		month = 6
	}
	last := calendar.New(year, time.Month(month)+1, 0)
	switch d := dayForm.FindStringSubmatch(words); {
	case d != nil:
		n, _ := strconv.Atoi(d[1])
		day = calendar.New(year, time.Month(month), n)
		if n < 1 || day.After(last) {
			return calendar.Date{}, ownYear, false
		}
		return day, ownYear, true
	case strings.Contains(words, "上旬"):
		return calendar.New(year, time.Month(month), 10), ownYear, true
	case strings.Contains(words, "中旬"):
		return calendar.New(year, time.Month(month), 20), ownYear, true
	}
	return last, ownYear, true
}
