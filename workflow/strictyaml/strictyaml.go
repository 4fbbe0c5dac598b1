// Package strictyaml reads YAML that people write: every unknown key, wrong
// type, duplicate or missing piece is reported with its line and path, all of
// them at once, in both languages. Anchors, aliases, tags and second documents
// are refused, so that a small file cannot become a large value. It is a leaf.
package strictyaml

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Problem is one thing wrong with a file.
type Problem struct {
	Line   int    // from 1
	Path   string // "tasks[2].measures[0].targets[1].due"
	Rule   string // stable: "unknown_key", "type", ...
	ZH, EN string
}

// Document is a parsed file that remembers the line of every path.
type Document struct {
	root  *yaml.Node
	lines map[string]int
}

// Raw is a part of a document that is decoded later with DecodeRaw, when its
// shape is known.
type Raw struct {
	node *yaml.Node
	path string
}

// maxDepth is deeper than any file of Duban and shallow enough for the stack.
const maxDepth = 32

// Parse reads the syntax. The only problem it returns is the first syntax error
// or forbidden construct.
func Parse(data []byte) (*Document, []Problem) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	if err := dec.Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, []Problem{{Line: 1, Rule: "empty", ZH: "文件为空", EN: "the file is empty"}}
		}
		return nil, []Problem{{Line: syntaxLine(err), Rule: "syntax", ZH: "不是有效的 YAML：" + err.Error(), EN: "not valid YAML: " + err.Error()}}
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, []Problem{{Line: 1, Rule: "documents", ZH: "文件只能含一个 YAML 文档", EN: "the file must hold exactly one YAML document"}}
	}
	d := &Document{root: root.Content[0], lines: map[string]int{"": root.Content[0].Line}}
	if p := d.forbidden(d.root, 0); p != nil {
		return nil, []Problem{*p}
	}
	return d, nil
}

// syntaxLine takes the line out of the parser's message, which carries it
// nowhere else.
func syntaxLine(err error) int {
	if _, rest, ok := strings.Cut(err.Error(), "line "); ok {
		number, _, _ := strings.Cut(rest, ":")
		if n, err := strconv.Atoi(number); err == nil {
			return n
		}
	}
	return 1
}

func (d *Document) forbidden(n *yaml.Node, depth int) *Problem {
	switch {
	case depth > maxDepth:
		return &Problem{Line: n.Line, Rule: "depth", ZH: "嵌套过深", EN: "nested too deeply"}
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return &Problem{Line: n.Line, Rule: "alias", ZH: "不支持锚点和别名", EN: "anchors and aliases are not supported"}
	case n.Style&yaml.TaggedStyle != 0:
		return &Problem{Line: n.Line, Rule: "tag", ZH: "不支持类型标记 " + n.Tag, EN: "tags such as " + n.Tag + " are not supported"}
	}
	for _, c := range n.Content {
		if p := d.forbidden(c, depth+1); p != nil {
			return p
		}
	}
	return nil
}

// Line returns the line of a path, or of its nearest ancestor in the file.
func (d *Document) Line(path string) int {
	for {
		if line, ok := d.lines[path]; ok {
			return line
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return d.lines[""]
		}
		path = path[:cut]
	}
}

// Decode fills the struct that into points to. Fields are matched by their
// `yaml` tag; a tag option "required" makes absence a problem. An int field
// tagged `yaml:",line"` receives the line of its mapping. Scalars fill strings,
// bools, ints and encoding.TextUnmarshaler; numbers are taken as they are
// written.
func (d *Document) Decode(into any) []Problem {
	var ps []Problem
	d.value(d.root, "", reflect.ValueOf(into).Elem(), &ps)
	return ps
}

// DecodeRaw does the same for a part that was left as Raw.
func (d *Document) DecodeRaw(raw Raw, into any) []Problem {
	var ps []Problem
	d.value(raw.node, raw.path, reflect.ValueOf(into).Elem(), &ps)
	return ps
}

var (
	rawType  = reflect.TypeFor[Raw]()
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func (d *Document) value(n *yaml.Node, path string, v reflect.Value, ps *[]Problem) {
	d.lines[path] = n.Line
	fail := func(rule, zh, en string) {
		*ps = append(*ps, Problem{Line: n.Line, Path: path, Rule: rule, ZH: zh, EN: en})
	}
	switch {
	case v.Type() == rawType:
		v.Set(reflect.ValueOf(Raw{node: n, path: path}))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, path, v.Elem(), ps)
	case v.Addr().Type().Implements(textType):
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			fail("type", "这里须是单个值", "a single value is expected here")
		} else if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.Value)); err != nil {
			fail("form", "无法识别的值："+err.Error(), err.Error())
		}
	case v.Kind() == reflect.Struct:
		if n.Kind != yaml.MappingNode {
			fail("type", "这里须是“键: 值”的映射", "a mapping of keys to values is expected here")
			return
		}
		d.mapping(n, path, v, ps)
	case v.Kind() == reflect.Map:
		if n.Kind != yaml.MappingNode {
			fail("type", "这里须是“键: 值”的映射", "a mapping of keys to values is expected here")
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		d.pairs(n, path, ps, func(key string, child *yaml.Node, at string) {
			elem := reflect.New(v.Type().Elem()).Elem()
			d.value(child, at, elem, ps)
			v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), elem)
		})
	case v.Kind() == reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			fail("type", "这里须是列表", "a list is expected here")
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, child := range n.Content {
			d.value(child, path+"["+strconv.Itoa(i)+"]", v.Index(i), ps)
		}
	default:
		if zh, en := scalar(n, v); en != "" {
			fail("type", zh, en)
		}
	}
}

func scalar(n *yaml.Node, v reflect.Value) (zh, en string) {
	plain := n.Kind == yaml.ScalarNode && n.Tag != "!!null" && n.Tag != "!!binary"
	switch v.Kind() {
	case reflect.String:
		if !plain || n.Tag == "!!bool" {
			return "这里须是文字", "text is expected here"
		}
		v.SetString(n.Value)
	case reflect.Bool:
		if !plain || n.Tag != "!!bool" {
			return "这里须是 true 或 false", "true or false is expected here"
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case reflect.Int, reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(n.Value, 10, v.Type().Bits())
		if !plain || err != nil {
			return "这里须是整数", "a whole number is expected here"
		}
		v.SetInt(i)
	default:
		panic(fmt.Sprintf("strictyaml: cannot decode into %s", v.Type()))
	}
	return "", ""
}

// pairs walks a mapping, refusing keys that are not text or stand twice.
func (d *Document) pairs(n *yaml.Node, path string, ps *[]Problem, each func(key string, child *yaml.Node, at string)) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		at := strings.TrimPrefix(path+"."+k.Value, ".")
		if first, twice := seen[k.Value]; twice {
			*ps = append(*ps, Problem{Line: k.Line, Path: at, Rule: "duplicate",
				ZH: fmt.Sprintf("键 %s 重复，第 %d 行已有", k.Value, first), EN: fmt.Sprintf("key %s stands twice, first in line %d", k.Value, first)})
			continue
		}
		if k.Kind != yaml.ScalarNode || k.Value == "" {
			*ps = append(*ps, Problem{Line: k.Line, Path: path, Rule: "type", ZH: "键须是文字", EN: "keys must be text"})
			continue
		}
		seen[k.Value] = k.Line
		each(k.Value, n.Content[i+1], at)
	}
}

func (d *Document) mapping(n *yaml.Node, path string, v reflect.Value, ps *[]Problem) {
	fields, required := map[string]int{}, map[string]bool{}
	var known []string
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		switch {
		case name == "" && option == "line":
			v.Field(i).SetInt(int64(n.Line))
		case name != "":
			fields[name], required[name] = i, option == "required"
			known = append(known, name)
		}
	}
	d.pairs(n, path, ps, func(key string, child *yaml.Node, at string) {
		i, ok := fields[key]
		if !ok {
			list := strings.Join(known, ", ")
			*ps = append(*ps, Problem{Line: child.Line, Path: at, Rule: "unknown_key",
				ZH: "未知的键 " + key + "；可用的键：" + list, EN: "unknown key " + key + "; the keys here are: " + list})
			return
		}
		delete(required, key)
		d.value(child, at, v.Field(i), ps)
	})
	missing := make([]string, 0, len(required))
	for name, needed := range required {
		if needed {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	for _, name := range missing {
		*ps = append(*ps, Problem{Line: n.Line, Path: strings.TrimPrefix(path+"."+name, "."), Rule: "required",
			ZH: "缺少 " + name, EN: name + " is missing"})
	}
}
