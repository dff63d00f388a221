# Each target sets up what it needs: a virtual environment in .venv from the locked, hashed requirements.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
export OPENBLAS_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo test check serve gallery bench format lock docs browser clean

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

demo: $(READY) ## the main job: a live experiment from YAML to decision, and a real one re-analysed
	$(BIN)/surveylab demo

test: $(READY) browser ## every test, on SQLite and PostgreSQL, in real Chromium
	$(BIN)/pytest -n 2 --dist loadgroup

check: $(READY) ## format, lint, types, who imports whom, architecture, documentation, shipped files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/test_architecture.py tests/test_docs.py
	$(BIN)/surveylab check experiments/*.yaml

serve: $(READY) ## the pages of this workspace on http://127.0.0.1:8000
	$(BIN)/surveylab serve

gallery: $(READY) browser ## pictures of every question type, page and instrument, in results/gallery/index.html
	$(BIN)/python -m gallery

bench: $(READY) ## speed, as ratios measured side by side in one run
	$(BIN)/python -m benchmarks

format: $(READY) ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY) ## write the schemas and the pages of docs/ that follow from the code
	$(BIN)/python -m surveylab.spec.schema docs/schemas
	$(BIN)/python docs/generate.py

lock: ## requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile --universal --no-emit-index-url --generate-hashes --python-version 3.11 --extra dev pyproject.toml -o requirements.lock

browser: ## Chromium for the browser tests, from the distribution where it can be installed
	@command -v chromium >/dev/null || { \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	  else echo "The browser tests need Chromium on the PATH: install the package chromium." >&2; exit 1; fi; }

clean: ## remove what the targets made
	rm -rf .venv .demo results

$(READY): requirements.lock pyproject.toml
	@[ -n "$(PYTHON)" ] && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "surveylab needs Python 3.11 or newer; name it with: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
