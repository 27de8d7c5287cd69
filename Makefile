# Two commands are enough: `make run` opens the reader, `make test` runs the tests.
PYTHON ?= python3
BIN := .venv/bin
LIBRARY ?= .library
SHARED ?= ../shared
# By the environment, the versions hold for what builds the package, too.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt

.PHONY: run test check endurance format snapshots bench bench-search bench-copies bench-ssh picture wheel train evaluate clean

run: .venv/run
	$(BIN)/newscast --library $(LIBRARY) $(ARGS) seeds

# Two at a time, since many tests wait for a terminal; ARGS="-n 0 -k walk" runs some, one after the other.
test: .venv/dev
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

# Kills, damage, full disks, hostile documents and queries: half an hour on two cores. ARGS="--share 0.1" takes a tenth of it.
endurance: .venv/dev
	$(BIN)/python -m endurance $(ARGS)

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

snapshots: .venv/dev
	$(BIN)/python -m pytest tests/test_snapshots.py --snapshot-update

bench: .venv/dev
	$(BIN)/python -m benchmarks.reader --shared $(SHARED)
	$(BIN)/python -m benchmarks.cast --shared $(SHARED)

# Beside stock Whoosh, FTS5 and tantivy; some minutes, most of them for 200,000 articles (ARGS="--many 0" leaves them out).
bench-search: .venv/bench
	$(BIN)/python -m benchmarks.search --shared $(SHARED) $(ARGS)

bench-copies: .venv/dev
	$(BIN)/python -m benchmarks.copies --shared $(SHARED) $(ARGS)

bench-ssh: .venv/dev
	$(BIN)/python -m benchmarks.ssh --shared $(SHARED)

picture: .venv/dev
	$(BIN)/python -m benchmarks.picture docs

# Within two hours on two cores; TRAIN="--without worldwide" leaves a corpus out.
train: .venv/train
	$(BIN)/python -m training --data $(SHARED)/cast-data $(TRAIN)

evaluate: .venv/dev
	$(BIN)/python -m evaluation --data $(SHARED)/cast-data $(ARGS)

wheel: .venv/dev
	$(BIN)/python -m pip wheel -q --no-deps --wheel-dir dist .

clean:
	rm -rf .venv .library .training dist build .mypy_cache .ruff_cache .pytest_cache

.venv/python: Makefile
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("newscast needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	touch $@

.venv/run: .venv/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	touch $@

.venv/dev: .venv/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	touch $@ .venv/run

.venv/train: .venv/dev
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[train]'
	touch $@

.venv/bench: .venv/dev
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[bench]'
	touch $@
