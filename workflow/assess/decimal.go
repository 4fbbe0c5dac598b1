package assess

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/text/width"
)

var decimalForm = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,8})?$`)

// ParseDecimal reads a figure such as "9.25". Full-width digits count as
// half-width ones. At most 15 digits before and 8 after the point, no exponent:
// figures of foreign input stay small.
func ParseDecimal(s string) (Decimal, error) {
	folded := width.Narrow.String(strings.TrimSpace(s))
	if !decimalForm.MatchString(folded) {
		return Decimal{}, fmt.Errorf("%q is not a decimal figure such as 9.25", s)
	}
	return decimal.RequireFromString(folded), nil
}

// Exact prints a figure with the decimals it was given with: 0.70, not 0.7.
func Exact(d Decimal) string {
	return d.StringFixed(max(0, -d.Exponent()))
}

// Round rounds to the given places by GB/T 8170-2008 3.2: half to even.
func Round(d Decimal, places int32) Decimal { return d.RoundBank(places) }

// Whole returns a whole number.
func Whole(n int64) Decimal { return decimal.NewFromInt(n) }

// RoundQuotient returns a/b rounded to the given places by GB/T 8170, once: what
// is rounded is exact. b is positive.
func RoundQuotient(a, b Decimal, places int32) Decimal {
	whole, rest := a.QuoRem(b, places)
	unit := decimal.New(1, -places)
	switch twice := rest.Abs().Mul(decimal.NewFromInt(2)); {
	case twice.LessThan(b.Mul(unit)), twice.Equal(b.Mul(unit)) && whole.Shift(places).Mod(decimal.NewFromInt(2)).IsZero():
		return whole
	case a.IsNegative():
		return whole.Sub(unit)
	default:
		return whole.Add(unit)
	}
}

// ratioPlaces is the number of decimals with which a ratio is shown.
const ratioPlaces = 4

// shownRatio prints a/b for people. The comparison itself is exact; where
// rounding would carry the shown ratio across the threshold it is cut instead,
// so that the explanation never contradicts the verdict.
func shownRatio(a, b, threshold Decimal) string {
	exact := a.DivRound(b, 16)
	shown := Round(exact, ratioPlaces)
	if below(a, b, threshold) && !shown.LessThan(threshold) {
		shown = exact.Truncate(ratioPlaces)
	}
	return shown.String()
}

// below reports a/b < threshold, exactly. b is positive.
func below(a, b, threshold Decimal) bool { return a.LessThan(threshold.Mul(b)) }
