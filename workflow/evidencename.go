package workflow

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/workflow/filekind"
)

// maxFileName is the longest name of an evidence file in bytes: with what file systems
// add, it can be stored anywhere.
const maxFileName = 200

// reservedName matches the names that Windows keeps for devices, with any ending
// (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
var reservedName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)`)

// CheckFileName returns the broken rules of a file's name: what could be taken for a path,
// hide what the name is, or not be stored under it somewhere.
func CheckFileName(name string) Problems {
	var p Problems
	bad := func(rule, zh, en string) { p.Add("name", rule, zh, en) }
	switch {
	case name == "":
		bad(RuleRequired, "缺少文件名，例如 现场照片.jpg", "a file name is required, for example site.jpg")
	case !utf8.ValidString(name):
		bad("encoding", "文件名须为 UTF-8", "must be UTF-8")
	case len(name) > maxFileName:
		bad("too_long", "文件名不得超过 200 字节", "must be 200 bytes at most")
	case strings.ContainsAny(name, `/\:*?"<>|`):
		bad("path", `文件名不得含路径，也不得含 / \ : * ? " < > |`, `must not be a path or hold / \ : * ? " < > |`)
	case strings.ContainsFunc(name, invisible):
		bad("characters", "文件名不得含控制字符、不可见字符或改变书写方向的字符", "must not hold control characters, invisible ones or those that change the direction of writing")
	case strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || name != strings.TrimSpace(name):
		bad("edges", "文件名不得以点开头或结尾，首尾不得有空格", "must not begin or end with a dot or a space")
	case reservedName.MatchString(name):
		bad("reserved", "文件名是系统保留名", "is a name that systems reserve")
	}
	return p
}

// invisible are characters that people do not see, or that make them see others.
func invisible(r rune) bool {
	return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || r == utf8.RuneError
}

// checkNamedLike refuses a name that says another kind than the content is: what a
// computer does with the file goes by its name.
func checkNamedLike(name string, kind filekind.Kind) Problems {
	var p Problems
	if !kind.Named(name) {
		ends := strings.Join(kind.Ends(), "、")
		p.Add("name", "ending", "文件内容是 "+string(kind)+"，文件名须以 "+ends+" 结尾", "the content is "+string(kind)+": the name must end with "+strings.Join(kind.Ends(), " or "))
	}
	return p
}
