//go:build tools

// Package s3server pins the S3 server that `make test-s3` runs the tests of evidence
// against; it is a module of its own, so that the program depends on none of it.
package s3server

import _ "github.com/versity/versitygw/cmd/versitygw"
