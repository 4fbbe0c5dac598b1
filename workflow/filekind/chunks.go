package filekind

import (
	"encoding/binary"
	"io"
	"math"
)

// mostChunks bounds the parts of a file that are walked over.
const mostChunks = 1 << 20

// wholePNG reports whether the chunks of a PNG end with the file (PNG, 5.3).
func wholePNG(file *io.SectionReader) bool {
	var head [8]byte
	at := int64(8)
	for range mostChunks {
		if _, err := file.ReadAt(head[:], at); err != nil {
			return false
		}
		at += 12 + int64(binary.BigEndian.Uint32(head[:4]))
		if string(head[4:]) == "IEND" {
			return at == file.Size()
		}
	}
	return false
}

// wholeRIFF reports whether the size in the head of a RIFF file is that of the file; an odd
// one is padded.
func wholeRIFF(file *io.SectionReader) bool {
	var head [8]byte
	if _, err := file.ReadAt(head[:], 0); err != nil {
		return false
	}
	size := int64(binary.LittleEndian.Uint32(head[4:]))
	return 8+size+size%2 == file.Size()
}

// wholeBoxes reports whether the boxes of an ISO media file end with the file
// (ISO/IEC 14496-12, 4.2).
func wholeBoxes(file *io.SectionReader) bool {
	var head [16]byte
	for at := int64(0); ; {
		n, err := file.ReadAt(head[:], at)
		if n < 8 && err != nil {
			return false
		}
		size := int64(binary.BigEndian.Uint32(head[:4]))
		switch {
		case size == 0: // up to the end
			return at > 0
		case size == 1:
			large := binary.BigEndian.Uint64(head[8:])
			if n < 16 || large > math.MaxInt64/2 {
				return false
			}
			size = int64(large)
		}
		if size < 8 {
			return false
		}
		if at += size; at >= file.Size() {
			return at == file.Size()
		}
	}
}
