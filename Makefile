# Everything happens in a virtual environment of this folder (.venv), which the targets make and keep up to date.
# Choose another Python with `make run PYTHON=/path/to/python3.12`.

.DEFAULT_GOAL := help
.PHONY: help run test check check-web check-types types bench test-gpu canvas browser clean

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# npm in web/, with its packages installed, by the system's Node or the one in the virtual environment.
NPM := $(BIN)/python hatch_build.py npm
# The first that runs and is new enough; a name on the PATH may be a shim of a Python that is not installed.
FIND_PYTHON := for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done
PYTHON = $(shell $(FIND_PYTHON))

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.with-run canvas ## Start the server; BLOCKLOOM_PORT and BLOCKLOOM_OPEN_BROWSER=0 are heeded
	@$(BIN)/blockloom serve

test: $(VENV)/.with-test canvas browser ## Run all tests that need no accelerator
	@$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile

check: $(VENV)/.with-dev ## Lint, format, types and import rules, here and in web/; unit tests of web/
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(MAKE) --no-print-directory check-types check-web

types: $(VENV)/.with-run ## Generate web/src/api/schema.ts from the server's OpenAPI document
	@$(BIN)/python -m server.print_openapi > web/openapi.json
	@$(NPM) run --silent types

bench: $(VENV)/.with-test canvas browser ## Measure speed against the goals in tests/bench/README.md
	@$(BIN)/python -m tests.bench

test-gpu: $(VENV)/.with-test ## Run the tests that need an accelerator
	@$(BIN)/python -m pytest -m gpu

clean: ## Remove the virtual environment, what was built, and what tools left behind
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf web/node_modules web/dist web/openapi.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Cheap when the canvas is up to date.
canvas: $(VENV)/.with-run
	@$(BIN)/python hatch_build.py

# The tests of the canvas need a real browser.
browser: $(VENV)/.with-test
	@tests/web/browser.sh $(BIN)/python

check-web: $(VENV)/.with-run
	@$(NPM) exec -- tsc --noEmit
	@$(NPM) run --silent lint
	@$(NPM) run --silent test

# Generates the types a second time, in a folder that has what the generator needs, and compares.
check-types: $(VENV)/.with-run
	@set -e; again=$$(mktemp -d); trap 'rm -rf "$$again"' EXIT; mkdir -p "$$again/src/api"; \
	cp web/package.json "$$again"; $(NPM) --version >/dev/null; \
	ln -s "$(CURDIR)/web/node_modules" "$$again/node_modules"; \
	$(BIN)/python -m server.print_openapi > "$$again/openapi.json"; \
	$(NPM) --prefix "$$again" run --silent types >/dev/null; \
	diff -u web/src/api/schema.ts "$$again/src/api/schema.ts" | head -n 40 > "$$again/difference"; \
	if [ -s "$$again/difference" ]; then cat "$$again/difference"; \
		echo "web/src/api/schema.ts is not what the server's API says now. Generate it anew: make types" >&2; exit 1; fi

# Each stamp says which extras are installed; a larger set satisfies the smaller ones too.
$(VENV)/.with-dev: EXTRAS := [test,dev]
$(VENV)/.with-dev: SATISFIES := $(VENV)/.with-run $(VENV)/.with-test $(VENV)/.with-dev
$(VENV)/.with-test: EXTRAS := [test]
$(VENV)/.with-test: SATISFIES := $(VENV)/.with-run $(VENV)/.with-test
$(VENV)/.with-run: EXTRAS :=
$(VENV)/.with-run: SATISFIES := $(VENV)/.with-run

$(VENV)/.with-run $(VENV)/.with-test $(VENV)/.with-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Blockloom$(EXTRAS) into $(VENV) (the first time takes a few minutes) …"
	@$(PIP) install -c constraints.txt -e ".$(EXTRAS)" $$($(BIN)/python hatch_build.py requires)
	@touch $(SATISFIES)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Blockloom needs Python 3.11 or newer, and none was found." \
		"Install one, or name it: make run PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); echo "No virtual environment could be made with $(PYTHON)." \
		"On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
