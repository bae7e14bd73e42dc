# Two commands are all it takes: `make demo` to see it work, `make test` to see it proven.
# Both begin by installing what is missing from Debian; everything else stays below .build.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PREFIX ?= /usr/local
SWIFT ?= swift
CONFIGURATION ?= debug
DEMO_DATA := .build/demo-data

# What the program is built from, what reads its users' files, and what the tests need besides.
BUILD_PACKAGES := git pkg-config libxapian-dev libsqlite3-dev
HELPER_PACKAGES := bubblewrap poppler-utils libimage-exiftool-perl gzip
TEST_PACKAGES := python3-venv bsdutils

NEARFIND := .build/$(CONFIGURATION)/nearfind

.PHONY: help demo test build release setup setup-test lint format man install clean

help: ## Say what can be made.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: setup ## Build, index fixtures/ and /usr/share/doc, and run searches to look at.
	@if [[ ! -x $(NEARFIND) ]]; then echo 'The first build takes some minutes.'; fi
	$(SWIFT) build --configuration $(CONFIGURATION) --product nearfind
	@NEARFIND=$(NEARFIND) DEMO_DATA=$(DEMO_DATA) bash fixtures/demo.sh

test: setup setup-test ## Build everything and run all tests.
	$(SWIFT) build --build-tests
	NEARFIND_PYTHON=$(CURDIR)/.build/venv/bin/python $(SWIFT) test --skip-build

build: setup ## Build for development.
	$(SWIFT) build

release: setup ## Build the program as it is installed.
	$(SWIFT) build --configuration release --product nearfind

setup:
	@./.ci/install-packages $(BUILD_PACKAGES) $(HELPER_PACKAGES)

setup-test:
	@./.ci/install-packages $(TEST_PACKAGES)
	@./.ci/make-venv .build/venv

lint: ## Check the sources' format.
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests

format: ## Format the sources.
	$(SWIFT) format format --in-place --parallel --recursive Sources Tests

man: build ## Write the manual pages to .build/man.
	$(SWIFT) package --allow-writing-to-directory .build/man generate-manual --multi-page \
	  --output-directory .build/man

install: release ## Install the program and its completions below PREFIX.
	install -D -m 755 .build/release/nearfind $(DESTDIR)$(PREFIX)/bin/nearfind
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	.build/release/nearfind completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/nearfind
	.build/release/nearfind completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_nearfind
	.build/release/nearfind completion fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/nearfind.fish

clean: ## Remove everything that was built.
	rm -rf .build
