# The two commands: `make run` does the main job, `make test` runs every test. Both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DO_NOT_TRACK := 1
export HF_HUB_OFFLINE ?= 1
# here, because matplotlib warns where it cannot write in the home folder
export MPLCONFIGDIR ?= $(CURDIR)/$(VENV)/matplotlib

.PHONY: run test lint viz report bench clean lock

run: $(VENV)/installed  ## from recipes to a scored, diet-safe model, and its report
	$(BIN)/kedro run

test: $(VENV)/installed  ## every test; those on real data where it lies beside the checkout
	$(BIN)/pytest

lint: $(VENV)/installed  ## style, import contracts
	$(BIN)/ruff check .
	$(BIN)/lint-imports

viz: $(VENV)/installed  ## browse the pipelines at http://localhost:4141
	$(BIN)/kedro viz run

report: $(VENV)/installed  ## make the report again from what is stored
	$(BIN)/kedro run --pipelines evaluation --from-nodes generator.score_generations

bench: $(VENV)/installed  ## training throughput with and without the tuned BLAS; names a second that the judge takes
	$(BIN)/python benchmarks/training_throughput.py
	$(BIN)/python benchmarks/diet_judge.py

lock:  ## resolve the lock file anew (needs uv)
	uv pip compile --universal --python-version 3.11 --no-header --no-annotate --extra dev pyproject.toml -o requirements.lock

clean:  ## forget every output; raw data, bases, unfinished trainings and a writer's replies stay
	git clean -xfdq -e 01_raw -e 'pantry-tiny*' -e checkpoints -e writer_replies.jsonl data

# byte-compiled, because imports are four times slower without where PYTHONDONTWRITEBYTECODE is set
$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "PantryPilot needs Python 3.11 or newer: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@
