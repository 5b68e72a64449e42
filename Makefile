# Everything runs in .venv, which the first target that needs it makes. No root.
# Another Python: make PYTHON=/path/to/python3.12 serve

.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
PYTHON ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
# A process of tests for each core; who is done takes over what others have before them.
CORES := --numprocesses=auto --maxprocesses=8 --dist=worksteal

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: serve
serve: .venv/.installed ## serve the sample: WHOIS on 127.0.0.1:4343, RDAP on 127.0.0.1:8080
	@$(BIN)/python -m rdds serve --demo

.PHONY: walk
walk: .venv/.installed-dev ## a change of registrant, step by step; more with ARGS=--help
	@$(BIN)/python docs/walk $(ARGS)

.PHONY: test
test: .venv/.installed-dev ## run the tests on every core (PostgreSQL's need TEST_POSTGRESQL_URL)
	@$(BIN)/python -m pytest $(CORES)

.PHONY: check
check: .venv/.installed-dev ## form, lint, types, imports, changelog, then the tests with coverage
	@echo '== form'
	@$(BIN)/python -m ruff format --check .
	@echo '== lint'
	@$(BIN)/python -m ruff check .
	@echo '== types'
	@$(BIN)/python -m mypy
	@cd bench && ../$(BIN)/python -m mypy --config-file ../pyproject.toml run.py soak.py asker.py checker.py
	@echo '== imports'
	@$(BIN)/lint-imports
	@echo '== changelog'
	@$(BIN)/python -m towncrier build --draft --version Unreleased
	@echo '== tests'
	@$(BIN)/python -m pytest $(CORES) --cov --cov-branch --cov-report=term:skip-covered

.PHONY: format
format: .venv/.installed-dev ## bring the code into form
	@$(BIN)/python -m ruff format .
	@$(BIN)/python -m ruff check --fix .

.PHONY: golden
golden: .venv/.installed-dev ## rewrite the golden pairs; read the diff before you commit it
	@$(BIN)/python -m pytest tests/golden --golden

.PHONY: conformance
conformance: .venv/.installed-dev ## hold both doors to the rules, with rdap-test where it is installed
	@$(BIN)/python -m pytest tests/conformance tests/docs/test_conformance.py
	@$(BIN)/python -m tests.conformance.rdap_test

.PHONY: bench
bench: .venv/.installed ## measure a million names and hold them against the goals; more with ARGS=--help
	@$(BIN)/python bench/run.py $(ARGS)

.PHONY: soak
soak: .venv/.installed ## an hour of questions, edits, killed workers and restarts; more with ARGS=--help
	@$(BIN)/python bench/soak.py $(ARGS)

.PHONY: fuzz
fuzz: .venv/.installed-fuzz ## send odd bytes to both doors; more with ARGS=--help
	@$(BIN)/python -m tests.fuzz $(ARGS)

.PHONY: clean
clean: ## remove .venv and everything made from the sources; never a store
	rm -rf .venv build dist htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache .fuzz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps stand for "installed as pyproject.toml says, in this folder".
.venv/.installed: pyproject.toml .venv/.made
	@echo 'Installing rdds into .venv'
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/.installed-dev: .venv/.installed
	@echo 'Installing the tools of the checks into .venv'
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

.venv/.installed-fuzz: .venv/.installed-dev
	@echo 'Installing the fuzzer into .venv'
	@$(BIN)/python -m pip install --quiet --editable '.[dev,fuzz]'
	@touch $@

# A virtual environment knows its folder, so one that was moved with it is made anew.
ifneq ($(shell cat .venv/.made 2>/dev/null),$(shell pwd -P))
.PHONY: .venv/.made
endif

.venv/.made:
	@set -e; \
	for python in $(if $(PYTHON),'$(PYTHON)',python3 python3.11 python3.12 python3.13 python3.14); do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        found=$$python; break; \
	    fi; \
	done; \
	if [ -z "$${found-}" ]; then \
	    echo 'make: rdds needs Python 3.11 or newer, and none was found; name one with PYTHON=…' >&2; \
	    exit 1; \
	fi; \
	if grep -qsF "$$(pwd -P)/.venv/" $(BIN)/pip && $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    :; \
	elif "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	    "$$found" -m venv --clear .venv; \
	elif "$$found" -c 'import venv' 2>/dev/null && "$$found" -m pip --version >/dev/null 2>&1; then \
	    "$$found" -m venv --clear --without-pip .venv; \
	    "$$found" -m pip --python $(BIN)/python install --quiet pip; \
	else \
	    echo "make: $$found has neither ensurepip nor pip: no virtual environment can be made." >&2; \
	    echo 'make: on Debian and Ubuntu, install the package python3-venv.' >&2; \
	    exit 1; \
	fi; \
	pwd -P > $@
