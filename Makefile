# Everything on a machine with only Python 3.11 or newer: the first target that needs it makes the venv.
PYTHON ?= python3
BIN := .venv/bin

# What is invented stays apart from a real programme's data.
TRY := FAIRPOINTS_DATA_DIR="$${FAIRPOINTS_DATA_DIR:-data/try}"

.PHONY: run test lint bench

run: .venv/ready
	$(TRY) $(BIN)/fairpoints job sample
	$(TRY) $(BIN)/fairpoints run

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
