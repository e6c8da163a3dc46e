# CNNPruner. `make serve` runs it, `make test` tests it; both install missing packages first.
#
#   make serve PORT=8000 DB=experiments.db MODELS=models DATA=folder[:folder] CRITERIA=folder NO_BROWSER=1
#   make serve NETWORKS='NAME=package.module:function;NAME=folder/file.py:function' DATASETS='NAME=…' CNNPRUNER_IMAGES_MB=512
#   make serve NEW_STORE=1        if MODELS belongs to another database: moves its content aside, deletes nothing
#   make test TESTS_AT_ONCE=2 DEMO_SEED=0
#   make check | bench | api | examples | dev | wheel | screenshots | clean
#   make strings                  all texts that a person can meet; ARGS='--sample 60 --seed 1', '--names 60', '--docstrings 30', '--group page'
#
# TORCH_BACKEND=cpu (or cu128, auto, …) selects the build of torch; see `uv help pip install`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := serve
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
TORCH_BACKEND ?=
export PORT ?= 8000
export DB ?= experiments.db
export MODELS ?= models
export DATA ?=
export CRITERIA ?=
export NETWORKS ?=
export DATASETS ?=
export NO_BROWSER ?= 0
export NEW_STORE ?= 0
export DEMO_SEED ?= 0
TESTS_AT_ONCE ?= 2
ARGS ?=

BIN := .venv/bin
PAGE := backend/cnnpruner/page/index.html
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --constraints constraints.txt \
	$(if $(TORCH_BACKEND),--torch-backend $(TORCH_BACKEND))
PAGE_SOURCES := $(shell find frontend/src frontend/public -type f 2>/dev/null) frontend/index.html frontend/rest.html \
	frontend/vite.config.ts frontend/tsconfig.json
NPM := npm --prefix frontend --no-audit --no-fund --no-update-notifier --loglevel error

.PHONY: serve test check bench api dev page wheel clean format

serve: .venv/installed $(PAGE)
	@exec $(BIN)/cnnpruner serve

# No test depends on the exact accuracy that a training reaches. These change it:
#   make test DEMO_SEED=7
#   ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 make test
#   OMP_NUM_THREADS=1 make test
# Each process runs one test file at a time; its waiting threads must not spin on the cores of the other processes.
test: check-code test-page
	@export CHROMIUM="$$($(BIN)/python -m tests.e2e.chromium)" OMP_WAIT_POLICY=PASSIVE; \
	exec $(BIN)/python -m pytest -n $(TESTS_AT_ONCE) --dist loadfile --no-loadscope-reorder

# Checks format, lint, types, import contracts and generated files.
check: check-code check-page

.PHONY: check-code check-page test-page
check-code: .venv/installed-dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	PYTHONPATH=backend $(BIN)/lint-imports

check-page: frontend/node_modules/installed
	$(NPM) run lint
	$(NPM) run types
	$(NPM) run api:check

test-page: check-page $(PAGE)
	$(NPM) test

format: .venv/installed-dev frontend/node_modules/installed
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .
	$(NPM) run format

# Takes the README's screenshots: the paper's session in a real browser.
.PHONY: screenshots
screenshots: .venv/installed-dev $(PAGE)
	@export CHROMIUM="$$($(BIN)/python -m tests.e2e.chromium)" SCREENSHOTS=docs/screenshots; \
	exec $(BIN)/python -m pytest tests/e2e/product/test_paper_session.py tests/e2e/product/test_suggestion.py

# Regenerates the files that are generated from the REST interface.
api: .venv/installed frontend/node_modules/installed
	$(BIN)/python -m cnnpruner.api.document openapi.json
	$(NPM) run api

# Regenerates the examples in its documentation: one session with all calls, on its own server.
.PHONY: examples
examples: .venv/installed-dev
	$(BIN)/python -m tests.api.examples
	@$(MAKE) api

# Every text that a person can meet, by group with file and line; samples of it, of names and of docstrings for reviews.
.PHONY: strings
strings: .venv/installed-dev frontend/node_modules/installed
	@$(BIN)/python -m tests.strings $(ARGS)

bench: .venv/installed-dev $(PAGE)
	$(BIN)/python -m benchmarks

# Server and page reload on every change; the page is at http://127.0.0.1:5173.
dev: .venv/installed-dev frontend/node_modules/installed
	@trap 'kill 0' EXIT; \
	$(BIN)/python -m uvicorn --factory cnnpruner.api.server:create_dev_app --host 127.0.0.1 --port $(PORT) \
		--reload --reload-dir backend --timeout-graceful-shutdown 2 & \
	$(NPM) run dev

page: $(PAGE)
$(PAGE): frontend/node_modules/installed $(PAGE_SOURCES)
	@$(NPM) run build

wheel: .venv/installed-dev $(PAGE)
	$(BIN)/python -m hatchling build -t wheel

.venv/bin/uv:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is missing: install it (Debian: apt-get install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: CNNPruner needs Python 3.11 or newer (make PYTHON=python3.12 serve)." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing: install it (Debian: apt-get install python3-venv)." >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

.venv/installed: .venv/bin/uv pyproject.toml constraints.txt
	@echo "Installing Python packages (torch with CUDA libraries: about 5 GB unpacked; TORCH_BACKEND=cpu is smaller) …"
	@$(INSTALL) --editable .
	@touch $@

.venv/installed-dev: .venv/bin/uv pyproject.toml constraints.txt
	@echo "Installing Python packages, including those for tests …"
	@$(INSTALL) --editable '.[dev]'
	@touch $@ .venv/installed

frontend/node_modules/installed: frontend/package.json frontend/package-lock.json
	@command -v node >/dev/null || { echo "Node 20 or newer is missing: install it (https://nodejs.org)." >&2; exit 1; }
	@node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' || { echo "Node $$(node --version) is too old: CNNPruner needs Node 20 or newer." >&2; exit 1; }
	@echo "Installing the page's packages …"
	@$(NPM) ci
	@touch $@

clean:
	rm -rf .venv frontend/node_modules backend/cnnpruner/page dist build
