// Package api is Duban over HTTP: every verb and view of workflow.Service as a
// typed operation under /api/v1, described by an OpenAPI 3.1 document that is
// made from the same types. Echo and huma live here and nowhere else.
//
// Three shapes keep apart: wire types of this package, the nouns of workflow and
// the rows of a store. Nothing from outside is ever decoded into a domain type.
package api

import (
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"duban/api/web"
	"duban/workflow"
	"duban/workflow/seclog"
)

// Options is what the API needs to run.
type Options struct {
	Service *workflow.Service
	Log     *slog.Logger
	Version string // of the program, shown in the OpenAPI document

	// SecureCookies is set wherever people reach the server by HTTPS: the session
	// cookie is then never sent over plain HTTP.
	SecureCookies bool
	// TrustedProxies are the reverse proxies whose X-Forwarded-For is believed;
	// with none, the address of a request is that of its connection.
	TrustedProxies []netip.Prefix
	// Security is where refusals go that no audit event tells of; nil: nowhere.
	Security *seclog.Log
	// SSO is the OpenID provider that people sign in by; nil: there is none.
	SSO *SSO
	// Site are the pages that officials open; nil: the program was built without.
	Site *web.Site
}

// server holds what handlers share. It never changes after New, but for what places
// remembers.
type server struct {
	service *workflow.Service
	log     *slog.Logger
	cookie  sessionCookie
	cross   *http.CrossOriginProtection
	api     huma.API
	table   []Access // of every route

	security *seclog.Log
	places   *places
	sso      *SSO
	site     *web.Site
	// documents holds a place for each document that is read now.
	documents chan struct{}
}

// New returns the handler of everything below "/". It panics when a route is
// declared wrongly, which no input can cause.
func New(o Options) *echo.Echo {
	_, e := build(o)
	return e
}

func build(o Options) (*server, *echo.Echo) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = addressOf(o.TrustedProxies)
	s := &server{
		service: o.Service, log: o.Log,
		cookie: sessionCookie{secure: o.SecureCookies},
		cross:  http.NewCrossOriginProtection(),

		security: o.Security, places: &places{}, sso: o.SSO, site: o.Site,
		documents: make(chan struct{}, 2),
	}
	e.HTTPErrorHandler = s.echoError
	e.Use(s.begin)
	s.api = humaecho.New(e, s.config(o.Version))
	s.api.UseMiddleware(s.authenticate, s.covered, s.admit)
	s.routes()
	s.pages(e)
	s.complete(e)
	return s, e
}

// base is where the operations live. A change that breaks callers gets a new one.
const base = "/api/v1"

// routes is the list of every operation, with who may use it.
func (s *server) routes() {
	write(s, post("/sessions", "signIn", tagSession, "登录", "Sign in").public().status(http.StatusCreated).counted(), s.signIn)
	read(s, get("/sign-in", "getSignIn", tagSession, "登录方式", "Ways to sign in").public(), s.ways)
	read(s, get("/sign-in/rules", "getSignInRules", tagSession, "登录规则", "The rules of signing in").needs(ofNothing, workflow.MayReadUsers).described(aboutSignInRules), s.signInRules)
	read(s, get("/session", "me", tagSession, "当前用户", "Who am I").anySession(), s.me)
	write(s, del("/session", "signOut", tagSession, "退出登录", "Sign out").anySession(), s.signOut)
	write(s, post("/session/totp", "completeTOTP", tagSession, "登录第二步：动态口令或恢复码", "Second step of signing in: a code, or a recovery code").selfService().during(workflow.NeedsTOTP).counted(), s.completeTOTP)
	write(s, post("/session/password", "changePassword", tagSession, "更改自己的密码", "Change my password").selfService().during("", workflow.NeedsPassword).described(aboutPassword).counted(), s.changePassword)
	write(s, post("/session/totp/enrolment", "beginTOTP", tagSession, "启用动态口令：取得密钥", "Set up a second factor: get its secret").selfService().during("", workflow.NeedsEnrol).counted(), s.beginTOTP)
	write(s, post("/session/totp/enrolment/confirm", "confirmTOTP", tagSession, "启用动态口令：用验证码确认", "Set up a second factor: confirm it by a code").selfService().during("", workflow.NeedsEnrol).counted(), s.confirmTOTP)
	write(s, post("/session/totp/remove", "removeTOTP", tagSession, "移除自己的动态口令", "Remove my second factor").selfService().during("").status(http.StatusNoContent).counted(), s.removeTOTP)
	write(s, post("/session/recovery-codes", "newRecoveryCodes", tagSession, "更换恢复码", "Replace my recovery codes").selfService().during("").counted(), s.newRecoveryCodes)
	write(s, post("/users/{login}/password-reset", "resetPassword", tagSession, "重置他人密码", "Reset somebody's password").needs(ofNothing, workflow.MayWriteUsers).described(aboutReset).counted(), s.resetPassword)
	write(s, post("/users/{login}/totp-removal", "removeUserTOTP", tagSession, "移除他人丢失的动态口令", "Remove somebody's lost second factor").needs(ofNothing, workflow.MayWriteGrants).described(aboutReset).status(http.StatusNoContent).counted(), s.removeUserTOTP)
	write(s, post("/tokens", "issueToken", tagSession, "签发 API 令牌", "Issue an API token").selfService().repeatable().status(http.StatusCreated), s.issueToken)

	read(s, get("/definition", "getDefinition", tagFrame, "流程定义", "The workflow definition").selfService(), s.definition)
	read(s, get("/access", "getAccess", tagFrame, "谁可以做什么", "Who may do what").needs(ofNothing, workflow.MayReadUsers), s.matrix)
	read(s, get("/regions", "listRegions", tagFrame, "行政区划", "List regions").needs(ofNothing, workflow.MayReadRegions), s.regions)

	read(s, get("/regions/{code}", "getRegion", tagFrame, "一个行政区划", "One region").needs(ofNothing, workflow.MayReadRegions), s.region)
	s.administration()
	s.credentials()
	s.deputies()

	read(s, get("/campaigns", "listCampaigns", tagCampaigns, "专项工作列表", "List campaigns").needs(ofNothing, workflow.MayReadCampaigns), s.campaigns)
	write(s, post("/campaigns", "createCampaign", tagCampaigns, "新建专项工作", "Create a campaign").needs(ofNothing, workflow.MayWriteCampaigns).repeatable().status(http.StatusCreated), s.createCampaign)
	read(s, s.proposeCampaignOperation(), s.proposeCampaign)
	write(s, post("/campaigns/import", "importCampaign", tagCampaigns, "导入专项工作及其任务", "Bring in a campaign with its tasks").
		needs(ofNothing, workflow.MayWriteCampaigns, workflow.EventPermission(workflow.EventAssign)).described(aboutImport).upTo(maxImport).repeatable().status(http.StatusCreated), s.importCampaign)
	read(s, get("/campaigns/{code}", "getCampaign", tagCampaigns, "专项工作", "One campaign").needs(ofNothing, workflow.MayReadCampaigns), s.campaign)
	write(s, post("/campaigns/{code}/tasks", "assignTask", tagCampaigns, "交办任务", "Assign a task").needs(ofRegion, workflow.EventPermission(workflow.EventAssign)).repeatable().status(http.StatusCreated), s.assign)
	read(s, get("/campaigns/{code}/periods", "listPeriods", tagCampaigns, "报告期列表", "List periods").needs(ofNothing, workflow.MayReadCampaigns), s.periods)
	read(s, get("/campaigns/{code}/periods/{period}/opening", "rehearseOpening", tagCampaigns, "开启报告期会怎样", "What opening a period would do").
		needs(ofNothing, workflow.EventPermission(workflow.EventOpenPeriod)).described(aboutOpening), s.rehearseOpening)
	write(s, post("/campaigns/{code}/periods/{period}/open", "openPeriod", tagCampaigns, "开启报告期", "Open a period").needs(ofNothing, workflow.EventPermission(workflow.EventOpenPeriod)).repeatable().versioned(), s.openPeriod)
	read(s, s.getWorkbookOperation(), s.getWorkbook)
	write(s, s.sendWorkbookOperation(), s.sendWorkbook)
	read(s, s.meetingPackOperation().needs(ofScope, workflow.MayReadLagTable, workflow.MayReadEvents), s.meetingPack)
	read(s, get("/campaigns/{code}/periods/{period}/tally", "getTally", tagCampaigns, "各区县任务统计", "Count tasks by region").needs(ofScope, workflow.MayReadTasks), s.tally)
	read(s, s.inForms(get("/campaigns/{code}/periods/{period}/lag-table", "getLagTable", tagCampaigns, "进度滞后情况表", "The lag table").needs(ofScope, workflow.MayReadLagTable),
		reflect.TypeFor[lagTableBody](), "text/html", "text/csv", typeDOCX, typeXLSX, typePDF), s.lagTable)
	s.editionRoutes()

	read(s, s.inForms(get("/tasks", "listTasks", tagTasks, "任务列表", "List tasks").needs(ofScope, workflow.MayReadTasks).described(aboutTasks),
		reflect.TypeFor[taskPage](), "text/csv", typeXLSX), s.tasks)
	read(s, get("/tasks/{id}", "getTask", tagTasks, "任务", "One task").needs(ofTask, workflow.MayReadTasks), s.task)
	read(s, get("/tasks/{id}/reports", "listReports", tagTasks, "进展报告列表", "Reports of a task").needs(ofTask, workflow.MayReadTasks), s.reports)
	read(s, get("/tasks/{id}/reports/{number}", "getReport", tagTasks, "进展报告", "One report of a task").needs(ofTask, workflow.MayReadTasks), s.report)
	write(s, s.uploadOperation(), s.upload)
	read(s, get("/tasks/{id}/evidence", "listUploads", tagTasks, "本人为此任务上传的证据文件", "Own uploads for a task").needs(ofTask, workflow.EventPermission(workflow.EventReport)), s.uploads)
	read(s, fileOperation(get("/tasks/{id}/evidence/{sha}", "getUpload", tagTasks, "本人上传的证据文件", "A file that one uploaded").needs(ofTask, workflow.EventPermission(workflow.EventReport))), s.uploadFile)
	read(s, fileOperation(get("/tasks/{id}/reports/{number}/evidence/{sha}", "getEvidence", tagTasks, "报告的证据文件", "A file of a report").needs(ofTask, workflow.MayReadTasks)), s.reportFile)
	read(s, get("/tasks/{id}/reviews", "listReviews", tagTasks, "审核记录", "Reviews of a task").needs(ofTask, workflow.MayReadTasks), s.reviews)
	read(s, get("/tasks/{id}/people", "listTaskPeople", tagTasks, "任务的填报人和审核人", "Who reported on a task, and who reviewed it").needs(ofTask, workflow.MayReadTasks), s.taskPeople)
	read(s, get("/tasks/{id}/flags", "listFlags", tagTasks, "滞后挂牌记录", "Flags of a task").needs(ofTask, workflow.MayReadTasks), s.flags)
	read(s, get("/tasks/{id}/events", "listEvents", tagTasks, "审计事件", "Audit events of a task").needs(ofTask, workflow.MayReadEvents), s.history)
	read(s, s.proofOperation().needs(ofTask, workflow.MayReadEvents), s.taskProof)

	read(s, s.inForms(get("/events", "searchEvents", tagAudit, "查询审计事件", "Search audit events").needs(ofScope, workflow.MayReadEvents).described(aboutEvents),
		reflect.TypeFor[eventsBody](), "text/csv", typeXLSX), s.events)
	read(s, get("/tasks/{id}/timeline", "getTimeline", tagAudit, "任务的经过，含变更前后", "What happened to a task, before and after").needs(ofTask, workflow.MayReadEvents), s.timeline)
	read(s, get("/campaigns/{code}/periods/{period}/statistics", "getStatistics", tagAudit, "报告期统计", "Figures of a period").needs(ofScope, workflow.MayReadLagTable), s.statistics)
	read(s, get("/campaigns/{code}/dashboard", "getDashboard", tagAudit, "专项工作概览", "How a campaign stands").needs(ofScope, workflow.MayReadTasks).described(aboutDashboard), s.dashboard)
	read(s, get("/overdue", "listOverdue", tagAudit, "逾期任务", "Overdue tasks").needs(ofScope, workflow.MayReadTasks).described(aboutOverdue), s.overdue)

	read(s, post("/tasks/{id}/preview", "preview", tagMoves, "试算评定", "Preview an assessment").needs(ofTask, workflow.MayReadTasks), s.preview)
	s.ownPage()
	move[reportIn](s, workflow.EventReport, (*workflow.Service).Report)
	move[reasonIn](s, workflow.EventWithdraw, (*workflow.Service).Withdraw)
	move[reasonIn](s, workflow.EventReturn, (*workflow.Service).Return)
	move[approveIn](s, workflow.EventApprove, (*workflow.Service).Approve)
	move[flagIn](s, workflow.EventFlag, (*workflow.Service).Flag)
	move[approveIn](s, workflow.EventConfirm, (*workflow.Service).ConfirmRectified)
	move[rejectIn](s, workflow.EventReject, (*workflow.Service).RejectRectification)
	move[reasonIn](s, workflow.EventClose, (*workflow.Service).Close)
	move[reasonIn](s, workflow.EventCancel, (*workflow.Service).Cancel)

	read(s, get("/audit/verification", "getVerification", tagAudit, "审计留痕的核验情况", "When the trail was verified, and what came of it").needs(ofNothing, workflow.MayVerify), s.verification)
	write(s, post("/audit/verification", "verifyTrail", tagAudit, "立即在后台核验审计留痕", "Have the trail verified now, in the background").needs(ofNothing, workflow.MayVerify).described(aboutVerify).status(http.StatusAccepted), s.verifyTrail)

	write(s, post("/approvals", "approveAll", tagMoves, "批量审核通过", "Approve several reports").needs(ofScope, workflow.EventPermission(workflow.EventApprove)).described(aboutApproveAll).repeatable(), s.approveAll)

	read(s, s.checkpointOperation().needsAny(ofScope, workflow.MayReadLagTable, workflow.MayReadEvents), s.checkpoint)
	read(s, s.consistencyOperation().needsAny(ofScope, workflow.MayReadLagTable, workflow.MayReadEvents), s.consistency)
}

// pages are the routes outside the operations: for people and for monitors.
func (s *server) pages(e *echo.Echo) {
	spec := s.specification()
	s.page(e, http.MethodGet, "/", "首页", "The first page", s.sitePage)
	s.page(e, http.MethodGet, "/app/*", "页面", "The pages", s.sitePage)
	s.page(e, http.MethodGet, "/assets/:file", "页面的文件", "Files of the pages", s.siteAsset)
	s.page(e, http.MethodGet, ssoLogin, "统一身份认证登录", "Sign in by the provider", s.beginSSO)
	s.page(e, http.MethodGet, ssoCallback, "统一身份认证返回", "Come back from the provider", s.finishSSO)
	s.page(e, http.MethodGet, ssoLogout, "统一身份认证退出", "Sign out with the provider too", s.leaveSSO)
	s.page(e, http.MethodPost, ssoLogout, "统一身份认证的退出通知", "The provider tells of a sign-out", s.endedSSO)
	s.page(e, http.MethodGet, "/healthz", "进程是否存活", "Is the process alive", s.healthy)
	s.page(e, http.MethodGet, "/readyz", "是否就绪", "Is it ready", s.ready)
	s.page(e, http.MethodGet, "/api/openapi.json", "接口文档 JSON", "The OpenAPI document as JSON", spec.json)
	s.page(e, http.MethodGet, "/api/openapi.yaml", "接口文档 YAML", "The OpenAPI document as YAML", spec.yaml)
	s.page(e, http.MethodGet, "/api/docs", "接口试用页", "The page to try the API", docsPage)
	s.page(e, http.MethodGet, "/api/docs/:file", "接口试用页的文件", "Files of that page", docsFile)
}
