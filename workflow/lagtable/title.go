package lagtable

import (
	"fmt"
	"strings"
)

// nameOfTable is the end of a title, before the period.
const nameOfTable = "进度滞后情况表"

// indentOf breaks a title that is longer than a line before the name of the table,
// so that no word is torn (GB/T 9704-2012, 7.3.1): by indents, for the text is not
// to change. Where it cannot, the title breaks where it is full.
func indentOf(title string) string {
	head, name, long := strings.Cut(title, nameOfTable)
	name = nameOfTable + name
	if !long || widthOf(title) <= widthOfTable {
		return ""
	}
	line := max(widthOf(head), widthOf(name)) + titleSize - 3*twentieths
	if line >= widthOfTable || widthOf(head) < widthOf(name) {
		return ""
	}
	side := (widthOfTable - line) / 2
	return fmt.Sprintf(`<w:ind w:left="%d" w:right="%d"/>`, side, side)
}

// The size of a title, 二号, in twentieths of a point.
const (
	twentieths = 20
	titleSize  = 22 * twentieths
)

// widthOf estimates the width of a title in twentieths of a point.
func widthOf(text string) int {
	width := 0
	for _, r := range text {
		if r < 0x2e80 {
			width += titleSize / 2
		} else {
			width += titleSize
		}
	}
	return width
}
