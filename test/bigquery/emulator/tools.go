//go:build tools

// Package emulator keeps the emulator's command among the dependencies of this module.
package emulator

import _ "github.com/goccy/bigquery-emulator/cmd/bigquery-emulator"
