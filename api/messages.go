package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"duban/workflow"
)

// sep parts the id of a validation message from its argument. It cannot occur in
// either.
const sep = "\x1f"

// message is one thing that huma finds wrong with a request.
type message struct {
	rule   string
	zh, en string // %s stands for the argument
	inside bool   // the argument is the name of a field inside the location
}

// huma's messages are package variables without a language. They become ids, and
// each request translates them.
var schemaMessages = map[*string]message{
	&validation.MsgUnexpectedProperty:            {rule: "unknown_field", zh: "没有此字段", en: "there is no such field"},
	&validation.MsgExpectedRequiredProperty:      {rule: "required", zh: "缺少此字段", en: "is required", inside: true},
	&validation.MsgExpectedBoolean:               {rule: "type", zh: "须为 true 或 false", en: "must be true or false"},
	&validation.MsgExpectedNumber:                {rule: "type", zh: "须为数字", en: "must be a number"},
	&validation.MsgExpectedInteger:               {rule: "type", zh: "须为整数", en: "must be a whole number"},
	&validation.MsgExpectedString:                {rule: "type", zh: "须为字符串；数值也写成字符串，例如 \"9.25\"", en: "must be a string; figures too are written as strings, for example \"9.25\""},
	&validation.MsgExpectedArray:                 {rule: "type", zh: "须为数组", en: "must be an array"},
	&validation.MsgExpectedObject:                {rule: "type", zh: "须为对象", en: "must be an object"},
	&validation.MsgExpectedOneOf:                 {rule: "one_of", zh: "须为以下之一：%s", en: "must be one of: %s"},
	&validation.MsgExpectedMinimumNumber:         {rule: "range", zh: "不得小于 %s", en: "must be at least %s"},
	&validation.MsgExpectedMaximumNumber:         {rule: "range", zh: "不得大于 %s", en: "must be at most %s"},
	&validation.MsgExpectedMinLength:             {rule: "length", zh: "至少 %s 个字", en: "must have at least %s characters"},
	&validation.MsgExpectedMaxLength:             {rule: "length", zh: "最多 %s 个字", en: "must have at most %s characters"},
	&validation.MsgExpectedMaxItems:              {rule: "count", zh: "最多 %s 项", en: "must have at most %s items"},
	&validation.MsgExpectedBePattern:             {rule: "form", zh: "格式不正确，例如 %s", en: "has the wrong form; for example %s"},
	&validation.MsgExpectedMatchExactlyOneSchema: {rule: "one_of", zh: "不符合任何一种形式", en: "fits none of the shapes"},
}

// fixedMessages are those that huma has no variable for, and those of readJSON.
var fixedMessages = map[string]message{
	"unknown query parameter":             {rule: "unknown_parameter", zh: "没有此查询参数", en: "there is no such query parameter"},
	"required path parameter is missing":  {rule: "required", zh: "路径中缺少此项", en: "is missing in the path"},
	"required query parameter is missing": {rule: "required", zh: "缺少此查询参数", en: "is required"},
	"invalid integer":                     {rule: "type", zh: "须为整数", en: "must be a whole number"},
	"invalid boolean":                     {rule: "type", zh: "须为 true 或 false", en: "must be true or false"},
	jsonSyntax:                            {rule: "json", zh: "不是有效的 JSON（第 %s 字节处）", en: "is not valid JSON (at byte %s)"},
	jsonEncoding:                          {rule: "json", zh: "不是有效的 UTF-8 编码", en: "is not valid UTF-8"},
	jsonRepeated:                          {rule: "json", zh: "字段 %s 出现了两次", en: "has the field %s twice"},
	jsonType:                              {rule: "type", zh: "数值超出范围或类型不符", en: "has the wrong type or is out of range", inside: true},
}

var messagesByID = map[string]message{}

func init() {
	for text, m := range fixedMessages {
		messagesByID[text] = m
	}
	for variable, m := range schemaMessages {
		verb := ""
		if i := strings.IndexByte(*variable, '%'); i >= 0 {
			verb = (*variable)[i : i+2]
		}
		id := "duban:" + m.rule + ":" + m.en
		messagesByID[strings.ReplaceAll(id, "%s", "")] = m
		*variable = strings.ReplaceAll(id, "%s", "") + sep + verb
	}
	// A field in another case is another field: encoding/json would take it.
	huma.ValidateStrictCasing = true
	// A list is a list: null is not one.
	huma.DefaultArrayNullable = false
}

// translated turns huma's detail into a broken rule. What is not known is called
// unfit: huma's own words may show internals.
func translated(d *huma.ErrorDetail) workflow.FieldError {
	id, arg, _ := strings.Cut(d.Message, sep)
	m, known := messagesByID[id]
	if !known {
		m = message{rule: "invalid", zh: "不符合要求", en: "is not acceptable"}
	}
	field := d.Location
	for _, part := range []string{"body", "query", "path", "header"} {
		if rest, ok := strings.CutPrefix(field, part+"."); ok {
			field = rest
			break
		}
	}
	if m.inside && field == "body" {
		field = arg
	} else if m.inside {
		field += "." + arg
	}
	fill := func(text string) string { return strings.ReplaceAll(text, "%s", arg) }
	return workflow.FieldError{Field: field, Rule: m.rule, Text: workflow.Text{ZH: fill(m.zh), EN: fill(m.en)}}
}
