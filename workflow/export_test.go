package workflow

// HOTP is the code of a counter, for the examples of RFC 4226 and RFC 6238.
var HOTP = hotp
