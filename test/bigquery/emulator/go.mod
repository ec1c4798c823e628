module tributary/test/bigquery/emulator

go 1.26

require github.com/goccy/bigquery-emulator v0.8.1
