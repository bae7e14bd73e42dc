# Two commands are all it takes: `make demo` to see it work, `make test` to see it proven.
# Both begin by installing what is missing from Debian; everything else stays below .build.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PREFIX ?= /usr/local
SWIFT ?= swift
# A debug build is made sooner; `make release` and `make install` build the one to work with, unless
# CONFIGURATION says something else.
CONFIGURATION ?= debug
NEARFIND = .build/$(CONFIGURATION)/nearfind

# What the program is built with; what reads users' files; what only the tests need.
BUILD_PACKAGES := git pkg-config libxapian-dev zlib1g-dev libsqlite3-dev libpq-dev
HELPER_PACKAGES := bubblewrap gzip python3 poppler-utils libimage-exiftool-perl libgsf-bin
TEST_PACKAGES := python3-venv postgresql iproute2 nftables man-db systemd

.PHONY: help demo test build release setup setup-test lint format man install clean

help: ## Say what can be made.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: setup ## Build, index fixtures/ and /usr/share/doc, and run searches to look at.
	@test -x $(NEARFIND) || echo 'Building for the first time. This takes some minutes.'
	$(SWIFT) build --configuration $(CONFIGURATION) --product nearfind
	@.make/demo $(NEARFIND)

test: setup setup-test ## Build everything and run all tests.
	$(SWIFT) build --build-tests
	NEARFIND_PYTHON=$(CURDIR)/.build/venv/bin/python SWIFT=$(SWIFT) .make/run-tests
	.make/check-install .build/installed

build: setup ## Build the program for development.
	$(SWIFT) build --configuration $(CONFIGURATION) --product nearfind

release: CONFIGURATION := release
release: build ## Build the program as it is installed.

setup:
	@.make/install-packages $(BUILD_PACKAGES) $(HELPER_PACKAGES)

setup-test:
	@.make/install-packages $(TEST_PACKAGES)
	@.make/make-venv .build/venv

lint: ## Check the format of the sources.
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests

format: ## Format the sources.
	$(SWIFT) format format --in-place --parallel --recursive Sources Tests

# The tool comes with the argument parser; its package plug-in would build everything once more.
man: build ## Write the manual pages to .build/man.
	$(SWIFT) build --package-path .build/checkouts/swift-argument-parser \
	  --scratch-path .build/man-tool --product generate-manual
	@rm -rf .build/man && mkdir -p .build/man
	.build/man-tool/debug/generate-manual $(NEARFIND) --multi-page \
	  --output-directory .build/man
	@sed -i 's/^$$/.Pp/' .build/man/*.1

# The program lies beside the plug-ins that come with it; PREFIX/bin gets a link. The unit of the node
# lies where systemd looks for it with PREFIX=~/.local too.
install: CONFIGURATION := release
install: man ## Install the program, its plug-ins, completions and manual below PREFIX.
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/nearfind \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d \
	  $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/lib/systemd/system \
	  $(DESTDIR)$(PREFIX)/share/systemd/user
	sed 's|@prefix@|$(PREFIX)|' .make/systemd/nearfind-central.service \
	  > $(DESTDIR)$(PREFIX)/lib/systemd/system/nearfind-central.service
	sed 's|@prefix@|$(PREFIX)|' .make/systemd/nearfind.service \
	  > $(DESTDIR)$(PREFIX)/share/systemd/user/nearfind.service
	install -m 644 .build/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 755 $(NEARFIND) $(DESTDIR)$(PREFIX)/lib/nearfind/
	cp -R .build/$(CONFIGURATION)/nearfind_Extraction.resources $(DESTDIR)$(PREFIX)/lib/nearfind/
	ln -sf ../lib/nearfind/nearfind $(DESTDIR)$(PREFIX)/bin/nearfind
	$(NEARFIND) completion bash \
	  > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/nearfind
	$(NEARFIND) completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_nearfind
	$(NEARFIND) completion fish \
	  > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/nearfind.fish

clean: ## Remove everything that was built.
	rm -rf .build
