# The two commands: `make run` does the main job, `make test` runs every test. Both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DO_NOT_TRACK := 1
export HF_HUB_OFFLINE ?= 1
# here, because matplotlib warns where it cannot write in the home folder
export MPLCONFIGDIR ?= $(CURDIR)/$(VENV)/matplotlib

# environments of their own: what these need stays out of the project's
DVC := .venv-dvc
AIRFLOW := .venv-airflow
export AIRFLOW_HOME := $(CURDIR)/.airflow
export AIRFLOW__CORE__DAGS_FOLDER := $(CURDIR)/airflow/dags
export AIRFLOW__CORE__LOAD_EXAMPLES := False
# the day after the synthetic households end
DAY ?= 2026-11-02

.PHONY: run test lint viz report bench bench-pantry snapshot restore versions dag airflow airflow-ui clean lock

run: $(VENV)/installed  ## households' pantries, then recipes to a scored, diet-safe model, and the reports
	$(BIN)/kedro run

test: $(VENV)/installed $(DVC)/installed $(AIRFLOW)/installed  ## every test; those on real data where it lies beside the checkout
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

bench-pantry: $(VENV)/installed  ## time and memory of the pantry pipeline at two sizes, the larger of a million rows
	$(BIN)/python benchmarks/pantry_scale.py

snapshot: $(DVC)/installed  ## keep what lies in data/ as a version (VERSION=name, or the time)
	$(DVC)/bin/python operations/versions.py snapshot "$(VERSION)"

restore: $(DVC)/installed  ## bring back a version: make restore VERSION=name; FORCE=1 loses what no version holds
	$(DVC)/bin/python operations/versions.py restore $(if $(FORCE),--force) "$(VERSION)"

versions: $(DVC)/installed  ## the versions there are, and what changed since the last
	$(DVC)/bin/python operations/versions.py list
	$(DVC)/bin/python operations/versions.py status

dag: $(VENV)/installed  ## write the daily run for Airflow from conf/base/airflow.yml
	$(BIN)/kedro airflow create --pipelines pantry --jinja-file operations/pantry_dag.py.j2 --target-dir airflow/dags

airflow: $(VENV)/installed $(DVC)/installed $(AIRFLOW)/installed  ## the daily run, once, by Airflow (DAY=2026-11-02)
	$(AIRFLOW)/bin/airflow db migrate
	$(AIRFLOW)/bin/airflow dags test pantrypilot_data_pipeline $(DAY)

airflow-ui: $(VENV)/installed $(DVC)/installed $(AIRFLOW)/installed  ## Airflow's scheduler and pages, http://localhost:8080
	PATH="$(CURDIR)/$(AIRFLOW)/bin:$$PATH" airflow standalone

lock:  ## resolve the lock files anew (needs uv)
	uv pip compile $(LOCKED) --extra dev pyproject.toml -o requirements.lock
	uv pip compile $(LOCKED) --group dvc -o requirements-dvc.lock
	uv pip compile $(LOCKED) --group airflow -o requirements-airflow.lock

clean:  ## forget every output and the embedded database; versions, raw data, bases, unfinished trainings and a writer's replies stay
	git clean -xfdq -e 01_raw -e 'pantry-tiny*' -e checkpoints -e writer_replies.jsonl data
	git clean -xfdq data/01_raw/pantry data/test

LOCKED := --universal --python-version 3.11 --no-header --no-annotate

$(DVC)/installed $(AIRFLOW)/installed: .venv-%/installed: requirements-%.lock
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

# byte-compiled, because imports are four times slower without where PYTHONDONTWRITEBYTECODE is set
$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "PantryPilot needs Python 3.11 or newer: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@
