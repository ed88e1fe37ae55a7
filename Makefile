# `make run` serves the page, `make test` runs every test. Both set up what they need: a machine with make, a
# Python >= 3.11 (with venv) and a package registry is enough.

UV_VERSION := 0.11.33
PYTHON ?=
COACH_DATA ?= $(CURDIR)/var
export COACH_DATA
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export UV_LINK_MODE ?= copy
export UV_NO_PROGRESS ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PY := .venv/bin/python
UV := .venv/bin/uv
COACH := $(PY) -m coach
UV_STAMP := .venv/.uv-$(UV_VERSION)

.PHONY: help run setup test check bench train lock test-browser test-live model index clean

help:
	@echo "make run           set up what is missing and serve the page on http://127.0.0.1:7860"
	@echo "make test          set up what is missing and run every test"
	@echo "make setup         set up what is missing: packages, embedding model, index"
	@echo "make check         format, lint, types and the fast tests"
	@echo "make test-browser  only the tests in a headless Chromium"
	@echo "make bench         measure speed, memory and retrieval"
	@echo "make train         train the readers of questions anew"
	@echo "make lock          resolve the dependencies anew (uv.lock)"
	@echo "make clean         remove .venv and caches; your data in $(COACH_DATA) stays"

run: .venv/.runtime model
	@exec $(COACH) serve

setup: .venv/.runtime model index

test: .venv/.dev model
	@$(PY) -m pytest -n 2 --dist loadfile -q

check: .venv/.dev model
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -m pytest -n 2 --dist loadfile -q -m "not browser and not slow"

test-browser: .venv/.dev
	@$(PY) -m pytest -q -m browser

test-live:
	@echo "The tests with a real local model come with the embedded model; it is not part of this version yet." >&2
	@exit 2

bench: .venv/.dev model index
	@$(PY) -m benchmarks

train: .venv/.dev model
	@$(PY) -m coach.reading.training

lock: $(UV_STAMP)
	@$(UV) lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build

# The embedding model and the index are looked for with the shell: a second start runs one Python, the server's.
model: .venv/.runtime
	@test -f "$${COACH_MODELS_DIR:-$$COACH_DATA/models}/all-MiniLM-L6-v2/manifest.json" || $(COACH) models install

index: .venv/.runtime model
	@test -f "$$COACH_DATA/index/current" || $(COACH) index

# What the program needs, then what its developers need beside it.
.venv/.runtime: uv.lock pyproject.toml $(UV_STAMP)
	@echo "Installing the packages of uv.lock …"
	@sh .ci/packages --no-dev
	@touch $@

.venv/.dev: .venv/.runtime
	@echo "Installing the developers' packages of uv.lock …"
	@sh .ci/packages
	@touch $@

$(UV_STAMP):
	@set -e; \
	if ! $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  found=; \
	  for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	    if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	      found=$$candidate; break; \
	    fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "No Python 3.11 or newer with venv was found. Install one (Debian: apt-get install python3 python3-venv)," >&2; \
	    echo "or name it: make PYTHON=/path/to/python3 run" >&2; \
	    exit 2; \
	  fi; \
	  echo "Making .venv with $$found …"; \
	  "$$found" -m venv --clear .venv; \
	fi
	@$(PY) -m pip install --quiet "uv==$(UV_VERSION)"
	@touch $@
