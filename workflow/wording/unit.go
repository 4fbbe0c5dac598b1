package wording

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// dimension is what units of one kind measure.
type dimension string

const (
	counts  dimension = "个"
	length  dimension = "长度"
	area    dimension = "面积"
	volume  dimension = "体积"
	weight  dimension = "重量"
	money   dimension = "金额"
	share   dimension = "占比"
	density dimension = "浓度"
	power   dimension = "功率"
	energy  dimension = "能量"
	sound   dimension = "声级"
	times   dimension = "次数"
	span    dimension = "时长"
	persons dimension = "人数"
)

// bases are the units of the grammar: what they measure, and how many of the
// first unit of their dimension one of them is.
var bases = []struct {
	dim   dimension
	words string // separated by blanks; WORD=FACTOR
}{
	{counts, "个 条 座 家 户 台 辆 套 项 处 件 宗 株 棵 盏 栋 幢 间 所 份 部 口 眼 艘 架 张 根 片 块 扇 组 对 支 篇 只 头 尾 羽 班 趟 泊位 标箱 起 例 枚 床 单元"},
	{persons, "人 名 人次"},
	{times, "次 场 轮"},
	{length, "米 公里=1000 海里=1852 毫米=0.001 厘米=0.01 延米 车道公里"},
	{area, "平方米 平方公里=1000000 公顷=10000 亩"},
	{volume, "立方米 立方 万方=10000"},
	{weight, "克=0.000001 千克=0.001 公斤=0.001 吨 吨标准煤 吨标煤 蒸吨"},
	{money, "元 美元"},
	{share, "% ‰ 个百分点"},
	{density, "微克/立方米 毫克/立方米=1000 毫克/升 微克/升=0.001"},
	{power, "千瓦 兆瓦=1000 吉瓦=1000000"},
	{energy, "千瓦时"},
	{sound, "分贝"},
	{span, "天 小时 岁 周岁 年级"},
}

type unit struct {
	word   string
	dim    dimension
	factor decimal.Decimal
}

var (
	units    = map[string]unit{}
	unitForm = unitPattern()
)

// unitPattern is the form of a unit: 万立方米/日, 家, 微克/立方米, 吨/平方公里·月.
func unitPattern() string {
	var words []string
	for _, b := range bases {
		for word := range strings.FieldsSeq(b.words) {
			word, factor, given := strings.Cut(word, "=")
			u := unit{word: word, dim: b.dim, factor: decimal.NewFromInt(1)}
			if given {
				u.factor = decimal.RequireFromString(factor)
			}
			units[word] = u
			words = append(words, word)
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	all := strings.Join(words, "|")
	return `(?:[百千]?[万亿]|[百千](?:千瓦时|千瓦))?(?:` + all + `)(?:/(?:日|年|小时|月|人|公里|平方公里·月|平方公里|平方米|立方米|` + all + `))?`
}

var multipliers = []struct {
	word string
	by   int64
}{{"百万", 1e6}, {"千万", 1e7}, {"百亿", 1e10}, {"千亿", 1e11}, {"万", 1e4}, {"亿", 1e8}, {"百", 100}, {"千", 1000}}

// unitOf splits a unit into its base, how many of the dimension's first unit it
// is, and what it is per.
func unitOf(word string) (u unit, per string, ok bool) {
	if u, ok = units[word]; ok {
		return u, "", true
	}
	by := decimal.NewFromInt(1)
	rest := word
	for _, m := range multipliers {
		if cut, found := strings.CutPrefix(word, m.word); found {
			rest, by = cut, decimal.NewFromInt(m.by)
			break
		}
	}
	if u, ok = units[rest]; !ok {
		var base string
		if base, per, _ = strings.Cut(rest, "/"); units[base].word != "" {
			u, ok = units[base], true
		}
	}
	u.factor = u.factor.Mul(by)
	return u, per, ok
}
