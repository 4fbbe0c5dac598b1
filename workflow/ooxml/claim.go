package ooxml

import (
	"cmp"
	"slices"
)

// Claim is what the list of parts says of the file, before anything is inflated.
type Claim struct {
	Bytes   uint64 // of all parts when inflated; at most 2^62
	Overlap bool   // two parts share bytes of the file, as no program writes it
}

// Claim reads the headers of the parts. A file that claims too much can be refused
// for that; what one holds that claims little is only known by reading it.
func (p *Package) Claim() (Claim, error) {
	const most = 1 << 62
	type span struct{ from, to int64 }
	var c Claim
	var spans []span
	for _, name := range p.names {
		f := p.parts[name]
		c.Bytes = min(c.Bytes+min(f.UncompressedSize64, most/2), most/2)
		at, err := f.DataOffset()
		if err != nil {
			return c, damaged(name)
		}
		spans = append(spans, span{at, at + int64(min(f.CompressedSize64, most))})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(spans); i++ {
		c.Overlap = c.Overlap || spans[i].from < spans[i-1].to
	}
	return c, nil
}
