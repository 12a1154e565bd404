# The door to the publication. `make` alone lists what there is.

PYTHON ?= python3
PORT   ?= 8000
BIN    := .venv/bin
# The same switches for everyone: a warning is a mistake, and all mistakes are shown at once.
SPHINX  = $(BIN)/sphinx-build -b dirhtml -n -W --keep-going -j auto

export PYTHONPATH := _ext:tests

.DEFAULT_GOAL := help
.PHONY: help new serve html preview live evidence test check permalinks verify linkcheck sink bare audit bench drift format lock programs clean

help:  ## List what there is
	@sed -n 's/^\([a-z]*\):.*##  */\1	/p' Makefile | awk -F '\t' '{ printf "make %-10s %s\n", $$1, $$2 }'

# What is written behind `make new` reaches the recipe in the environment, whatever marks there are in it.
new: override export title := $(value title)
new: .venv/runtime  ## Begin an essay: make new title="…" (asks for what is not given)
	@$(BIN)/python -m insights new "$$title" --category "$$category" --date "$$date"

serve: html  ## Build the site and serve it at http://127.0.0.1:8000 (PORT=… for another)
	@$(BIN)/python -m insights serve _build/html $(PORT)

# A build that fails leaves the last good site as it was, and forgets what it read, so that its errors are found again.
html: .venv/runtime  ## Build the site as it is published, into _build/html
	@$(BIN)/python -m insights html

preview: _build/preview/html  ## Build the site with drafts and scheduled essays in it, marked, and serve it
	@$(BIN)/python -m insights serve _build/preview/html $(PORT)

# For Sphinx to say whether it is out of date.
.PHONY: _build/preview/html
_build/preview/html: .venv/runtime
	@$(SPHINX) -D insights_preview=1 -d _build/preview/doctrees . _build/preview/html || { rm -f _build/preview/doctrees/environment.pickle; exit 1; }

live: .venv/dev  ## Show the site as you write: each save is built and shown at once, with what is wrong
	@$(BIN)/python -m insights live --port $(PORT)

evidence: .venv/runtime  ## Run the model of an essay: make evidence essay=SLUG
	@$(BIN)/python essays/$(or $(essay),$(error name an essay: make evidence essay=SLUG))/model.py

test: .venv/dev programs check  ## Run every check and test, those in a browser included
	@$(BIN)/pytest --numprocesses auto --dist loadfile

check: .venv/dev  ## Say everything that is wrong: texts, links, evidence, spelling, code
	@$(BIN)/python -m insights check --code

# Of scheduled essays too: nobody merges anything on the day when they come out.
permalinks: .venv/runtime  ## Add the addresses of new essays to permalinks.lock, which keeps them for ever
	@$(SPHINX) -q -D insights_today=9999-01-01 -d _build/permalinks/doctrees . _build/permalinks/html
	@$(BIN)/python -m insights permalinks _build/permalinks/doctrees/permalinks.lock

verify: .venv/runtime  ## Build the site as two machines would, and compare every byte
	@$(BIN)/python tests/tools/verify.py

linkcheck: .venv/runtime  ## Follow every link to other sites, the references among them; needs a network
	@$(BIN)/sphinx-build -q -b linkcheck -d _build/linkcheck/doctrees . _build/linkcheck

sink: .venv/dev  ## Show a page with everything that a text can hold, each part with its source
	@$(BIN)/python tests/tools/sink.py $(PORT)

bare: .venv/dev html  ## Show the entries of the feed as feed readers do: without our sheet, narrow, on white and on black
	@$(BIN)/python tests/tools/bare.py _build/html $(PORT)

audit: .venv/dev programs html  ## Print what each kind of page costs a reader, and fail if it breaks a rule (VNU=vnu.jar, LIGHTHOUSE=its CLI: by theirs too)
	@$(BIN)/python tests/tools/audit.py _build/html $(if $(VNU),--vnu $(VNU)) $(if $(LIGHTHOUSE),--lighthouse $(LIGHTHOUSE))

bench: .venv/dev  ## Measure builds of 100, 300 and 1,000 made-up essays (ARGS="--sites ours,stock --sizes 100,300" for others)
	@$(BIN)/python tests/tools/bench.py $(ARGS)

drift: .venv/dev  ## Edit a site of 300 made-up essays at random, and compare each build with one from nothing
	@$(BIN)/python tests/tools/drift.py $(ARGS)

format: .venv/dev  ## Format the code
	@$(BIN)/ruff check --quiet --fix; $(BIN)/ruff format --quiet

lock: .venv/dev  ## Lock the dependencies of pyproject.toml anew
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile $(LOCKED) -o requirements.txt pyproject.toml
	@$(BIN)/uv pip compile $(LOCKED) -o requirements-dev.txt -c requirements.txt --group dev
LOCKED = --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url

# What the tests drive besides Python: a browser, and a server; and faketime, which `make verify` does without if it must.
programs:
	@any() { for name; do command -v $$name && return; done; return 1; }; \
	{ any chromium chromium-browser google-chrome google-chrome-stable && any nginx /usr/sbin/nginx; } >/dev/null \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium nginx-light faketime; } \
	|| { echo "The tests need Chromium and nginx: sudo apt-get install chromium nginx-light" >&2; exit 1; }

clean:  ## Remove all that was built
	rm -rf _build

.venv/runtime: requirements.txt
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { echo "Python 3.11 or later with its venv is needed: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev: .venv/runtime requirements-dev.txt
	@echo "Adding to .venv what checks, tests and the preview need …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
