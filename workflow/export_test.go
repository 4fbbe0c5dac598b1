package workflow

// HOTP is the code of a counter, for the examples of RFC 4226 and RFC 6238.
var HOTP = hotp

// Rank is rank.
func Rank(districts []DistrictStanding) { rank(districts) }
