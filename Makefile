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
.PHONY: help run test test-quick check format bench lock licences screenshots clean

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
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint surveyapp/templates --lint --quiet
	$(BIN)/surveyapp check instruments

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
	$(BIN)/pip install --disable-pip-version-check -qq --require-hashes -r requirements.lock
	$(BIN)/pip install --disable-pip-version-check -qq --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): requirements-dev.lock pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --disable-pip-version-check -qq --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --disable-pip-version-check -qq --no-deps --no-build-isolation -e .
	@touch $@ $(RUN_STAMP)
