"""The daily run of the household pantry pipeline, a task a stage. `make airflow` runs it once.

Written by `make dag` from conf/base/airflow.yml: change that file, not this one.
Tasks run the project's own commands in the project's own environment, so Airflow and Kedro need not agree on a
single version of anything. How often a task is tried again is Airflow's setting: AIRFLOW__CORE__DEFAULT_TASK_RETRIES.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

# set where this file lies elsewhere than in the project
PROJECT = os.environ.get("PANTRYPILOT_PROJECT") or str(Path(__file__).resolve().parents[2])
# the day of the run; `ds` alone fails in runs that were started by hand, which have no logical date
DAY = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"
RUN = f".venv/bin/kedro run --env local --pipelines pantry --params as_of={DAY} --tags "

with DAG(
    "pantrypilot_data_pipeline",
    description="Household tables: read, checked, in canonical units, watched",
    schedule="0 6 * * *",
    start_date=datetime.fromisoformat("2026-11-01").replace(tzinfo=UTC),
    catchup=False,
    max_active_runs=1,  # two runs would write the same files
    doc_md=__doc__,
):
    ingest = BashOperator(task_id="ingest", bash_command=RUN + "augmentation,ingestion", cwd=PROJECT)
    validate = BashOperator(task_id="validate", bash_command=RUN + "validation", cwd=PROJECT)
    transform = BashOperator(task_id="transform", bash_command=RUN + "transformation", cwd=PROJECT)
    detect_anomalies = BashOperator(task_id="detect_anomalies", bash_command=RUN + "monitoring", cwd=PROJECT)
    dvc_status = BashOperator(
        task_id="dvc_status", bash_command=".venv-dvc/bin/python operations/versions.py status", cwd=PROJECT
    )
    ingest >> validate >> transform >> detect_anomalies >> dvc_status
