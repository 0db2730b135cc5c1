# Everything sets itself up: a fresh clone needs only make and Python 3.11 or newer with venv and pip.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-system soak mutate lint bench lock

VENV := .venv
RUN := $(VENV)/.ready-to-run
DEV := $(VENV)/.ready-to-develop
# Windows keeps the programs of a venv in another folder.
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Name one to use it: make test PYTHON=python3.13
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11 python

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(RUN) ## draft a withdrawal in a sample mailbox made on the spot; needs no account, no network
	@$(BIN)/bowout demo

test: $(DEV) ## every test that needs nothing but Python
	$(BIN)/pytest -n auto --dist worksteal

test-system: $(DEV) ## the tests that need Debian packages (.ci/run installs them); a missing one is a failure
	$(BIN)/pytest -m system

# Name a number to kill more: make soak RUNS=100000
RUNS ?= 10000
soak: $(DEV) ## kill the outbox and whole processes for hours, RUNS times at random instants; needs strace
	KILL_RUNS=$(RUNS) $(BIN)/pytest -p no:randomly -m "system or not system" \
	    tests/integration/test_kill_outbox.py tests/integration/test_kill_processes.py

# cosmic-ray has a venv of its own: 30 packages that nothing else here needs.
MUTANTS ?= 300
SEED ?= 10
ROOMS ?=
JOBS ?=
MUTATOR := $(VENV)/mutate
mutate: $(DEV) $(MUTATOR)/.ready ## change the deciding modules one thing at a time: does a test notice?
	@mkdir -p build
	$(MUTATOR)/bin/python benchmarks/mutants.py \
	    --mutants $(MUTANTS) --seed $(SEED) --rooms $(ROOMS) > build/mutants.jsonl
	$(BIN)/python benchmarks/mutate.py $(if $(JOBS),--jobs $(JOBS)) < build/mutants.jsonl

$(MUTATOR)/.ready: | $(BIN)/python
	@$(BIN)/python -m venv --clear $(MUTATOR)
	@$(MUTATOR)/bin/python -m pip --disable-pip-version-check --quiet install cosmic-ray==8.7.0
	@touch $@

lint: $(DEV) ## ruff, mypy strict and ty
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/ty check src tests

bench: $(DEV) ## measure, each figure beside a peer or a bound; ONLY=finding: how well it finds
	$(BIN)/python benchmarks/bench.py $(ONLY)

lock: $(BIN)/python ## write requirements-dev.lock anew from pyproject.toml
	$(PIP) install uv
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	    --no-emit-index-url --group dev --custom-compile-command "make lock" \
	    --output-file requirements-dev.lock pyproject.toml

# What a person who installs bowout gets: the newest releases that pyproject.toml allows.
$(RUN): pyproject.toml | $(BIN)/python
	@echo "setting up $(VENV) ..."
	@$(PIP) install --editable .
	@touch $@

# What developers share: the exact releases of the lock file, checked by hash.
$(DEV): pyproject.toml requirements-dev.lock | $(BIN)/python
	@echo "setting up $(VENV) with the tools of requirements-dev.lock ..."
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(PIP) check || { echo "requirements-dev.lock is older than pyproject.toml: run make lock"; exit 1; }
	@touch $(RUN) $@

$(BIN)/python:
	@for python in $(PYTHON); do \
	    "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    exec "$$python" -m venv --clear $(VENV); \
	done; \
	echo "bowout needs Python 3.11 or newer with venv and pip; none of these is: $(PYTHON)"; \
	echo "On Debian or Ubuntu: apt install python3 python3-venv. Elsewhere name yours: make PYTHON=/path/to/python"; \
	exit 1
