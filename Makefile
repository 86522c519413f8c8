# Needs Python 3.11 or newer with venv, make, and a network the first time. Nothing else.

VENV := .venv
PYTHON := $(VENV)/bin/python
LOCKED := $(VENV)/locked-$(shell cksum < requirements.lock | tr ' ' '-')
TESTS := $(PYTHON) -m pytest
SBOM := $(or $(FILE),var/sbom.json)
UV := var/uv/bin/uv
COMPILE := pip compile pyproject.toml --generate-hashes --no-header --no-annotate --no-emit-index-url --universal --quiet

.DEFAULT_GOAL := help
.PHONY: help run stop status reset test test-slow security faults faults-planted check fix contracts bench sbom lock

help: ## Shows this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-19s %s\n", $$1, $$2 }'

run: $(LOCKED) ## Starts all of Interlude with the demo clinic, until Ctrl-C (BROKER=embedded, IDENTITY=keycloak, PORT_BASE=8000)
	@exec $(PYTHON) -m deploy.local run

stop: $(LOCKED) ## Stops what runs in another terminal
	@exec $(PYTHON) -m deploy.local stop

status: $(LOCKED) ## Shows each process: ready or not, its rate, what waits or is parked, its memory
	@exec $(PYTHON) -m deploy.local status

reset: $(LOCKED) ## Forgets everything that was stored
	@exec $(PYTHON) -m deploy.local reset

test: $(LOCKED) ## Runs the whole test suite, on a PostgreSQL and a Kafka of its own
	$(TESTS) -m "not slow and not system" -n 2 --dist loadgroup
	$(TESTS) -m "system and not slow and not faults"
	$(TESTS) -m faults

faults: $(LOCKED) ## Kills, cuts and fills up a running Interlude and checks every promise (MINUTES=10)
	$(PYTHON) -m tests.faults --minutes $(or $(MINUTES),10)

faults-planted: $(LOCKED) ## Looks for the planted bugs, to see whether they would be found
	$(PYTHON) -m tests.faults --minutes $(or $(MINUTES),30) --planted all

security: $(LOCKED) ## Tries what somebody hostile would, for as long as it takes, and prints what held
	$(TESTS) -m security -p tests.security.table --timeout 1800

test-slow: $(LOCKED) ## Runs the long campaigns that `make test` leaves out
	$(TESTS) -m slow --timeout 1800

check: $(LOCKED) ## Format, lint, types, import walls, unit tests: under two minutes
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports
	$(TESTS) -q tests/unit tests/architecture

fix: $(LOCKED) ## Formats, and repairs what the linter can
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

contracts: $(LOCKED) ## Writes openapi/ anew from the code
	$(PYTHON) -m deploy.contracts

bench: $(LOCKED) ## Measures against the plain handler and the nearest library, into var/bench.json
	$(PYTHON) -m tests.bench

# A lock says nothing of who needs whom, and the tool would warn that the graph has no root.
sbom: $(LOCKED) ## Lists what an image installs, as CycloneDX, into var/sbom.json (FILE=elsewhere)
	@mkdir -p $(dir $(SBOM))
	$(PYTHON) -W ignore::UserWarning -m cyclonedx_py requirements deploy/requirements.lock \
	  --pyproject pyproject.toml --output-reproducible --validate --output-file $(SBOM)

lock: $(UV) ## Pins every dependency anew, with hashes
	$(UV) $(COMPILE) --upgrade --group local --group test --group bench --output-file requirements.lock
	$(UV) $(COMPILE) --constraints requirements.lock --output-file deploy/requirements.lock

$(UV): $(LOCKED)
	$(PYTHON) -m venv var/uv
	var/uv/bin/pip install --quiet --disable-pip-version-check uv

$(LOCKED): requirements.lock
	@sh deploy/local/install.sh $(VENV) requirements.lock
	@rm -f $(VENV)/locked-* && touch $@
