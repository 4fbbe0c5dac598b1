package api

import (
	"context"
	"embed"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"duban/workflow"
)

// files are what pages are made of. RapiDoc is kept whole, with its licence: an
// office without internet has no other place to get it from.
//
//go:embed docs
var files embed.FS

// docsPage is the page to try the API. RapiDoc writes style elements.
func docsPage(c echo.Context) error {
	c.Response().Header().Set("Content-Security-Policy", pagePolicy(" 'unsafe-inline'"))
	return page(c, "docs/index.html", "text/html; charset=utf-8")
}

// docsFile serves the script and the licences, which change with the program only.
func docsFile(c echo.Context) error {
	kinds := map[string]string{
		"rapidoc-min.js":             "text/javascript; charset=utf-8",
		"rapidoc-min.js.LICENSE.txt": "text/plain; charset=utf-8",
		"LICENSE.rapidoc.txt":        "text/plain; charset=utf-8",
	}
	kind, ok := kinds[c.Param("file")]
	if !ok {
		return echo.ErrNotFound
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=3600")
	return page(c, "docs/"+c.Param("file"), kind)
}

func page(c echo.Context, name, kind string) error {
	content, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, kind, content)
}

// healthy says that the process answers; it asks nobody else.
func (s *server) healthy(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]string{"status": "ok"})
}

// readyLimit is how long the database may take to say that it is well. A probe
// that waits longer has given up anyway.
const readyLimit = 3 * time.Second

// ready says whether the database answers with the program's schema and, as far
// as is known, saves what is written.
func (s *server) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyLimit)
	defer cancel()
	err := s.service.Ready(ctx)
	if err == nil {
		return c.JSON(http.StatusOK, map[string]string{"status": "ready"})
	}
	why := workflow.Text{ZH: "数据库暂时不可用", EN: "The database does not answer now"}
	if ctx.Err() == nil {
		why = workflow.AsError(err).Text
	}
	return workflow.NewError(workflow.Unavailable, "not_ready", why.ZH, why.EN).Because(err)
}
