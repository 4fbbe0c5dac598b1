package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// sitePolicy is that of the page that officials open: pictures and documents that
// districts handed in are shown from memory (blob:), never from an address that could
// run what is in them.
var sitePolicy = pagePolicy("") + "; frame-src blob:"

// sitePage answers with the page, whatever the view is that its address names: the page
// finds the view.
func (s *server) sitePage(c echo.Context) error {
	status, html := s.site.Page()
	policy := sitePolicy
	if status != http.StatusOK {
		policy = stillPolicy(html)
	}
	c.Response().Header().Set("Content-Security-Policy", policy)
	return c.HTMLBlob(status, html)
}

func (s *server) siteAsset(c echo.Context) error {
	if !s.site.ServeAsset(c.Response(), c.Request(), c.Param("file")) {
		return echo.ErrNotFound
	}
	return nil
}
