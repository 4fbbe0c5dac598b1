// Package configs reads the program's configuration and holds the files that
// are built in: the workflow definition and the demo campaign.
package configs

import "embed"

// Workflow is the built-in workflow definition.
//
//go:embed workflow.yaml
var Workflow []byte

// Demo holds the demo campaign: the real half-year of 2023.
//
//go:embed demo
var Demo embed.FS
