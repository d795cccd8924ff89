# Two commands are all a new user needs: `make demo` and `make test`. Each sets up what it needs by itself.
PORT ?= 8081
VENV := .venv
PY := $(VENV)/bin/python
# the first interpreter that is new enough, and that TensorFlow is built for
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)

.PHONY: demo test install lint clean help
help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

demo: $(VENV)/.installed ## the real bot against a chat page on http://127.0.0.1:8081 (PORT= changes it)
	@exec $(PY) -m bot demo --port $(PORT)

install: $(VENV)/.installed ## Fanchart in .venv, to run it for your group

test: $(VENV)/.installed-dev lint ## everything that CI runs
	@echo "==> Tests"
	@$(PY) -m pytest -q

lint: $(VENV)/.installed-dev
	@echo "==> Style (ruff)"
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@echo "==> Types (mypy --strict)"
	@$(VENV)/bin/mypy
	@echo "==> Floors and walls (import-linter)"
	@$(VENV)/bin/lint-imports --no-logo

$(PY):
	@test -n "$(PYTHON)" || { echo "Fanchart needs Python 3.11, 3.12 or 3.13; none was found. Install one, or run: make PYTHON=/path/to/python"; exit 1; }
	@echo "==> Making an environment in $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing (Debian: apt install python3-venv)."; exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(PY)
	@echo "==> Installing Fanchart (the first time takes a few minutes: TensorFlow is large)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(PY)
	@echo "==> Installing Fanchart with its development tools (the first time takes a few minutes)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache
