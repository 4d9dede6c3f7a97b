# Two commands do all on a fresh machine with Python 3.11+, git and make: `make demo` (or `make run`) and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SHARED ?= ../shared
export DIPWATCH_SHARED ?= $(abspath $(SHARED))

.PHONY: help demo run test check eval bench trial newcomer packages hosts kills chaos fuzz reference licences lock clean
help:
	@echo "make demo   feeds of our own on loopback, the real daemon, alerts and the history they leave"
	@echo "make run    the daemon with the shipped list of real feeds"
	@echo "make test   all checks and tests"
	@echo "make check  types, style, import contracts"
	@echo "make eval   detection scored on the labelled stream (needs SHARED, default ../shared)"
	@echo "make bench  speed, each figure beside what it is compared with"
	@echo "make hosts  three daemons on one PostgreSQL, the leader killed or frozen 20 times"
	@echo "make kills  1,000 alerts to 5 receivers through 20 kills"
	@echo "make fuzz   ten minutes of broken documents through the parser"
	@echo "make chaos  ten minutes of faults at random: kills, freezes, locks, full disk, clock steps"
	@echo "make trial  the service under a systemd in a container of its own root (needs root and Debian)"
	@echo "make newcomer  the README's path to a first alert, in such a container"
	@echo "make packages  wheel and sdist, built twice and installed in nine ways"
	@echo "make reference licences lock  what is written from the program and its dependencies"

$(VENV)/.installed: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(VENV)/.installed
	$(BIN)/dipwatch demo

run: $(VENV)/.installed
	@test -f var/dipwatch.toml || $(BIN)/dipwatch init var --defaults
	$(BIN)/dipwatch --config var/dipwatch.toml run --upgrade

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: check
	$(BIN)/pytest -n 2 --dist worksteal

eval: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .[train]
	$(BIN)/python benchmarks/evaluate.py $(SHARED)/eval
	$(BIN)/python benchmarks/own_cases.py

bench: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .[bench]
	$(BIN)/python benchmarks/lexicon_speed.py
	$(BIN)/python benchmarks/ingest_round.py

trial: $(VENV)/.installed
	which debootstrap systemd-nspawn >/dev/null || apt-get install --yes --quiet debootstrap systemd-container
	$(BIN)/python -m tests.trials.service var/trial

newcomer: $(VENV)/.installed
	which debootstrap systemd-nspawn >/dev/null || apt-get install --yes --quiet debootstrap systemd-container
	$(BIN)/python -m tests.trials.newcomer var/trial

packages: $(VENV)/.installed
	$(BIN)/python -m tests.trials.packages var/packages

chaos: $(VENV)/.installed
	$(BIN)/python -m tests.trials.chaos --minutes 10

reference: $(VENV)/.installed
	$(BIN)/dipwatch reference commands > docs/commands.md
	$(BIN)/dipwatch reference configuration > docs/configuration.md
	$(BIN)/dipwatch reference man > share/man/man1/dipwatch.1
	$(BIN)/dipwatch reference man-configuration > share/man/man5/dipwatch.toml.5
	$(BIN)/dipwatch completion bash > share/bash-completion/completions/dipwatch
	$(BIN)/dipwatch completion zsh > share/zsh/site-functions/_dipwatch
	$(BIN)/dipwatch completion fish > share/fish/vendor_completions.d/dipwatch.fish

licences: $(VENV)/.installed
	$(BIN)/pip install --quiet --editable '.[bench,dev,postgres,train]'
	$(BIN)/python -m tests.packaging.licences > docs/licences.md

hosts: $(VENV)/.installed
	$(BIN)/python -m tests.trials.hosts --rounds 20

kills: $(VENV)/.installed
	DIPWATCH_KILLS=20 DIPWATCH_KILLS_ALERTS=1000 $(BIN)/pytest tests/acceptance/test_delivery_kills.py -s

fuzz: $(VENV)/.installed
	$(BIN)/python -W error -m tests.fuzz --minutes 10

lock: $(VENV)/.installed
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra dev --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
