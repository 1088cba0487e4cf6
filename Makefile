# `make run` and `make test` are all a newcomer needs; `make help` lists the rest.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help run reset test test-fast format lint types migration bench build clean setup setup-dev vertalingen chaos

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup:
	@$(PYTHON) scripts/setup.py

setup-dev:
	@$(PYTHON) scripts/setup.py --dev

run: setup ## set up everything and start portal, mock DigiD/eHerkenning and reference backoffice
	@exec $(BIN)/pip-portal demo

reset: ## forget all data of the demo; the next `make run` starts afresh
	rm -rf var

test: setup-dev ## everything that CI runs
	@$(BIN)/python scripts/test.py

test-fast: setup-dev ## unit and contract tests only, on SQLite, without a browser
	@$(BIN)/python -m pytest -q -n auto -m "not browser and not chaos"

chaos: setup-dev ## 5,000 submissions while everything around them is killed and comes back
	@PIP_CHAOS=5000 $(BIN)/python -m pytest -q -m chaos --timeout=7200 --log-cli-level=WARNING

format: setup-dev ## format Python and templates
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix -q .

lint: setup-dev ## format and lint checks
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/djlint templates mock_idp reference_backoffice --lint --quiet

types: setup-dev ## type checks
	@$(BIN)/mypy

migration: setup-dev ## new migration from tables.py: make migration m="what it does"
	@$(BIN)/pip-portal migratie "$(m)"

vertalingen: setup-dev ## collect texts into the English translation file
	@$(BIN)/python scripts/vertalingen.py

bench: setup-dev ## measure the portal against a bare app that makes the same calls
	@$(BIN)/python -m bench

clean: ## remove everything that was made
	rm -rf .venv node_modules static/dist var .mypy_cache .ruff_cache .pytest_cache
