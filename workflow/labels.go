package workflow

import (
	"maps"
	"slices"

	"duban/workflow/assess"
)

// eventLabels are those of audit events that the definition does not have.
var eventLabels = map[string]Text{
	eventCampaignCreate: {ZH: "新建专项工作", EN: "Create campaign"},
	eventCampaignUpdate: {ZH: "变更专项工作", EN: "Change campaign"},
	"region.create":     {ZH: "新增行政区划", EN: "Create region"},
	"user.create":       {ZH: "新建账号", EN: "Create account"},
	"user.rename":       {ZH: "更改姓名", EN: "Change name"},
	"user.disable":      {ZH: "停用账号", EN: "Disable account"},
	"user.enable":       {ZH: "启用账号", EN: "Enable account"},
	"grant.add":         {ZH: "授予角色", EN: "Give role"},
	"grant.remove":      {ZH: "收回角色", EN: "Take role away"},
	"region.rename":     {ZH: "更改行政区划名称", EN: "Rename region"},
	"region.retire":     {ZH: "停用行政区划", EN: "Retire region"},
	"region.restore":    {ZH: "恢复行政区划", EN: "Restore region"},
	"deputy.name":       {ZH: "委托代理", EN: "Name deputy"},
	"deputy.end":        {ZH: "结束代理", EN: "End deputyship"},
	eventSetup:          {ZH: "初始化", EN: "Set up"},
	eventPassword:       {ZH: "更改密码", EN: "Change password"},
	eventReset:          {ZH: "重置密码", EN: "Reset password"},
	eventTOTP:           {ZH: "启用动态口令", EN: "Set up second factor"},
	eventTOTPRemove:     {ZH: "移除动态口令", EN: "Remove second factor"},
	eventRecovery:       {ZH: "更换恢复码", EN: "New recovery codes"},
	eventRecoveryUse:    {ZH: "使用恢复码", EN: "Use recovery code"},
	eventStep:           {ZH: "登录第二步", EN: "Second step of sign-in"},
	"import":            {ZH: "导入专项工作文件", EN: "Import campaign file"},
	"user.claims":       {ZH: "按身份提供方的声明变更角色", EN: "Change roles as the provider claims"},
	"link.create":       {ZH: "关联身份提供方的人员", EN: "Link a person of the provider"},
	eventSettings:       {ZH: "变更服务器设置", EN: "Change server settings"},
	"session.start":     {ZH: "登录", EN: "Sign in"},
	"credential.issue":  {ZH: "登录或签发令牌", EN: "Sign in or issue token"},
	eventUpload:         {ZH: "上传证据文件", EN: "Upload evidence file"},
	eventDrop:           {ZH: "清除未使用的证据文件", EN: "Remove unused evidence file"},
	eventFetch:          {ZH: "查阅证据文件", EN: "Read evidence file"},
	"credential.end":    {ZH: "退出或吊销令牌", EN: "Sign out or end token"},
	eventAuditRead:      {ZH: "查阅审计记录", EN: "Read audit trail"},
	EventArchived:       {ZH: "归档审计记录", EN: "Archive audit trail"},
	eventAuditExport:    {ZH: "导出审计记录", EN: "Export audit trail"},
	eventVerify:         {ZH: "核验审计留痕", EN: "Verify audit trail"},
	eventIssue:          {ZH: "印发进度滞后情况表", EN: "Issue lag table"},
	eventEditNarrative:  {ZH: "改稿", EN: "Edit narrative"},
	eventDraftSave:      {ZH: "保存草稿", EN: "Save draft"},
	eventDraftDelete:    {ZH: "删除草稿", EN: "Delete draft"},
	eventInboxRead:      {ZH: "标记已读", EN: "Mark as read"},
	eventPreferences:    {ZH: "更改个人偏好", EN: "Change preferences"},
	eventTaskExport:     {ZH: "导出任务列表", EN: "Export task list"},
	eventPackExport:     {ZH: "导出会议材料", EN: "Export meeting pack"},
}

// OtherEvents are the names of audit events that the definition does not have, in order.
func OtherEvents() []string { return slices.Sorted(maps.Keys(eventLabels)) }

// EventLabel names an audit event for people; one without a label is named as it
// is stored.
func (d *Definition) EventLabel(name string) Text {
	if e, ok := d.Event(EventName(name)); ok {
		return e.Label
	}
	if label, ok := eventLabels[name]; ok {
		return label
	}
	return plain(name)
}

// StateLabel names a state for people; one that the definition no longer has is
// named as it is stored.
func (d *Definition) StateLabel(name string) Text {
	if state, ok := d.State(State(name)); ok {
		return state.Label
	}
	return plain(name)
}

// RoleLabel does the same for a role.
func (d *Definition) RoleLabel(name Role) Text {
	for _, r := range d.Roles {
		if r.Name == name {
			return r.Label
		}
	}
	return plain(string(name))
}

// plain is a text that is the same in both languages.
func plain(s string) Text { return Text{ZH: s, EN: s} }

// VerdictLabel names a verdict as it is printed (domain.md, "Printed words").
func VerdictLabel(v assess.Verdict) Text {
	switch v {
	case assess.OnSchedule:
		return Text{ZH: "按进度完成", EN: "On schedule"}
	case assess.Nearly:
		return Text{ZH: "基本按进度完成", EN: "Nearly on schedule"}
	case assess.Lagging:
		return Text{ZH: "进度滞后", EN: "Lagging"}
	case assess.Behind:
		return Text{ZH: "未按进度完成", EN: "Behind schedule"}
	}
	return plain(string(v))
}

// statusLabels name what became of a report.
var statusLabels = map[ReportStatus]Text{
	Waiting:   {ZH: "待审核", EN: "Waiting for review"},
	Withdrawn: {ZH: "已撤回", EN: "Withdrawn"},
	Returned:  {ZH: "已退回", EN: "Returned"},
	Rejected:  {ZH: "整改未通过", EN: "Rectification rejected"},
	Accepted:  {ZH: "已采纳", EN: "Accepted"},
}

// Label names what became of a report, for people.
func (s ReportStatus) Label() Text { return statusLabels[s] }

// OutcomeLabel tells an accepted event from a refused attempt, for people.
func OutcomeLabel(accepted bool) Text {
	if accepted {
		return Text{ZH: "已接受", EN: "Accepted"}
	}
	return Text{ZH: "已拒绝", EN: "Refused"}
}
