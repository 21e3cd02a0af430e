# Two commands: `make run` starts Chinwag, `make test` proves it. Both need Python 3.11,
# git and make, nothing else; all they install goes to .venv and web/node_modules.

MAKEFLAGS += --no-print-directory
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
MINUTES ?= 10
SEED ?= 1
# Half of the tests' time is waiting; tests/conftest.py says what stays in one process.
two_at_a_time := --numprocesses 2 --no-loadscope-reorder
bin := .venv/bin
export PATH := $(CURDIR)/$(bin):$(PATH)
export PYTHONDONTWRITEBYTECODE :=

page := src/chinwag/page
web_sources := $(shell find web/src web/public -type f 2>/dev/null) $(wildcard web/*.html web/*.json web/*.ts)

.PHONY: help setup run test check unit bench bench-full proof dist docs generate lock clean debian

help: ## List these commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: .make/installed .make/page ## Set everything up: Python, Node, the page.
	@:

run: setup ## Start Chinwag, setting it up first.
	@exec chinwag

check: .make/installed .make/node ## Style, types, floors, generated files: under a minute.
	@scripts/check

test: setup debian ## Set everything up and run every check and test.
	@scripts/check
	npm --prefix web run --silent size
	npm --prefix web run --silent test
	pytest -q $(two_at_a_time) $(PYTEST)

unit: .make/installed ## The quick tests alone: no browser, proxy, package or storm.
	@pytest -q $(two_at_a_time) --ignore tests/browser --ignore tests/deploy --ignore tests/dist --ignore tests/faults --ignore tests/security $(PYTEST)

generate: .make/installed .make/node ## Write anew what is generated: wire types and references.
	@python -m scripts.generate

docs: generate ## Build the documentation into site/.
	@zensical build --clean

dist: setup ## Build the wheel and the sdist, page included, into dist/.
	@rm -rf dist
	python -m build --no-isolation

bench: setup ## Run the rows of the scorecard that fit five minutes.
	@python -m bench

bench-full: setup ## Run all rows of the scorecard, peers included: an hour or so.
	@python -m bench install-peers
	python -m bench full

proof: setup debian ## Put all promises to the test for ten minutes (MINUTES=10 SEED=1).
	@python -m tests.faults.campaign --minutes $(MINUTES) --seed $(SEED)

lock: .make/installed ## Take up new releases of what Chinwag stands on (UPGRADE=--upgrade).
	@scripts/lock $(UPGRADE)

clean: ## Remove all that make has made.
	@rm -rf .venv .make dist site $(page) web/node_modules

debian:
	@scripts/debian

.make/installed: pyproject.toml requirements/bootstrap.txt requirements/dev.txt
	@scripts/install "$(PYTHON)"
	mkdir -p .make && touch $@

.make/node: .make/installed $(wildcard web/package.json web/package-lock.json)
	@echo "Installing what the page is built with"
	npm --prefix web ci --loglevel=error --no-audit --no-fund
	mkdir -p .make && touch $@

.make/page: .make/node $(web_sources)
	@echo "Building the page"
	npm --prefix web run --silent build
	mkdir -p .make && touch $@
