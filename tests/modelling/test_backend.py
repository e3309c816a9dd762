import os
import shutil
import subprocess
import sys

import pytest

from pantrypilot.modelling.backend import describe_device, prepare

_ASK = """
import json
from dataclasses import asdict
import pantrypilot.modelling
from pantrypilot.modelling.backend import prepare
import mlx.core as mx
product = float((mx.ones((64, 64)) @ mx.ones((64, 64))).sum().item())
compiled = float(mx.compile(lambda x: mx.exp(x) * 2 + 1)(mx.zeros((8,))).sum().item())
loaded = any("libmkl_rt" in line or "openblas" in line for line in open("/proc/self/maps"))
print(json.dumps({**asdict(prepare()), "product": product, "compiled": compiled, "loaded": loaded}))
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="macOS has Accelerate and Metal")


def _ask(code: str = _ASK, **environment: str) -> dict:
    import json

    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": "src", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(result.stdout)


def test_preparing_twice_is_preparing_once():
    assert prepare() is prepare()
    assert prepare().blas in describe_device() or "GPU" in describe_device()


@linux
def test_the_tuned_blas_can_be_left_out():
    found = _ask(PANTRYPILOT_BLAS="off")
    assert found["blas"].startswith("reference")
    assert not found["loaded"]
    assert any("PANTRYPILOT_BLAS=off" in note and "30 times slower" in note for note in found["notes"])
    assert found["product"] == 64**3


@linux
@pytest.mark.skipif(sys.platform != "linux" or prepare().blas.startswith("reference"), reason="no tuned BLAS here")
def test_the_tuned_blas_is_loaded_by_itself():
    found = _ask(PANTRYPILOT_BLAS="")
    assert found["loaded"]
    assert found["notes"] == [] or not shutil.which("g++")
    assert found["product"] == 64**3


@linux
def test_a_named_blas_that_does_not_load_is_told():
    found = _ask(PANTRYPILOT_BLAS="/nowhere/libblas.so")
    assert any("/nowhere/libblas.so" in note for note in found["notes"])


@linux
def test_without_a_compiler_mlx_compiles_nothing_and_still_computes(tmp_path):
    found = _ask(PATH=str(tmp_path), TMPDIR=str(tmp_path))  # mlx keeps what it compiled there
    assert found["compiler"] is None
    assert any("g++" in note for note in found["notes"])
    assert found["compiled"] == 8 * 3


@linux
def test_mlx_imported_too_early_is_told():
    found = _ask("import mlx.core\n" + _ASK)
    assert any("imported before" in note for note in found["notes"])
