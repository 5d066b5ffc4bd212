# Everything a person does with this repository, one word each. `make help` lists them.
# Needs only make, git and Python 3.11 or newer: the rest is installed into .venv, from locked and hashed requirements.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first Python that fits. Another one: make PYTHON=/path/to/python3.12 …
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null && echo $(name))))

BIN := .venv/bin
BASE := .venv/.base-installed
DEV := .venv/.dev-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

DEMO_ROSTER := examples/cr_coffee_growers/roster.xlsx
DEMO_COUNTRY := CR
DEMO_DATE := 2026-03-01
DEMO_FOLDER := demo

# Options for pytest, for instance: make test PYTEST_ARGS='-k rounding -x'
PYTEST_ARGS ?=
# Worker processes of the tests: one a core, or a number.
WORKERS ?= auto

# A kind of tests is a folder under tests/ that holds tests.
KINDS := $(sort $(foreach file,$(wildcard tests/*/test_*.py tests/*/*/test_*.py),$(word 2,$(subst /, ,$(file)))))
PAGE_WRITERS := $(sort $(wildcard docs/writers/*.py))
BENCHMARKS := $(sort $(wildcard benchmarks/bench_*.py))
CHECKS := check-lint check-format check-types check-layers check-packs check-docs check-tidy

.PHONY: help demo test check fix bench docs lock clean $(CHECKS)

help: ## list what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '  make %-14s %s\n' 'test-KIND' 'run the tests of one kind: $(KINDS)'

# The example roster holds mistakes on purpose: 14, "partly done", is a good end too.
demo: $(BASE) ## check the example roster of a Costa Rican cooperative and write its report
	@$(BIN)/ayni check $(DEMO_ROSTER) --country $(DEMO_COUNTRY) --on $(DEMO_DATE) --out $(DEMO_FOLDER) || [ $$? -eq 14 ]
	@echo
	@echo "The report: $(CURDIR)/$(DEMO_FOLDER)/report.html (open it in a browser; it needs no network)"
	@echo "A row for each member and scheme: $(DEMO_FOLDER)/members.xlsx"

test: $(DEV) ## run all tests
	@$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

test-%: $(DEV)
	@test -d tests/$* || { echo "There are no tests of the kind '$*'. Kinds: $(KINDS)"; exit 2; }
	@$(BIN)/python -m pytest -n $(WORKERS) tests/$* $(PYTEST_ARGS)

check: $(DEV) ## run every check, then say which failed
	@failed=; \
	for step in $(CHECKS); do \
	  echo "── $$step"; \
	  $(MAKE) $$step || failed="$$failed $$step"; \
	done; \
	echo; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed. 'make fix' mends what can be mended by itself."; exit 1; fi; \
	echo "All checks passed."

check-lint: $(DEV)
	@$(BIN)/ruff check

check-format: $(DEV)
	@$(BIN)/ruff format --check

check-types: $(DEV)
	@$(BIN)/mypy

check-layers: $(DEV)
	@$(BIN)/lint-imports

check-packs: $(DEV)
	@$(BIN)/ayni pack check

check-docs: $(DEV)
	@for writer in $(PAGE_WRITERS); do $(BIN)/python $$writer --check || exit 1; done
	@$(BIN)/python -m pytest -q tests/docs --ignore=tests/docs/test_tidy.py

check-tidy: $(DEV)
	@$(BIN)/python -m pytest -q tests/docs/test_tidy.py

fix: $(DEV) ## mend what the linter and the formatter can mend
	@$(BIN)/ruff check --fix-only
	@$(BIN)/ruff format

bench: $(DEV) ## time the questions in benchmarks/, with the ratios to hand-written SQL
	@for script in $(BENCHMARKS); do echo "── $$script"; $(BIN)/python $$script; done

docs: $(DEV) ## write the generated reference pages anew, then check all pages
	@for writer in $(PAGE_WRITERS); do $(BIN)/python $$writer; done
	@$(MAKE) check-docs

# A release waits a week before it is locked: the week in which a bad or hijacked one is usually found.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--exclude-newer '7 days' --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

lock: $(DEV) ## lock the dependencies again (UPGRADE=1: at their newest releases)
	@$(COMPILE) pyproject.toml --extra dev --output-file requirements/dev.txt
	@$(COMPILE) pyproject.toml --extra server --constraint requirements/dev.txt --output-file requirements/server.txt
	@$(COMPILE) pyproject.toml --constraint requirements/dev.txt --output-file requirements/base.txt
	@printf '%s\n' hatchling editables | $(COMPILE) - --constraint requirements/dev.txt --output-file requirements/build.txt

clean: ## remove what was built, but not what was installed
	@rm -rf $(DEMO_FOLDER) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.*

# ── Setting up, once: each stamp stands for one installed list of requirements.

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
	  echo "Ayni needs Python 3.11, 3.12, 3.13 or 3.14, and none was found. Install one, or name it: make PYTHON=/path/to/python3"; exit 1; fi
	@echo "Setting up .venv with $$($(PYTHON) --version); this happens once."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "This Python cannot make a virtual environment. On Debian and Ubuntu the package python3-venv brings what is missing."; exit 1; }

$(BASE): requirements/base.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo "Installing what ayni needs."
	@$(PIP) install --require-hashes -r requirements/base.txt -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt $(BASE)
	@echo "Installing what the tests and checks need."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
