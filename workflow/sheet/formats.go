package sheet

import (
	"slices"
	"strings"
)

// Format is what the number format of a cell makes of a figure.
type Format byte

// The formats that matter to what a figure means.
const (
	Plain   Format = iota
	Percent        // shown a hundred times as large, with %
	Dated          // shown as a day
)

// mostFormats is how many styles a workbook may have; Excel itself stops at 64,000.
const mostFormats = 100_000

// readFormats reads which style shows a figure as what.
func (b *Book) readFormats() error {
	if !slices.Contains(b.parts.Names(), "xl/styles.xml") {
		return nil
	}
	custom := map[string]Format{}
	inCells := false
	return b.scan("xl/styles.xml", mostSmall, func(s *scanner) error {
		switch {
		case s.open && s.name == "numFmt":
			if len(custom) < mostFormats {
				custom[s.attr("numFmtId")] = formatOf(s.attr("formatCode"))
			}
		case s.name == "cellXfs":
			inCells = s.open && !s.empty
		case s.open && s.name == "xf" && inCells:
			if len(b.formats) == mostFormats {
				return tooLarge("单元格样式超过 100000 种")
			}
			id := s.attr("numFmtId")
			f, ok := custom[id]
			if !ok {
				f = builtIn(id)
			}
			b.formats = append(b.formats, f)
		}
		return nil
	})
}

// builtIn are the formats that files name by number alone (ECMA-376 part 1,
// 18.8.30), those of the Chinese versions included.
func builtIn(id string) Format {
	switch id {
	case "9", "10":
		return Percent
	case "14", "15", "16", "17", "22", "27", "28", "29", "30", "31", "36", "50", "51", "52", "53", "54", "57", "58":
		return Dated
	}
	return Plain
}

// formatOf reads a format code. What stands in quotes, brackets or after a
// backslash is shown as it is.
func formatOf(code string) Format {
	var bare strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '\\', '_', '*':
			i++
		case '"':
			for i++; i < len(code) && code[i] != '"'; i++ {
			}
		case '[':
			for i++; i < len(code) && code[i] != ']'; i++ {
			}
		case ';':
			i = len(code) // what follows is for other signs
		default:
			bare.WriteByte(c)
		}
	}
	lower := strings.ToLower(bare.String())
	switch {
	case strings.Contains(lower, "%"):
		return Percent
	case strings.ContainsAny(lower, "yd") || strings.Contains(lower, "m") && !strings.ContainsAny(lower, "hs0#"):
		return Dated
	}
	return Plain
}
