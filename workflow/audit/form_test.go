package audit_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"duban/workflow/audit"
)

// What a form reads, encoding/json reads as well, and the parts are what it reads
// there; what encoding/json wrote, a form reads.
func TestAFormReadsWhatJSONReads(t *testing.T) {
	form := audit.FormOf[figure]()
	code, mood, big, ok, of, items := form.At("code"), form.At("mood"), form.At("big"), form.At("ok"), form.At("of"), form.At("items")
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		whole := true
		for b := range spoiled(t) {
			parts, read := form.Read(b)
			var f figure
			err := json.Unmarshal(b, &f)
			if whole && !read && f.Small < 1e9 && f.Big < 1e9 && f.Small > -1e9 && f.Big > -1e9 && len(f.By) == 0 && len(f.Items) == 0 && f.Of == nil && f.Names != nil {
				t.Fatalf("%s is not read", b)
			}
			if whole = false; !read {
				continue
			}
			taken++
			if err != nil {
				t.Fatalf("%s is read, but %v", b, err)
			}
			text := func(place int) string { return string(audit.AppendText(nil, parts.Text(place))) }
			var number int64
			if n := parts.Text(big); n != nil && json.Unmarshal(n, &number) != nil || number != f.Big {
				t.Fatalf("%s: big is %s, want %d", b, n, f.Big)
			}
			if text(code) != f.Code || text(mood) != string(f.Mood) || (text(ok) == "true") != f.Ok || (parts.Text(of) != nil) != (f.Of != nil) {
				t.Fatalf("%s: %q, %q, %q, %q are not the parts of %+v", b, text(code), text(mood), text(ok), text(of), f)
			}
			if list := parts.Text(items); list != nil {
				var again []figure
				if err := json.Unmarshal(list, &again); err != nil || len(again) != len(f.Items) {
					t.Fatalf("%s: items are %s: %v", b, list, err)
				}
			}
		}
	})
	if taken == 0 {
		t.Fatal("no picture was read")
	}
}
