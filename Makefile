# Two commands are all a new user needs: `make demo` and `make test`. Each sets up what it needs by itself.
PORT ?= 8081
VENV := .venv
PY := $(VENV)/bin/python
# where a Python was installed, and its version
base_of = $(shell "$(1)" -c 'import sys; print(sys.base_prefix, sys.version_info[:3])' 2>/dev/null)

# Python: the one of the environment as long as it starts, else the newest one that TensorFlow is built for.
ifndef PYTHON
PYTHON := $(or $(and $(call base_of,$(PY)),$(PY)),$(shell .ci/python 3.13 3.12 3.11))
endif

.NOTPARALLEL: # one pip at a time in one environment
.PHONY: demo test soak unit install lint clean help
help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

demo: $(VENV)/.installed ## the real bot against a chat page on http://127.0.0.1:8081 (PORT= changes it)
	@exec $(PY) -m bot demo --port $(PORT)

install: $(VENV)/.installed ## Fanchart in .venv, to run it for your group

test: $(VENV)/.installed-dev lint ## style, types and all tests but the long ones: some minutes
	@echo "==> Tests"
	@$(PY) -m pytest -q

soak: $(VENV)/.installed-dev ## the long tests, which `make test` leaves out
	@echo "==> Long tests"
	@$(PY) -m pytest -q -m soak

unit: $(VENV)/.installed-dev ## unit and contract tests only
	@echo "==> Unit and contract tests"
	@$(PY) -m pytest -q tests/unit tests/contract

lint: $(VENV)/.installed-dev
	@echo "==> Style (ruff)"
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@echo "==> Types (mypy --strict)"
	@$(VENV)/bin/mypy
	@echo "==> Import contracts (import-linter)"
	@$(VENV)/bin/lint-imports --no-logo

# An environment of another Python than the one asked for, or whose Python is gone, is made anew.
ifneq ($(or $(call base_of,$(PY)),none),$(call base_of,$(PYTHON)))
.PHONY: $(PY)
endif
$(PY):
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || { echo "Fanchart needs Python 3.11, 3.12 or 3.13 with its venv module (Debian: apt install python3-venv)." \
		"Install one, or run: make PYTHON=/path/to/python"; exit 1; }
	@echo "==> Making an environment in $(VENV) with $(PYTHON)"
	@rm -rf $(VENV)
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt $(PY)
	@echo "==> Installing Fanchart (the first time takes a few minutes: TensorFlow is large)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt $(PY)
	@echo "==> Installing Fanchart with its development tools (the first time takes a few minutes)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

clean: ## remove the environments and caches
	rm -rf $(VENV) .venv-* .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache
