# Every target makes its own virtual environment from the lock; all it needs is Python 3.11 or newer, git and make.
# A target that has run once needs no network to run again.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Tests start Python hundreds of times, and each start would compile all of the code again.
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --no-builtin-rules

# The oldest supported Python that works comes first, because the lock is resolved on it. A name on the path is not
# enough: a pyenv shim may stand for nothing, and Debian's python3 may lack ensurepip.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 python; do \
	"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; \
	done)

ARGS ?=
# Tracing the branches that tests take nearly doubles their time, so it is for whoever asks for it.
TRACE ?=

BIN := .venv/bin
RUN := $(BIN)/python -m
SOURCES := alerts bench checks config monitor tests tunewatch .ci
# All of the suite runs on all cores, each file in one process: what a file sets up, such as a played demo, it sets up
# once. There is a process more than there are cores, since an eighth of the time goes by in waiting for daemons. Files
# go in the order of tests/conftest.py, the slow ones first: left to itself, xdist ends with those of few, long tests.
CORES := --numprocesses=$(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --dist=loadfile --no-loadscope-reorder

.PHONY: help
help: ## list what there is
	@printf 'make TARGET, where TARGET is one of\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: .venv/ready ## play 42 days of two chatbots: the alerts, the advice, and the history that is left
	$(BIN)/tunewatch demo --out demo

.PHONY: test
test: .venv/ready ## run the tests, or a part of them: make test ARGS='tests/checks -k recall'
	$(RUN) pytest $(or $(ARGS),$(CORES)) $(if $(TRACE),--cov --cov-report=term)

.PHONY: test-engines
test-engines: .venv/ready .engines/ready ## run the tests on engines that are heavy (ClickHouse: 500 MB in .engines)
	$(RUN) pytest -m engine $(or $(ARGS),tests/monitor $(CORES))

.PHONY: coverage
coverage: ## run the tests, and see that they take enough of the branches
	@$(MAKE) --no-print-directory test TRACE=yes

.PHONY: check
check: test lint types imports image docs test-engines ## run all that CI runs: tests, lint, types, imports, Dockerfile, site, engines

.PHONY: lint
lint: .venv/ready ## find what ruff objects to, in code and in its layout
	$(RUN) ruff check .
	$(RUN) ruff format --check .

.PHONY: format
format: .venv/ready ## lay the code out, and mend what ruff can mend
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

.PHONY: types
types: .venv/ready ## check the types
	$(RUN) mypy

.PHONY: imports
imports: .venv/ready ## check that imports point one way
	$(BIN)/lint-imports

.PHONY: rooms
rooms: .venv/ready ## draw what each room imports, docs/img/rooms.svg
	$(BIN)/python .ci/rooms.py

.PHONY: image
image: .venv/ready ## lint the Dockerfile
	$(BIN)/hadolint Dockerfile

.PHONY: bench
bench: .venv/ready ## measure speed beside plain SQL and pandas, and the coverage of intervals
	$(RUN) bench

.PHONY: systems
systems: .systems/ready ## have Phoenix, MLflow, OpenTelemetry, Label Studio and Argilla write the fixtures of tests/systems
	for writer in annotations otlp phoenix mlflow; do .systems/bin/python -m tests.systems.writers.$$writer || exit 1; done
	$(MAKE) --no-print-directory test ARGS=tests/monitor/log/systems

.PHONY: ablation
ablation: .venv/ready ## play each statistical mechanism switched off, and print what is lost (20 minutes of computing)
	$(RUN) bench.ablation.table $(ARGS)

.PHONY: docs
docs: .docs/ready ## build the documentation site, .site/html; a link that leads nowhere is an error
	.docs/bin/python .ci/site.py

.PHONY: lock
lock: .venv/ready ## take the newest versions that pyproject.toml allows into the locks
	$(BIN)/python .ci/lock.py

.PHONY: clean
clean: ## delete the virtual environment, caches and what the demo left
	rm -rf .venv .docs .site .engines .systems .alertmanager .prometheus build dist *.egg-info .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache demo
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

# An engine runs in a process of its own, without the packages that its wheel names for other uses.
.engines/ready: tests/engines/requirements.lock
	"$(PYTHON)" -m venv --clear .engines
	.engines/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r $<
	@touch $@

# Their packages fight with ours, so they have an environment of their own.
.systems/ready: tests/systems/requirements.lock
	"$(PYTHON)" -m venv --clear .systems
	.systems/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r tests/systems/requirements.lock
	@touch $@

# The site's packages are no business of the project's own environment.
.docs/ready: docs/requirements.lock
	"$(PYTHON)" -m venv --clear .docs
	.docs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r docs/requirements.lock
	@touch $@

# The environment is the lock and nothing else, so a new lock means a new environment.
.venv/locked: requirements-dev.lock
	@[ -n "$(PYTHON)" ] || { echo 'make: no Python 3.11 or newer with venv and ensurepip is on the path;' \
		'install one (Debian: apt install python3 python3-venv) or name it: make PYTHON=/path/to/python3' >&2; exit 1; }
	"$(PYTHON)" -m venv --clear .venv
	$(RUN) pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

# The project itself is installed in place; its wheel is built by the locked setuptools, so nothing is fetched here.
.venv/ready: .venv/locked pyproject.toml
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@
