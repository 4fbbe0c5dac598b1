package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"duban/workflow"
)

const about = `督办任务的接口：上报、审核、挂牌、销号、进度滞后情况表。/ The interface of Duban: report, review, flag, rectify, lag table.

**登录 / Signing in.** ` + "`POST /api/v1/sessions`" + ` 设置会话 cookie，` + "`needs`" + ` 说明还缺哪一步（验证码、新密码、启用动态口令）；程序用 ` + "`Authorization: Bearer`" + ` 令牌。/ sets a session cookie, and ` + "`needs`" + ` says which step is left (a code, another password, a second factor); programs use a bearer token.

**语言 / Language.** ` + "`Accept-Language: zh`" + ` 或 / or ` + "`en`" + `；错误的 code、rule 不随语言变化。/ code and rule of errors do not depend on it.

**版本 / Versions.** 任务带 ` + "`ETag`" + `；写操作用 ` + "`If-Match`" + ` 保证看到的仍是当前版本，否则 412。/ Writes with If-Match fail with 412 when the version has changed.

**重复请求 / Repeating.** 写操作可带 ` + "`Idempotency-Key`" + `：同一键、同一请求再次发送，得到逐字节相同的正文和状态，且不会执行两次；同一键用于不同请求为 422。响应不明（503、断网）时用同一键重试。登录、退出和有关密码、动态口令的操作不使用此键。/ ` +
	`Writes take an Idempotency-Key: the same key with the same request gets the same body, byte for byte, and the same status, and nothing happens twice; with another request it is 422. Retry with the same key when the outcome is unknown (503, broken line). Signing in and out, and what concerns passwords and second factors, take no key.

**过去 / The past.** ` + "`as_of`" + ` 为日期（当日结束时）或 RFC 3339 时刻：任务、任务列表、进度滞后情况表和统计按当时已记录的情况返回，由审计事件重建；晚于现在则拒绝。/ With as_of, tasks, the list, the lag table and the counts are answered as recorded then, rebuilt from the audit events; the future is refused.

**数值与日期 / Figures and dates.** 小数写成字符串 "9.25"；日期 "2023-06-30"。未知字段和查询参数一律拒绝。/ Decimals are strings; unknown fields and query parameters are refused.

**错误 / Errors.** RFC 9457 ` + "`application/problem+json`" + `，附请求编号。/ with the request id.`

func (s *server) config(version string) huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Duban 督办 API", Version: version, Description: about},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: s.cookie.name()},
					"bearer":  {Type: "http", Scheme: "bearer"},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}

// schemaName names a wire type in the document: taskOut is Task, reportIn is
// ReportInput; what goes both ways keeps its Body.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for _, suffix := range []string{"InBody", "In"} {
		if short, ok := strings.CutSuffix(name, suffix); ok {
			return short + "Input"
		}
	}
	return strings.TrimSuffix(name, "Out")
}

// document is the OpenAPI document, made once: it cannot change afterwards.
type document struct{ asJSON, asYAML []byte }

func (s *server) specification() document {
	asJSON, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		panic(fmt.Sprintf("writing the OpenAPI document: %v", err))
	}
	asYAML, err := s.api.OpenAPI().YAML()
	if err != nil {
		panic(fmt.Sprintf("writing the OpenAPI document as YAML: %v", err))
	}
	return document{asJSON, asYAML}
}

func (d document) json(c echo.Context) error {
	return c.Blob(http.StatusOK, "application/openapi+json", d.asJSON)
}

func (d document) yaml(c echo.Context) error {
	return c.Blob(http.StatusOK, "application/openapi+yaml", d.asYAML)
}

// OpenAPI returns the OpenAPI 3.1 document as JSON, as a server of that version shows
// it. It needs no database.
func OpenAPI(service *workflow.Service, version string) []byte {
	s, _ := build(Options{Service: service, Version: version})
	return s.specification().asJSON
}
