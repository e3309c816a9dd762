"""What a quick command loads: by module names, because a clock tells a busy machine from an idle one only."""

import subprocess
import sys
from pathlib import Path

import pytest

from project_toys import kedro

ROOT = Path(__file__).parents[1]
HEAVY = {"mlx", "mlx_lm", "transformers", "tokenizers", "matplotlib", "plotly", "pandas", "pyarrow", "openai", "jinja2"}


def loaded_after(code: str) -> set[str]:
    """Top-level modules in a fresh interpreter after `code`."""
    script = f"import sys\n{code}\nprint('loaded', *sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


# kedro itself brings jinja2 along, wherever it is installed with its command line
KEDROS_OWN = loaded_after("import kedro.framework.cli.cli, kedro.framework.session, kedro.io")

REGISTRY = """
from pathlib import Path
from kedro.framework.startup import bootstrap_project
bootstrap_project(Path.cwd())
from kedro.framework.project import pipelines
assert 'generator' in pipelines.keys() and pipelines['generator'].nodes
"""


def test_listing_the_pipelines_loads_no_heavy_library():
    assert not (loaded_after(REGISTRY) - KEDROS_OWN) & HEAVY


@pytest.mark.parametrize("module", ["settings", "hooks", "diets", "kitchen", "scoring", "datasets", "modelling.plan"])
def test_a_light_module_loads_no_heavy_library(module):
    assert not (loaded_after(f"import pantrypilot.{module}") - KEDROS_OWN) & HEAVY


def test_a_light_module_of_the_domain_loads_no_kedro():
    assert "kedro" not in loaded_after("import pantrypilot.diets, pantrypilot.kitchen, pantrypilot.scoring")


def test_this_test_would_notice():
    assert "pandas" in loaded_after("import pandas") and "pandas" not in KEDROS_OWN


def test_kedro_registry_list_names_every_pipeline():
    done = kedro(ROOT, "registry", "list")
    listed = {line.removeprefix("- ") for line in done.stdout.splitlines() if line.startswith("- ")}
    assert done.returncode == 0 and listed == {
        "__default__", "augmentation", "diets", "evaluation", "finetune", "finetuning", "generator", "ingestion",
        "measuring", "monitoring", "pantry", "pretraining", "transformation", "validation",
    }  # fmt: skip


def test_kedro_warns_of_nothing():
    assert kedro(ROOT, "registry", "list").stderr == ""
