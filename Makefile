# Everything goes through these targets; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# No cgo: one static binary, SQLite included.
export CGO_ENABLED := 0
export GOFLAGS := -buildvcs=false
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
PACKAGES := ./...

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 17

.PHONY: go
go:
	@command -v go >/dev/null || { echo "Go is missing: install Go 1.26 or later (https://go.dev/dl) and put it on PATH." >&2; exit 1; }

.PHONY: build
build: go ## build bin/duban with its pages (Node 20 or later)
	@mkdir -p bin
	go run ./cmd/build -version '$(VERSION)' -out bin/duban

.PHONY: run
run: build ## load the demo campaign and serve it on 127.0.0.1:8080
	bin/duban demo
	exec bin/duban serve

.PHONY: tools
tools:
	@.ci/tools

.PHONY: test
test: go tools build ## run every test: Go, a real MariaDB, the README's commands, the pages in a real Chromium
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not formatted by gofmt:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet $(PACKAGES) ./api/web/ui/e2e/provider
	figures=$$(mktemp) && trap 'rm -f "$$figures"' EXIT && DUBAN_FIGURES="$$figures" go test -timeout 12m $(PACKAGES) && cat "$$figures"
	npm run --silent --prefix api/web/ui test
	DUBAN_BINARY=$(CURDIR)/bin/duban npm run --silent --prefix api/web/ui e2e

.PHONY: screenshots
screenshots: tools build ## pictures of every page of the demo into docs/screenshots
	DUBAN_BINARY=$(CURDIR)/bin/duban DUBAN_PICTURES=$(CURDIR)/docs/screenshots npm run --silent --prefix api/web/ui e2e -- e2e/pages.test.ts

.PHONY: fuzz
fuzz: go ## fuzz the readers of foreign input, a minute each
	go test ./workflow/intake -run '^$$' -fuzz FuzzReadCampaign -fuzztime 60s -fuzzminimizetime 20x
	go test ./workflow/intake -run '^$$' -fuzz FuzzReadTable -fuzztime 60s -fuzzminimizetime 20x
	go test ./workflow/wording -run '^$$' -fuzz FuzzReadRequirement -fuzztime 60s -fuzzminimizetime 20x
	go test ./workflow/audit -run '^$$' -fuzz FuzzScan -fuzztime 60s -fuzzminimizetime 20x
	go test ./workflow/audit -run '^$$' -fuzz FuzzCheckBundle -fuzztime 60s -fuzzminimizetime 20x
	go test ./workflow/workbook -run '^$$' -fuzz FuzzRead -fuzztime 60s -fuzzminimizetime 20x

.PHONY: lint
lint: go ## run golangci-lint, when it is installed
	@command -v golangci-lint >/dev/null || { echo "golangci-lint is missing: see https://golangci-lint.run/welcome/install" >&2; exit 1; }
	golangci-lint run

.PHONY: clean
clean: ## remove what was built; data/ stays
	rm -rf bin api/web/ui/node_modules
	find api/web/dist -mindepth 1 ! -name .gitkeep -delete

.PHONY: test-power
test-power: go tools ## cut the power of SQLite in thousands of places: DUBAN_IMAGES=6000
	DUBAN_IMAGES=$${DUBAN_IMAGES:-6000} go test ./cmd/power -count=1 -timeout 60m -v

.PHONY: test-winner
test-winner: go tools ## 8 to 32 people on one task at once: DUBAN_ROUNDS=20000
	DUBAN_ROUNDS=$${DUBAN_ROUNDS:-20000} go test ./workflow -run 'TestEveryHistoryHasOneWinnerAtATime|TestTheCheckerCanFail' -count=1 -timeout 120m -v

.PHONY: test-past
test-past: go tools ## the past against what people were shown: DUBAN_HISTORIES=10000
	DUBAN_HISTORIES=$${DUBAN_HISTORIES:-10000} go test ./workflow -run TestThePastIsAsItWas -count=1 -timeout 60m -v

.PHONY: test-tamper
test-tamper: go tools ## tamper with every column and row, and leave logs clean: DUBAN_TAMPERS=5000 DUBAN_CLEAN=1000
	DUBAN_TAMPERS=$${DUBAN_TAMPERS:-5000} DUBAN_CLEAN=$${DUBAN_CLEAN:-1000} go test ./workflow -run 'TestEveryTampering|TestCleanTrails' -count=1 -timeout 60m -v

.PHONY: test-seeded
test-seeded: go tools ## put known mistakes into the code; the tests must catch each
	go test -tags seeded ./cmd/seeded -count=1 -timeout 120m -v

.PHONY: test-docs
test-docs: go ## the documents through LibreOffice, as pages and pictures: DUBAN_PICTURES=folder
	@.ci/tools documents
	DUBAN_PICTURES=$${DUBAN_PICTURES:-$$(mktemp -d -t duban-pictures-XXXXXX)} go test -tags documents ./cmd/duban ./workflow/workbook -run 'Pages|LibreOffice' -count=1 -timeout 20m -v

.PHONY: test-crash
test-crash: go tools ## kill the server and MariaDB under load: DUBAN_KILLS=2000 per database
	DUBAN_KILLS=$${DUBAN_KILLS:-2000} go test ./cmd/prove -run TestAKill -count=1 -timeout 120m -v

.PHONY: test-cut
test-cut: go tools ## cut connections to MariaDB around COMMIT: DUBAN_CUTS=2000
	DUBAN_CUTS=$${DUBAN_CUTS:-2000} go test ./cmd/prove -run TestACut -count=1 -timeout 60m -v

.PHONY: test-chromium86
test-chromium86: go tools build ## the pages in the browser of UOS and Kylin, a real Chromium 86 (50 MB by npm)
	.ci/chromium86/fetch $(CURDIR)/bin/chromium86
	DUBAN_BINARY=$(CURDIR)/bin/duban DUBAN_CHROMIUM=$(CURDIR)/bin/chromium86/chromium DUBAN_DRIVER=$(CURDIR)/bin/chromium86/node_modules/playwright-core/index.mjs \
	  npm run --silent --prefix api/web/ui e2e

.PHONY: test-evidence
test-evidence: go tools ## kill the server while files are uploaded: DUBAN_KILLS=200
	DUBAN_KILLS=$${DUBAN_KILLS:-200} go test ./cmd/prove -run TestKillsLoseAndOrphanNoFile -count=1 -timeout 60m -v

.PHONY: test-s3
test-s3: go ## build a real S3 server (Versity) and run the store of evidence on it
	go build -C .ci/s3 -o $(CURDIR)/bin/s3server github.com/versity/versitygw/cmd/versitygw
	DUBAN_S3_SERVER=$(CURDIR)/bin/s3server go test ./workflow/filestore -count=1 -v

.PHONY: bench
bench: build ## measure what a step costs, on SQLite and on a MariaDB of its own
	dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && echo "SQLite, synchronous=FULL" && DUBAN_DATA_DIR="$$dir/sqlite" bin/duban bench && \
	  echo "MariaDB, innodb_flush_log_at_trx_commit=1" && DUBAN_DATA_DIR="$$dir/mysql" .ci/mariadb bin/duban bench

.PHONY: bench-verify
bench-verify: build ## how fast an audit trail is verified, on both databases: DUBAN_EVENTS=200000
	dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && events=$${DUBAN_EVENTS:-200000} && \
	  echo "SQLite" && DUBAN_DATA_DIR="$$dir/sqlite" bin/duban bench verify --events $$events && \
	  echo "MariaDB" && DUBAN_DATA_DIR="$$dir/mysql" .ci/mariadb bin/duban bench verify --events $$events

.PHONY: bench-growth
bench-growth: build tools ## the same at 10 thousand and a million tasks, 40 GB for half an hour: DUBAN_TASKS=10000,100000
	dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && tasks=$${DUBAN_TASKS:-10000,1000000} && \
	  echo "SQLite, synchronous=FULL" && DUBAN_DATA_DIR="$$dir/sqlite" bin/duban bench growth --tasks $$tasks && \
	  echo "MariaDB, innodb_flush_log_at_trx_commit=1, a buffer pool of $${MARIADB_BUFFER_POOL:-2G}" && \
	  MARIADB_BUFFER_POOL=$${MARIADB_BUFFER_POOL:-2G} DUBAN_DATA_DIR="$$dir/mysql" .ci/mariadb bin/duban bench growth --tasks $$tasks
