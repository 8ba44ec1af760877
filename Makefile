# Everything a person or CI does with this repository. Needs Python 3.11+, git and make; the rest is installed into .venv.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
STAGE ?= dev
FUNCTION ?= all
ARGS ?=
FUNCTIONS := casework intake notifier router sla_timer

# .venv is for the Python that it was made with; another one (make PYTHON=python3.13 test) has its own under build/.
VENV := .venv
ifneq ($(filter command environment,$(firstword $(origin PYTHON))),)
  ifneq ($(wildcard .venv/bin/python),)
    VERSION := import sys; print("{}.{}".format(*sys.version_info[:2]))
    ASKED := $(shell $(PYTHON) -c '$(VERSION)')
    ifneq ($(ASKED),$(shell .venv/bin/python -c '$(VERSION)'))
      VENV := build/venv-$(ASKED)
    endif
  endif
endif
READY := $(VENV)/.installed
RUN := $(VENV)/bin/python

# Packages must be the same whoever builds them, and no bytecode may slip in (design §8): it is kept apart from the code.
export PYTHONPYCACHEPREFIX := $(CURDIR)/build/bytecode
# Many images say that none is to be written; then each process would compile all anew, five seconds of a start.
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help up train-routing test campaigns proof check format lint audit domain types contracts templates fix messages tables package deploy rollback restore rehearse bench lock clean install

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- installing
install: $(READY) $(VENV)/bin/ops ## install what is locked in requirements/dev.lock into .venv (all others do it by themselves)

$(READY): requirements/dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed, $$($(PYTHON) --version) is there. Try: make PYTHON=python3.11 …" >&2; exit 1; }
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV) \
	  || { echo "Python cannot make virtual environments here. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing what requirements/dev.lock says (about a minute, once)…"
	@if [ -x .venv/bin/uv ]; then .venv/bin/uv pip install --quiet --python $(RUN) --require-hashes -r requirements/dev.lock; \
	else $(RUN) -m pip install --quiet --require-hashes -r requirements/dev.lock; fi
	@touch $@

# Runs from anywhere: the functions' folders are on its path.
$(VENV)/bin/ops: $(READY)
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s" -m infra.ops "$$@"\n' \
	  "$(CURDIR)$$(printf ':$(CURDIR)/functions/%s' $(FUNCTIONS))" "$(CURDIR)/$(RUN)" > $@
	@chmod +x $@

ops: $(VENV)/bin/ops ## the commands of whoever is on call: make ops ARGS="dead list --stage prod" (docs/runbook.md), or .venv/bin/ops
	@$(VENV)/bin/ops $(ARGS)

lock: $(READY) ## resolve pyproject.toml into requirements/dev.lock and the functions' requirements anew
	$(RUN) -m uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --quiet --custom-compile-command "make lock" -o requirements/dev.lock
	$(RUN) -m uv pip compile --group pyproject.toml:training --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --quiet --custom-compile-command "make lock" -c requirements/dev.lock -o requirements/training.lock
	$(RUN) -m uv pip compile requirements/runtime.in --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --quiet --custom-compile-command "make lock" -o requirements/runtime.lock
	echo checkov | $(RUN) -m uv pip compile - --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --quiet --custom-compile-command "make lock" -o requirements/checkov.lock
	printf '%s\n' openapi-python-client georeport frictionless | $(RUN) -m uv pip compile - --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --quiet --custom-compile-command "make lock" -o requirements/clients.lock
	$(RUN) -m infra.deployment.package --pin

# ---------------------------------------------------------------- running
up: $(READY) ## run the whole system on this machine: http://localhost:8088 (ARGS="--port 9000 --empty --keys --limits")
	@exec $(RUN) -m infra.local $(ARGS)

bench: $(READY) ## measure cold starts, AWS calls, read and write units
	@PYTHONPATH=.:$$(printf 'functions/%s:' $(FUNCTIONS)) $(RUN) -m tests.bench $(ARGS)

train-routing: $(READY) ## train the router's models anew and write their figures into docs/routing.md (needs scikit-learn: installed here)
	@$(RUN) -m pip install --quiet --require-hashes -r requirements/training.lock
	@$(RUN) -m tests.bench.train_routing

# ---------------------------------------------------------------- checking
PYTEST := -m pytest -n 2 --dist worksteal
COVERED := $(RUN) -m slipcover --branch --json --out build/coverage.json --source shared,functions --omit 'functions/*/vendor/*'

test: $(READY) ## run all tests, with a smoke of each campaign, and print their coverage (ARGS="tests/rules -k holiday")
	@$(if $(findstring not browser,$(ARGS)),true,$(RUN) -m infra.tools.chromium)
	@mkdir -p build
	@$(if $(ARGS),$(RUN) $(PYTEST) $(ARGS),$(COVERED) $(PYTEST))
	@$(if $(ARGS),true,$(RUN) -m infra.tools.coverage build/coverage.json)

domain: $(READY) ## the domain's tests under a second Python, where there is one
	@other="$$($(RUN) -m infra.tools.second_python)"; \
	test -z "$$other" || { echo "The domain under $$other"; $(MAKE) --no-print-directory PYTHON="$$other" test ARGS="-q tests/rules"; }

campaigns: $(READY) ## the campaigns in their ordinary size: crashes, faults, bad days, canaries, fuzz (docs/trust.md)
	@HYPOTHESIS_PROFILE=campaigns $(RUN) $(PYTEST) -m "(campaign or hypothesis) and not full" $(ARGS)

proof: $(READY) scores ## the campaigns in their full size: some hours
	@HYPOTHESIS_PROFILE=proof $(RUN) $(PYTEST) -m "full or hypothesis" $(ARGS)

.PHONY: reading
reading: $(READY) ## what only reads the code, two at a time: from format to templates, and the domain under a second Python
	@$(MAKE) --no-print-directory -j2 --output-sync=target format lint audit types contracts templates checkov domain

check: $(READY) ## the whole gate
	@$(MAKE) --no-print-directory reading
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory clients
	@$(MAKE) --no-print-directory campaigns
	@$(MAKE) --no-print-directory rehearse

format: $(READY) ## is everything formatted?
	@$(VENV)/bin/ruff format --check .

lint: $(READY) ## ruff, all rules but those that pyproject.toml explains away
	@$(VENV)/bin/ruff check .

audit: $(READY) ## bandit over the code, pip-audit over what is deployed (says when its service does not answer)
	@$(VENV)/bin/bandit --quiet --configfile pyproject.toml --recursive shared functions infra
	@$(RUN) -m infra.tools.advisories

types: $(READY) ## strict mypy
	@packages=$$(cd functions && find */chalicelib/* -maxdepth 0 -type d | sed 's,^[^/]*/,,; s,/,.,g; s,^,-p ,'); \
	$(VENV)/bin/mypy -p shared -p infra -p tests $$packages
	@for name in $(FUNCTIONS); do $(VENV)/bin/mypy functions/$$name/app.py; done

contracts: $(READY) ## do imports point the way design says?
	@PYTHONPATH=.:$$(printf 'functions/%s:' $(FUNCTIONS)) $(VENV)/bin/lint-imports --no-cache

templates: $(READY) ## are the CloudFormation templates right?
	@$(VENV)/bin/cfn-lint infra/cloudformation/*.yaml

messages: $(READY) ## gather the texts that people read; say which lack their English
	@$(RUN) -m infra.tools.translations

providers: $(READY) ## say what is wrong with the providers' secret, else set it: STAGE=dev FILE=providers.json (FILE=- reads standard input; ARGS=--check sets nothing)
	@$(RUN) -m infra.deployment.provider_secret "$(STAGE)" "$(FILE)" $(ARGS)

tables: $(READY) ## write what docs take from the code: tables of actions, who may take them, notices; the picture of the rooms
	@PYTHONPATH=.:$$(printf 'functions/%s:' $(FUNCTIONS)) $(RUN) -m infra.tools.action_tables
	@$(RUN) -m infra.tools.rooms

.PHONY: ops permissions providers scores checkov clients examples screenshots
screenshots: $(READY) ## take the README's pictures anew, from a local stack with samples
	@$(RUN) -m infra.tools.chromium
	@$(RUN) -m tests.browser.screenshots

scores: $(READY) ## count which changed policies and templates are noticed, and write it into docs/trust.md
	@$(RUN) -m tests.infra.mutation_scores

checkov: $(READY) ## do the translated templates keep AWS's good practice? (checkov, from a lock of its own)
	@test -x build/checkov/bin/checkov || { $(RUN) -m venv build/checkov \
	  && build/checkov/bin/python -m pip install --quiet --require-hashes -r requirements/checkov.lock; }
	@$(RUN) -m tests.infra.guards.checkov

clients: $(READY) ## generate clients in Python and TypeScript from the OpenAPI documents and play a petition's life with them
	@cmp -s requirements/clients.lock build/clients/venv/.lock || { rm -rf build/clients/venv && $(RUN) -m venv build/clients/venv \
	  && build/clients/venv/bin/python -m pip install --quiet --require-hashes -r requirements/clients.lock \
	  && cp requirements/clients.lock build/clients/venv/.lock; }
	@PYTHONPATH=.:$$(printf 'functions/%s:' $(FUNCTIONS)) $(RUN) -m tests.clients

examples: $(READY) ## record anew the examples of the OpenAPI documents, from a run of the whole system
	@PYTHONPATH=.:$$(printf 'functions/%s:' $(FUNCTIONS)) $(RUN) -m tests.clients.examples

permissions: $(READY) ## record anew which test needs which permission (ARGS="tests/journeys/test_merging.py" for a few)
	@$(RUN) -m tests.infra.permissions $(ARGS)

fix: $(READY) ## format, and mend what ruff can mend
	@$(VENV)/bin/ruff check --fix . || true
	@$(VENV)/bin/ruff format .

# ---------------------------------------------------------------- deploying
package: $(READY) ## build the functions' packages into build/ (FUNCTION=router for one, STAGE=dev)
	@$(RUN) -m infra.deployment.package $(FUNCTION) --stage $(STAGE)

deploy: $(READY) ## deploy through CloudFormation: FUNCTION=platform|vault|identity|<function>|edge|alarms|all STAGE=dev (ARGS=--plan)
	@$(RUN) -m infra.deployment.deploy $(FUNCTION) --stage $(STAGE) $(ARGS)

rollback: $(READY) ## go back to a function's package before the latest: FUNCTION=router STAGE=dev (TO=digest, ARGS=--list)
	@$(RUN) -m infra.deployment.rollback $(FUNCTION) --stage $(STAGE) $(if $(TO),--to $(TO)) $(ARGS)

AT ?=
STEP ?= plan
restore: $(READY) ## bring a stage's data back to a moment: STAGE=prod AT=2026-11-03T09:00:00+07:00 STEP=plan|freeze|copy|apply|check|thaw|tidy
	@$(RUN) -m infra.restoration $(STEP) --stage $(STAGE) --at "$(AT)" $(ARGS)

rehearse: $(READY) ## deploy everything to an emulated cloud and play the journeys there (ARGS="-k merging", --stay)
	@$(RUN) -m infra.rehearsal $(ARGS)

clean: ## remove what was built and cached (.venv stays)
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
