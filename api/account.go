package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"duban/workflow"
)

// administration are the operations on regions, accounts and grants.
func (s *server) administration() {
	region := func(path, id, zh, en string) operation {
		return post(path, id, tagFrame, zh, en).needs(ofNothing, workflow.MayWriteRegions).repeatable()
	}
	write(s, region("/regions", "createRegion", "新增行政区划", "Add a region").status(http.StatusCreated), s.createRegion)
	write(s, region("/regions/{code}/rename", "renameRegion", "更改行政区划名称", "Rename a region").versioned(), s.renameRegion)
	write(s, region("/regions/{code}/retire", "retireRegion", "停用行政区划", "Retire a region").versioned().
		described("历史保留，不再接受新的任务、专项工作和授权。/ Its history stays; it gets no new tasks, campaigns or grants."), s.retireRegion)
	write(s, region("/regions/{code}/restore", "restoreRegion", "恢复行政区划", "Restore a region").versioned(), s.restoreRegion)

	account := func(path, id, zh, en string) operation {
		return post(path, id, tagAccounts, zh, en).needs(ofNothing, workflow.MayWriteUsers).repeatable()
	}
	read(s, get("/users", "listAccounts", tagAccounts, "账号列表", "List accounts").needs(ofNothing, workflow.MayReadUsers), s.accounts)
	write(s, account("/users", "createAccount", "新建账号", "Make an account").status(http.StatusCreated).
		described("新账号没有角色，什么也不能做，直到安全管理员授权。/ It has no roles and may do nothing until a security administrator gives it some."), s.createAccount)
	read(s, get("/users/{login}", "getAccount", tagAccounts, "账号", "One account").needs(ofNothing, workflow.MayReadUsers), s.account)
	write(s, account("/users/{login}/rename", "renameAccount", "更改姓名", "Change the name").versioned(), s.renameAccount)
	write(s, account("/users/{login}/disable", "disableAccount", "停用账号", "Disable an account").versioned().
		described("其会话和令牌立即结束。/ Its sessions and tokens end at once."), s.disableAccount)
	write(s, account("/users/{login}/enable", "enableAccount", "启用账号", "Enable an account").versioned(), s.enableAccount)
	write(s, post("/users/{login}/grants", "addGrant", tagAccounts, "授予角色", "Give a role").needs(ofNothing, workflow.MayWriteGrants).repeatable().versioned(), s.addGrant)
	write(s, del("/users/{login}/grants/{grant}", "removeGrant", tagAccounts, "收回角色", "Take a role away").needs(ofNothing, workflow.MayWriteGrants).versioned(), s.removeGrant)
}

// AccountPath is the path of an account, by its login or its id.
type AccountPath struct {
	Login string `path:"login" pattern:"^[a-z0-9][a-z0-9._-]{1,63}$" patternDescription:"zhang.san" example:"zhang.san" doc:"登录名或编号 / Login or id"`
}

type accountBody struct {
	ID        string     `json:"id" format:"uuid"`
	Login     string     `json:"login"`
	Name      string     `json:"name"`
	Grants    []grantOut `json:"grants" doc:"没有则什么也不能做 / With none it may do nothing"`
	Disabled  bool       `json:"disabled"`
	Version   int        `json:"version"`
	CreatedAt time.Time  `json:"created_at"`
}

func (s *server) accountOf(u workflow.User) accountBody {
	return accountBody{ID: u.ID, Login: u.Login, Name: u.Name, Grants: mapped(u.Grants, s.grant), Disabled: u.Disabled, Version: u.Version, CreatedAt: u.CreatedAt.UTC()}
}

type accountOut struct {
	ETag string `header:"ETag"`
	Body accountBody
}

// accountAnswer is the answer of everything that is done to an account.
func (s *server) accountAnswer(u workflow.User, err error) (*accountOut, error) {
	if err != nil {
		return nil, err
	}
	return &accountOut{ETag: etag(u.Version), Body: s.accountOf(u)}, nil
}

type accountsIn struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string `query:"cursor" maxLength:"400" doc:"上一页的 next_cursor / next_cursor of the page before"`
}

type accountPage struct {
	Items      []accountBody `json:"items"`
	NextCursor string        `json:"next_cursor,omitempty" doc:"没有则为最后一页 / Absent on the last page"`
}

type accountsOut struct{ Body accountPage }

// loginCursor is a place in the list of accounts.
type loginCursor struct {
	Login string `json:"l"`
}

func (s *server) accounts(ctx context.Context, who workflow.Actor, in *accountsIn) (*accountsOut, error) {
	var p workflow.Problems
	after := readCursor[loginCursor](&p, in.Cursor)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if after == nil {
		after = &loginCursor{}
	}
	page, err := s.service.UsersAfter(ctx, who, after.Login, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &accountsOut{Body: accountPage{Items: mapped(page.Users, s.accountOf)}}
	if page.Next != "" {
		out.Body.NextCursor, err = writeCursor(loginCursor{page.Next})
	}
	return out, err
}

func (s *server) account(ctx context.Context, who workflow.Actor, in *struct{ AccountPath }) (*accountOut, error) {
	return s.accountAnswer(s.service.Account(ctx, who, in.Login))
}

type createAccountIn struct {
	Body struct {
		Login    string `json:"login" maxLength:"64" example:"zhang.san"`
		Name     string `json:"name" maxLength:"100" example:"张三"`
		Password string `json:"password" maxLength:"1000" format:"password" doc:"初始密码，首次登录后必须更改 / The first password, to be changed at first use"`
	}
}

func (s *server) createAccount(ctx context.Context, call workflow.Call, in *createAccountIn) (*accountOut, error) {
	u := workflow.User{Login: in.Body.Login, Name: in.Body.Name, PasswordOnce: true}
	return s.accountAnswer(s.service.CreateUser(ctx, call, u, in.Body.Password))
}

type nameIn struct {
	Name string `json:"name" maxLength:"200"`
}

func (s *server) renameAccount(ctx context.Context, call workflow.Call, in *struct {
	AccountPath
	Body nameIn
}) (*accountOut, error) {
	return s.accountAnswer(s.service.RenameUser(ctx, call, in.Login, in.Body.Name))
}

func (s *server) disableAccount(ctx context.Context, call workflow.Call, in *struct{ AccountPath }) (*accountOut, error) {
	return s.accountAnswer(s.service.DisableUser(ctx, call, in.Login))
}

func (s *server) enableAccount(ctx context.Context, call workflow.Call, in *struct{ AccountPath }) (*accountOut, error) {
	return s.accountAnswer(s.service.EnableUser(ctx, call, in.Login))
}

type grantIn struct {
	Role   string `json:"role" maxLength:"64" example:"reporter"`
	Region string `json:"region,omitempty" maxLength:"16" example:"440703" doc:"仅区县填报员 / Reporters only"`
}

func (s *server) addGrant(ctx context.Context, call workflow.Call, in *struct {
	AccountPath
	Body grantIn
}) (*accountOut, error) {
	g := workflow.Grant{Role: workflow.Role(in.Body.Role), Region: in.Body.Region}
	return s.accountAnswer(s.service.AddGrant(ctx, call, in.Login, g))
}

func (s *server) removeGrant(ctx context.Context, call workflow.Call, in *struct {
	AccountPath
	Grant string `path:"grant" maxLength:"100" example:"reporter:440703"`
}) (*accountOut, error) {
	role, region, _ := strings.Cut(in.Grant, ":")
	return s.accountAnswer(s.service.RemoveGrant(ctx, call, in.Login, workflow.Grant{Role: workflow.Role(role), Region: region}))
}
