package intake

import (
	"duban/workflow/ooxml"
	"duban/workflow/sheet"
)

// xlsxLimits are tighter than those of a reporting workbook: a library builds the
// whole of it in memory.
var xlsxLimits = sheet.Limits{
	Limits:  ooxml.Limits{Parts: 300, Part: 10 << 20, Total: 24 << 20, Depth: 64},
	Columns: mostColumns, Rows: mostRows, Cells: mostCells, Merges: mostRows,
}

// readXLSX reads the visible worksheets of a workbook, each as a table.
func readXLSX(data []byte) (*document, error) {
	sheets, err := sheet.Read(data, xlsxLimits)
	if err != nil {
		return nil, refusal(err)
	}
	d := &document{}
	var count counter
	for _, s := range sheets {
		g := grid{rows: make([][]cell, len(s.Rows))}
		for i, row := range s.Rows {
			if err := count.row(); err != nil {
				return nil, err
			}
			if err := count.cell(len(row)); err != nil {
				return nil, err
			}
			g.rows[i] = make([]cell, len(row))
			for j, text := range row {
				if len(text) > mostCell {
					return nil, tooLong(s.Name)
				}
				g.rows[i][j].text = cellText(text)
			}
		}
		for _, m := range s.Merges {
			g.merge(m)
		}
		d.grids = append(d.grids, g)
	}
	return d, nil
}

// merge marks the cells below the first row of a merged area.
func (g *grid) merge(m sheet.Merge) {
	for r := m.FirstRow + 1; r <= m.LastRow && r < len(g.rows); r++ {
		for len(g.rows[r]) <= m.FirstColumn {
			g.rows[r] = append(g.rows[r], cell{})
		}
		g.rows[r][m.FirstColumn].down = true
	}
}
