package intake

import (
	"slices"
	"strings"

	"duban/workflow/wording"
)

// column is what a column of an official table holds.
type column string

const (
	regionColumn      column = "region"
	subjectColumn     column = "subject"
	requirementColumn column = "requirement"
	progressColumn    column = "progress"
	verdictColumn     column = "verdict"
	dueColumn         column = "due"
	keyColumn         column = "key"
	otherColumn       column = "other" // known and not read: numbers, persons, remarks
)

// headings are the words that offices put above a column, the plainest first.
var headings = []struct {
	column column
	words  string // separated by blanks
}{
	{regionColumn, "区域 县(市、区) 各县(市、区) 县市区 县区 地区 行政区 行政区划 属地 区县 市区 责任地区 地市 镇街 镇(街) 乡镇(街道) 责任单位 责任主体 牵头单位 承办单位 实施单位 责任部门"},
	{subjectColumn, "主要任务 重点任务 工作任务 任务名称 任务 重点工作 工作事项 事项 任务事项 项目名称 项目 督办事项 重点项目 主要工作 攻坚任务"},
	{requirementColumn, "工作内容及要求 工作要求 任务要求 目标任务 工作目标 任务目标 年度目标 目标要求 具体要求 考核要求 工作内容 主要内容 建设内容 年度任务 目标 要求 工作措施 具体措施 年度目标任务 内容及要求"},
	{progressColumn, "工作进展情况 进展情况 完成情况 工作进展 进度情况 推进情况 落实情况 目前进展 目前进展情况 进展 任务进展情况 任务完成情况 工作完成情况 当前进展"},
	{verdictColumn, "进度评价 评定结果 评定 进度状态 办理状态 进度 状态 完成进度 推进评价 评价"},
	{dueColumn, "完成时限 完成时间 时限 时间节点 截止时间 完成期限 办结时限 期限 计划完成时间 时间要求"},
	{keyColumn, "重点考核 是否重点考核 是否重点 考核类别"},
	{otherColumn, "序号 编号 备注 责任人 联系人 联系电话 责任领导 包保领导 配合单位 填报人 下一步计划 下一步工作 存在问题 存在问题及下一步工作"},
}

// meaning is what a heading means, and its place among all of them.
type meaning struct {
	column column
	rank   int
}

var meanings = func() map[string]meaning {
	all := map[string]meaning{}
	for _, h := range headings {
		for word := range strings.FieldsSeq(h.words) {
			if name := wording.Normal(word); all[name].column == "" {
				all[name] = meaning{h.column, len(all) + 1}
			}
		}
	}
	return all
}()

// columnOf knows a column by its heading.
func columnOf(heading string) (c column, rank int) {
	if len(heading) > 200 {
		return "", 0
	}
	name := wording.Normal(strings.ReplaceAll(heading, "\n", ""))
	if m, ok := meanings[name]; ok {
		return m.column, m.rank
	}
	if cut := strings.IndexByte(name, '('); cut > 0 { // 完成情况（截至6月底）
		if c, rank := columnOf(name[:cut]); c != "" && strings.HasSuffix(name, ")") {
			return c, rank
		}
	}
	return "", 0
}

// columnsOf says where the columns are in a header row; nil when it is none: a
// table has at least a subject, and a requirement, a progress or a region.
func columnsOf(texts []string) map[column]int {
	at, ranks := map[column]int{}, map[column]int{}
	for i, text := range texts {
		c, rank := columnOf(text)
		if c == "" {
			continue
		}
		if _, twice := at[c]; !twice || rank < ranks[c] { // 区域 before 责任单位
			at[c], ranks[c] = i, rank
		}
	}
	if _, ok := at[subjectColumn]; !ok {
		if i, ok := at[requirementColumn]; ok && len(at) > 1 { // a list with one column of tasks
			at[subjectColumn] = i
			delete(at, requirementColumn)
		}
	}
	if _, ok := at[subjectColumn]; !ok || !slices.ContainsFunc([]column{requirementColumn, progressColumn, regionColumn}, func(c column) bool { _, ok := at[c]; return ok }) {
		return nil
	}
	return at
}

func isHeader(texts []string) bool { return columnsOf(texts) != nil }
