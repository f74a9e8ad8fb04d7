# `make lab` opens the workshop, `make test` runs every check; both set up what they need and are quick the second time.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
BUNDLE := nbkit/notebook/static/hub.js
WIDGETS := $(shell find widgets -path widgets/node_modules -prune -o -type f -print 2>/dev/null)
# Parallel targets would interleave pip, npm and pytest on the same folders.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help lab test check lint frontend bench screenshots notebooks chromium clean

help:
	@echo "make lab          open the workshop in JupyterLab, on the simulator"
	@echo "make check        lint, types and unit tests (about two minutes)"
	@echo "make test         every check, the notebooks and the browser journeys (half an hour)"
	@echo "make bench        measure nbkit beside its peers"
	@echo "make screenshots  take the README's picture again"
	@echo "make notebooks    run the workshop notebooks again and keep their outputs"
	@echo "make clean        remove what make built"

lab: $(VENV)/.lab $(BUNDLE)
	$(BIN)/nbkit lab

test: $(VENV)/.dev $(BUNDLE) chromium lint frontend
	$(BIN)/python -m pytest --nbval tests notebooks

check: $(VENV)/.dev lint frontend
	$(BIN)/python -m pytest -m "not journey and not notebooks" tests

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

frontend: widgets/node_modules/.package-lock.json
	npm --prefix widgets run check
	npm --prefix widgets test

bench: $(VENV)/.dev
	for each in tests/benchmarks/*.py; do $(BIN)/python "$$each" || exit 1; done

screenshots: $(VENV)/.dev $(BUNDLE) chromium
	$(BIN)/python tests/screenshots.py

notebooks: $(VENV)/.dev
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False notebooks/*.ipynb

# Browser journeys take the Chromium on the PATH, else Debian's; without one they skip (and fail where CI=true).
chromium:
	@for each in chromium chromium-browser google-chrome google-chrome-stable; do \
	  if command -v "$$each" >/dev/null 2>&1; then exit 0; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing Chromium for the browser journeys"; \
	  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium fonts-dejavu-core; } \
	    || echo "Chromium could not be installed; the browser journeys will say so."; \
	fi

# Stamps: a second run only compares their dates.
$(VENV)/.made:
	@python=; for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "nbkit needs Python 3.11 or newer, and none was found on the PATH; install it and run make again."; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	  echo "$$python cannot make virtual environments; on Debian, apt-get install python3-venv and run make again."; \
	  exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv $(VENV)
	$(PIP) install --upgrade "pip>=25.1"
	@touch $@

widgets/node_modules/.package-lock.json: widgets/package.json widgets/package-lock.json
	@node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))' >/dev/null 2>&1 && command -v npm >/dev/null \
	  || { echo "nbkit's front end is built with Node.js 20 or newer (and npm), which was not found on the PATH; install it and run make again."; exit 1; }
	npm --prefix widgets ci --no-audit --no-fund
	@touch $@

$(BUNDLE): widgets/node_modules/.package-lock.json $(WIDGETS)
	npm --prefix widgets run build
	@touch $@

$(VENV)/.lab: $(VENV)/.made pyproject.toml hatch_build.py | $(BUNDLE)
	@echo "Installing nbkit and JupyterLab into $(VENV) (a minute or two the first time)"
	$(PIP) install --editable ".[lab]"
	@touch $@

$(VENV)/.dev: $(VENV)/.lab pyproject.toml
	@echo "Installing what the checks need"
	$(PIP) install --quiet --group dev
	$(PIP) install --quiet --upgrade --no-deps --target $(VENV)/ipykernel6 "ipykernel>=6.31,<7"
	@touch $@

clean:
	rm -rf $(VENV) widgets/node_modules nbkit/notebook/static build dist .mypy_cache .pytest_cache .ruff_cache
