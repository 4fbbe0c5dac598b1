package filekind

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Bounds of what an Office file may unpack to. Nothing of it is unpacked here but the
// list of its parts; whoever opens it should not be surprised either.
const (
	mostParts    = 10_000
	mostUnpacked = 1 << 30
	mostRatio    = 200       // of a part that is larger than freeRatio
	freeRatio    = 10 << 20  // long runs of one value pack well
	mostTypes    = 1_000_000 // bytes of the list of parts
)

// mainTypes are the content types of the main part (ECMA-376-1, 11.3.10, 12.3.23, 13.3.6).
var mainTypes = map[string]Kind{
	office + "wordprocessingml.document.main+xml":   DOCX,
	office + "spreadsheetml.sheet.main+xml":         XLSX,
	office + "presentationml.presentation.main+xml": PPTX,
}

// officeKind tells which Office file a ZIP archive is.
func officeKind(file *io.SectionReader) (Kind, error) {
	archive, err := zip.NewReader(file, file.Size())
	if err != nil {
		return "", refuse("broken", "压缩包结构损坏", "the archive is broken")
	}
	if err := checkParts(archive, file.Size()); err != nil {
		return "", err
	}
	types, err := contentTypes(archive)
	if err != nil {
		return "", err
	}
	var kind Kind
	for _, part := range types.Overrides {
		if k := mainTypes[part.ContentType]; k != "" && has(archive, part.PartName) {
			if kind != "" && kind != k {
				return "", refuse("polyglot", "文件同时是两种 Office 文件", "the file is two kinds of Office file")
			}
			kind = k
		}
	}
	if kind == "" {
		return "", refuse("kind", "不接受压缩包；Office 文件只接受 .docx、.xlsx、.pptx", "archives are not taken; of Office files only .docx, .xlsx and .pptx")
	}
	return kind, nil
}

// checkParts refuses what unpacks to far more than it seems, and programs.
func checkParts(archive *zip.Reader, size int64) error {
	bomb := refuse("bomb", "压缩包展开后过大", "the archive unpacks to too much")
	if len(archive.File) > mostParts {
		return bomb
	}
	var packed, unpacked uint64
	for _, f := range archive.File {
		packed, unpacked = packed+f.CompressedSize64, unpacked+f.UncompressedSize64
		// Parts that share their bytes are how little unpacks to endless.
		if packed > uint64(size) || unpacked > mostUnpacked || f.UncompressedSize64 > freeRatio && f.UncompressedSize64/max(f.CompressedSize64, 1) > mostRatio {
			return bomb
		}
		name := strings.ToLower(f.Name)
		if strings.HasSuffix(name, "vbaproject.bin") || strings.HasSuffix(name, "vbadata.xml") || strings.Contains(name, "/activex/") || strings.Contains(name, "/macrosheets/") {
			return errMacro
		}
		if f.Flags&1 != 0 {
			return refuse("encrypted", "不接受加密的文件", "encrypted files are not taken")
		}
	}
	return nil
}

var errMacro = refuse("macro", "不接受含宏或 ActiveX 控件的 Office 文件：请另存为不含宏的格式", "Office files with macros or ActiveX controls are not taken: save without macros")

// typesPart is the list of the parts of an Office file (ECMA-376-2, 7.2.3).
type typesPart struct {
	Defaults []struct {
		ContentType string `xml:",attr"`
	} `xml:"Default"`
	Overrides []struct {
		PartName    string `xml:",attr"`
		ContentType string `xml:",attr"`
	} `xml:"Override"`
}

func contentTypes(archive *zip.Reader) (typesPart, error) {
	var types typesPart
	part, err := archive.Open("[Content_Types].xml")
	if err != nil {
		return types, nil // an archive of something else
	}
	defer part.Close()
	limited := &io.LimitedReader{R: part, N: mostTypes}
	if err := xml.NewDecoder(limited).Decode(&types); err != nil && !errors.Is(err, io.EOF) {
		return types, refuse("broken", "Office 文件的部件列表无法读取", "the list of parts of the Office file cannot be read")
	}
	var all []string
	for _, d := range types.Defaults {
		all = append(all, d.ContentType)
	}
	for _, o := range types.Overrides {
		all = append(all, o.ContentType)
	}
	for _, t := range all {
		if t = strings.ToLower(t); strings.Contains(t, "macroenabled") || strings.Contains(t, "vbaproject") || strings.Contains(t, "activex") {
			return types, errMacro
		}
	}
	return types, nil
}

func has(archive *zip.Reader, part string) bool {
	for _, f := range archive.File {
		if strings.EqualFold("/"+f.Name, part) {
			return true
		}
	}
	return false
}
