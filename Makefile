# `make` alone lists the commands.

PYTHON ?= python3
PORT   ?= 8000
BIN    := .venv/bin
# In the order of the files: xdist would begin with those of many short tests, and end with one core at work on a long one.
PYTEST  = $(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

export PYTHONPATH := _ext:tests

.DEFAULT_GOAL := help
.PHONY: help new live check typography evidence permalinks kitchen-sink html serve preview feed-preview verify clean \
  test test-unit test-site test-browser test-models audit bench compare constructs fuzz-builds fuzz-inputs linkcheck format lock programs

help:  ## List the commands
	@sed -n 's/^\([a-z-]*\):.*##  */\1	/p; s/^##@ /@/p' Makefile | awk -F '\t' '/^@/ { print "\n" substr($$0, 2); next } { printf "  make %-13s %s\n", $$1, $$2 }'

##@ Write

# The title reaches the recipe through the environment, so that the shell does not interpret it.
new: override export title := $(value title)
new: .venv/runtime  ## Start an essay: make new title="…" (asks for what is missing)
	@$(BIN)/python -m insights new "$$title" --category "$$category" --date "$$date"

live: .venv/dev  ## Preview the site with drafts; every save is built and shown, with its mistakes
	@$(BIN)/python -m insights live --port $(PORT)

check: .venv/dev  ## Report every mistake in texts, links, evidence, spelling and code
	@$(BIN)/python -m insights check --code

typography: .venv/runtime  ## Set quotes, dashes and no-break spaces in essays: make typography essay=SLUG (default: all)
	@$(BIN)/python -m insights typography $(essay) $(ARGS)

evidence: .venv/runtime  ## Run the model of an essay: make evidence essay=SLUG
	@$(BIN)/python essays/$(or $(essay),$(error name an essay: make evidence essay=SLUG))/model.py

permalinks: .venv/runtime  ## Add the addresses of new essays to permalinks.lock
	@$(BIN)/python -m insights permalinks

kitchen-sink: .venv/dev  ## Show a page with everything a text can contain, each part with its source
	@$(BIN)/python tests/tools/kitchen_sink.py $(PORT)

##@ Build

html: .venv/runtime  ## Build the site for publication, in _build/html
	@$(BIN)/python -m insights html

serve: html  ## Build the site and serve it at http://127.0.0.1:8000 (PORT=… for another port)
	@$(BIN)/python -m insights serve _build/html $(PORT)

preview: _build/preview/html  ## Build the site with drafts and scheduled essays, and serve it
	@$(BIN)/python -m insights serve _build/preview/html $(PORT)

# The build decides whether it is up to date.
.PHONY: _build/preview/html
_build/preview/html: .venv/runtime
	@$(BIN)/python -m insights preview

feed-preview: .venv/dev html  ## Show the entries of the feed as feed readers do, narrow and without our style sheet
	@$(BIN)/python tests/tools/kitchen_sink.py $(PORT) _build/html

verify: .venv/runtime  ## Build the site as two machines would, and compare every byte
	@$(BIN)/python tests/tools/verify.py

clean:  ## Delete everything that was built
	rm -rf _build

##@ Maintain

test: .venv/dev programs check  ## Run every check and every test
	@$(PYTEST) --hypothesis-profile thorough

test-unit: .venv/dev  ## Run the tests of pure functions, in seconds
	@$(BIN)/pytest _ext tests/unit

test-site: .venv/dev programs  ## Run the tests that build a site
	@$(PYTEST) tests/site

test-browser: .venv/dev programs  ## Run the tests in a browser
	@$(PYTEST) tests/browser

test-models: .venv/dev  ## Run the tests of the essays' models
	@$(PYTEST) tests/models

audit: .venv/dev programs html  ## Measure what each kind of page costs a reader, and fail if it breaks a rule (ARGS=--help for options)
	@$(BIN)/python tests/tools/audit.py _build/html $(ARGS)

bench: .venv/dev  ## Measure builds of 100, 300 and 1,000 made-up essays (ARGS=--help for options)
	@$(BIN)/python tests/tools/bench.py $(ARGS)

compare: .venv/dev  ## Compare every file and message with those of another commit: make compare BASE=main
	@$(BIN)/python tests/tools/compare.py $(or $(BASE),HEAD)

constructs: .venv/dev  ## Compare what comes of documented constructs with what is expected (ARGS=--help for options)
	@$(BIN)/python tests/tools/constructs.py $(ARGS)

fuzz-builds: .venv/dev  ## Edit a site of 300 made-up essays at random, and compare each build with a clean one
	@$(BIN)/python tests/tools/fuzz_builds.py $(ARGS)

fuzz-inputs: .venv/dev  ## Try texts, sources, pictures, models and settings that nobody would write (ARGS=--help for options)
	@$(BIN)/python tests/tools/fuzz_inputs.py $(ARGS)

linkcheck: .venv/runtime  ## Follow every link to other sites, including references; needs a network
	@$(BIN)/sphinx-build -q -b linkcheck -d _build/linkcheck/doctrees . _build/linkcheck

format: .venv/dev  ## Format the code
	@$(BIN)/ruff check --quiet --fix; $(BIN)/ruff format --quiet

lock: .venv/dev  ## Lock the dependencies in pyproject.toml again
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile $(LOCKED) -o requirements.txt pyproject.toml
	@$(BIN)/uv pip compile $(LOCKED) -o requirements-dev.txt -c requirements.txt --group dev
LOCKED = --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url

# The tests need a browser and a server. faketime is optional: `make verify` works without it.
programs:
	@any() { for name; do command -v $$name && return; done; return 1; }; \
	{ any chromium chromium-browser google-chrome google-chrome-stable && any nginx /usr/sbin/nginx; } >/dev/null \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium nginx-light faketime; } \
	|| { echo "The tests need Chromium and nginx: sudo apt-get install chromium nginx-light" >&2; exit 1; }

.venv/runtime: requirements.txt
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { echo "Python 3.11 or later with venv is needed: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev: .venv/runtime requirements-dev.txt
	@echo "Adding the packages for checks, tests and the preview to .venv …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
