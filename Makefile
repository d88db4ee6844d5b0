# Everything on a machine with only Python 3.11 or newer: the first target that needs it makes the venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint bench

run: .venv/ready
	$(BIN)/fairpoints job sample
	$(BIN)/fairpoints run

test: .venv/ready-dev lint
	$(BIN)/pytest -n auto

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/ready-dev
	$(BIN)/python -m benchmarks

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/ready-dev: .venv/ready
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@
