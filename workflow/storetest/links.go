package storetest

import (
	"strings"
	"testing"

	"duban/workflow"
)

func testLinks(t *testing.T, setup setup) {
	t.Run("come back with every field, once for each identity", func(t *testing.T) {
		b := setup(t)
		user := sampleUser()
		link := workflow.Link{ID: strings.Repeat("0a", 32), UserID: user.ID, Issuer: "https://login.example.gov.cn/realms/江门", CreatedAt: noon}
		everyFieldSet(t, link)
		b.update(func(tx workflow.Tx) error {
			if err := tx.InsertUser(user); err != nil {
				return err
			}
			return tx.InsertLink(link)
		})
		same(t, read(b, func(r workflow.Reader) (workflow.Link, error) { return r.Link(link.ID) }), link)
		neverFound(b, "Link", workflow.Reader.Link)
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertLink(link) })
	})
}
