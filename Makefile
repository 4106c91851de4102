# One target for each thing a developer does; `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-stamp
DEV_STAMP := $(VENV)/.dev-stamp
PYTEST_FLAGS ?= -n 2 --dist worksteal --durations=40 --durations-min=2
# Where the surroundings forbid it, every command that a test starts would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
# The longest first; each tells what it found when it ends.
CHECKS := check-types check-templates check-floors check-instruments check-style
.PHONY: help run test test-quick check check-types check-templates check-floors check-instruments check-style format bench lock licences screenshots clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1|/' | column -t -s '|'

run: $(RUN_STAMP) ## set up, migrate, seed the demonstration study, serve on http://127.0.0.1:$PORT
	@SURVEYAPP_ENVIRONMENT=development $(BIN)/surveyapp db upgrade
	@SURVEYAPP_ENVIRONMENT=development $(BIN)/surveyapp demo seed
	@SURVEYAPP_ENVIRONMENT=development SURVEYAPP_SECOND_STEP_ROLES=none SURVEYAPP_BASE_URL="http://127.0.0.1:$(PORT)" \
		$(BIN)/surveyapp serve --host 127.0.0.1 --port "$(PORT)" --welcome

test: check ## every check and every test, the browser's included where Chromium is installed
	$(BIN)/pytest $(PYTEST_FLAGS)

test-quick: $(DEV_STAMP) ## the tests without a browser and without the slow ones
	$(BIN)/pytest $(PYTEST_FLAGS) -m "not browser and not slow"

check: $(DEV_STAMP) ## style, types, floors of the house, templates, instruments
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target $(CHECKS)

check-types: $(DEV_STAMP) ## the types alone
	$(BIN)/mypy

check-templates: $(DEV_STAMP) ## the templates alone
	$(BIN)/djlint surveyapp/templates --lint --quiet

check-floors: $(DEV_STAMP) ## who imports whom alone
	$(BIN)/lint-imports --no-cache

check-instruments: $(DEV_STAMP) ## the definitions alone
	$(BIN)/surveyapp check instruments

check-style: $(DEV_STAMP) ## the style alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(DEV_STAMP) ## put imports and layout right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV_STAMP) ## measure speed and memory against floors of the same run; writes benchmarks/results.md
	$(BIN)/python -m benchmarks

screenshots: $(DEV_STAMP) ## take the pictures of README and docs anew (needs Chromium and LibreOffice)
	$(BIN)/python -m tests.browser.screenshots

lock: $(DEV_STAMP) ## resolve requirements*.in into locks with hashes and without addresses
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q requirements.in -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q requirements-dev.in -o requirements-dev.lock

licences: $(DEV_STAMP) ## list the libraries the product runs on, with version and licence
	$(BIN)/python -m tests.house.licences

clean: ## remove the environment, caches and the demonstration data
	rm -rf $(VENV) instance .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info

$(VENV)/bin/pip:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing. Install it with: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing. Install it with: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements.lock pyproject.toml | $(VENV)/bin/pip
	$(call install,requirements.lock)
	@touch $@

$(DEV_STAMP): requirements-dev.lock pyproject.toml | $(VENV)/bin/pip
	$(call install,requirements-dev.lock)
	@touch $@ $(RUN_STAMP)

# pip installs uv as the lock has it, and uv the rest, in a quarter of the time; where uv does not reach the packages that
# pip is told to find elsewhere, pip goes on. What is never imported is not compiled.
PIP := $(BIN)/pip install --disable-pip-version-check -qq --no-compile
define install
@awk '/^[^ ]/ { on = /^uv==/ } on' requirements-dev.lock > $(VENV)/uv.lock
$(PIP) --require-hashes -r $(VENV)/uv.lock
UV_HTTP_RETRIES=1 $(BIN)/uv pip install --python $(BIN)/python -q --require-hashes -r $(1) || $(PIP) --require-hashes -r $(1)
$(PIP) --no-deps --no-build-isolation -e .
endef
