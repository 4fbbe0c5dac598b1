// Package prove holds harnesses that try to break the program's promises: the
// real binary is driven over HTTP while it, or its database, is killed, cut off,
// filled up or locked, and afterwards every acknowledged step must be there
// exactly once.
//
// Everything is a test. The short forms run with `make test`, the long ones with
// `make test-crash` and `make test-cut`:
//
//	DUBAN_KILLS   kills per database (50)
//	DUBAN_CUTS    cut connections (60)
//	DUBAN_BINARY  a program to try instead of the one built from this tree, to
//	              see that a harness finds what is wrong with it
package prove
