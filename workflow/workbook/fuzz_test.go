package workbook_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"duban/workflow/gormstore/dbtest"
	"duban/workflow/workbook"
)

// FuzzRead reads workbooks whose form, texts and styles are anything: it ends, and
// what is read can be answered by a workbook that is read again.
func FuzzRead(f *testing.F) {
	clean := unpacked(f, newWorld(f, dbtest.SQLite(f)).download(pengjiang))
	f.Add([]byte(clean[formPart]), []byte(clean[stringsPart]), []byte(clean[stylesPart]))
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c t="s"><v>0</v></c><c r="C1" s="1"><f>1</f><v>4.5E4</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`),
		[]byte(`<sst><si><r><t>a</t></r><rPh><t>b</t></rPh><t><![CDATA[<]]>&#65;</t></si></sst>`),
		[]byte(`<styleSheet><numFmts><numFmt numFmtId="200" formatCode="0.0%"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>`))
	f.Fuzz(func(t *testing.T, form, texts, styles []byte) {
		u, err := workbook.Read(packed(t, clean, map[string][]byte{formPart: form, stringsPart: texts, stylesPart: styles}))
		if err != nil {
			if len(rules(err)) == 0 {
				t.Fatalf("a file is refused without a name: %v", err)
			}
			return
		}
		var answer bytes.Buffer
		if err := u.Answer(&answer, u.Check(), true); err != nil {
			t.Fatal(err)
		}
		if _, err := workbook.Read(answer.Bytes()); err != nil {
			t.Fatalf("the answer cannot be read: %v", err)
		}
	})
}

// packed is a package without compression, which the fuzzer would pay for.
func packed(t testing.TB, p parts, changed map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range p {
		if text, ok := changed[name]; ok {
			content = string(text)
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		must(t, err)
		_, err = io.WriteString(w, content)
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}
