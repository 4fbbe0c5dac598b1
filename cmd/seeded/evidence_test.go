package seeded

func init() { bugs = append(bugs, evidenceBugs...) }

// evidenceBugs are known mistakes about evidence files.
var evidenceBugs = []bug{
	{
		name: "a report names the files of others", file: "workflow/evidenceread.go",
		right: "return e.SHA256 == digest && e.Uploader == m.actor.UserID", wrong: "return e.SHA256 == digest",
		pkg: "workflow", run: "TestAReportNamesOwnFilesOnly",
	},
	{
		name: "a changed file is given", file: "workflow/evidenceread.go",
		right: "if !strings.EqualFold(hex.EncodeToString(sum.Sum(nil)), digest) {", wrong: "if !strings.EqualFold(hex.EncodeToString(sum.Sum(nil)), digest) && false {",
		pkg: "workflow", run: "TestAChangedFileIsNotGiven",
	},
	{
		name: "an upload is recorded although its file was swept", file: "workflow/upload.go",
		right: "if isNoRow(err) || err == nil && is != generation {", wrong: "if isNoRow(err) && is != generation {",
		pkg: "workflow", run: "TestAnUploadIsNotRecordedWithoutItsFile",
	},
	{
		name: "a file that uploads have is swept", file: "workflow/evidencesweep.go",
		right: "if !having[file.SHA256] {", wrong: "if !having[file.SHA256] || true {",
		pkg: "workflow", run: "TestSweepingDoesNotEmptyTheStoreOfAnotherDatabase|TestAChangedFileIsNotGiven",
	},
	{
		name: "the store of another database is emptied", file: "workflow/evidencesweep.go",
		right: "if len(orphans) > mostOrphans && !all {", wrong: "if false {",
		pkg: "workflow", run: "TestSweepingDoesNotEmptyTheStoreOfAnotherDatabase",
	},
	{
		name: "a file passes while the scanner does not answer", file: "workflow/upload.go",
		right: "found, err := s.evidence.scanner.Scan(ctx, content)\n\tif err != nil {", wrong: "found, err := s.evidence.scanner.Scan(ctx, content)\n\tif false && err != nil {",
		pkg: "workflow", run: "TestWhatTheScannerDoesNotPassIsNotTaken",
	},
	{
		name: "macros pass", file: "workflow/filekind/office.go",
		right: "if strings.HasSuffix(name, \"vbaproject.bin\") ||", wrong: "if",
		pkg: "workflow/filekind", run: "TestKindsByContent",
	},
	{
		name: "a picture that is an archive passes", file: "workflow/filekind/detect.go",
		right: "if _, err := zip.NewReader(file, size); err == nil ||", wrong: "if _, err := zip.NewReader(file, size);",
		pkg: "workflow/filekind", run: "TestKindsByContent",
	},
	{
		name: "an auditor reads a file without an event", file: "workflow/evidenceread.go",
		right: "if actor.Has(Auditor) {", wrong: "if false {",
		pkg: "api/apitest", run: "TestFilesOfAReport",
	},
	{
		name: "a file is sent as a page", file: "api/evidence.go",
		right: "ContentPolicy: sandboxed,", wrong: "",
		pkg: "api/apitest", run: "TestFilesOfAReport",
	},
}
