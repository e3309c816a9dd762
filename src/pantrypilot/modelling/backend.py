"""Makes mlx fast and safe on this machine, and says what it found.

The Linux CPU wheels of mlx link the reference BLAS. A tuned one, loaded with global symbols before mlx is
first imported, takes its place: no shell variable, no rebuild. `mx.compile` on the CPU calls g++ at run
time; without a compiler it is switched off. `PANTRYPILOT_BLAS=off` keeps the reference BLAS (for
comparison), and any other value names a library to load.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

logger = logging.getLogger(__name__)

# MKL's own constants (mkl_service.h, mkl_types.h)
_MKL_SEQUENTIAL = 1
_MKL_CBWR_AUTO_STRICT = 2 | 0x10000


@dataclass(frozen=True)
class Backend:
    """What mlx runs on here. `blas` is the library in use, `notes` what would be slow and why."""

    platform: str
    blas: str
    compiler: str | None
    notes: tuple[str, ...] = ()


@cache
def prepare() -> Backend:
    """Preload a tuned BLAS and settle `mx.compile`; idempotent, and quick when there is nothing to do."""
    notes: list[str] = []
    blas = "Accelerate" if sys.platform == "darwin" else "reference (bundled with mlx)"
    if sys.platform == "linux":
        if "mlx.core" in sys.modules:
            notes.append(
                "mlx was imported before pantrypilot.modelling: the tuned BLAS could not be put in place"
            )
        else:
            blas = _preload() or blas
        if blas.startswith("reference"):
            wanted = os.environ.get("PANTRYPILOT_BLAS", "")
            remedy = (
                f"PANTRYPILOT_BLAS={wanted} asks for it or names no library that loads; unset it"
                if wanted
                else "install mkl (x86-64, pip) or libopenblas0-pthread (any, apt)"
            )
            notes.append(f"matrix products run on the reference BLAS, about 30 times slower: {remedy}")
    compiler = shutil.which("g++") if sys.platform == "linux" else "built in"
    if compiler is None:
        import mlx.core as mx

        if mx.default_device().type == mx.cpu:  # a GPU compiles by other means
            mx.disable_compile()
            notes.append("no g++ found: mx.compile is off, training is about a tenth slower (install g++)")
    return Backend(f"{platform.system()} {platform.machine()}", blas, compiler, tuple(notes))


def _preload() -> str | None:
    """Load the first tuned BLAS found, with global symbols. Returns its name, or None."""
    wanted = os.environ.get("PANTRYPILOT_BLAS", "")
    if wanted == "off":
        return None
    for path in [wanted] if wanted else _candidates():
        try:
            library = ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
        except OSError as problem:
            logger.debug("BLAS %s was not loaded: %s", path, problem)
            continue
        if hasattr(library, "MKL_Set_Threading_Layer"):
            # One thread a product, parts of a step beside each other: faster for small models than two threads
            # in one product, and the same bits on every run whatever the alignment.
            library.MKL_Set_Threading_Layer(_MKL_SEQUENTIAL)
            library.MKL_CBWR_Set(_MKL_CBWR_AUTO_STRICT)
        elif hasattr(library, "openblas_set_num_threads"):
            library.openblas_set_num_threads(1)
        return Path(path).name
    return None


def _candidates() -> list[str]:
    """Where a tuned BLAS is found: pip's mkl beside this Python, else the system's OpenBLAS."""
    beside = sorted(Path(sys.prefix, "lib").glob("libmkl_rt.so.*"), reverse=True)
    return [*map(str, beside), ctypes.util.find_library("openblas") or "libopenblas.so.0"]


def describe_device() -> str:
    """The device that mlx computes on, in words."""
    import mlx.core as mx

    device = mx.default_device()
    if device.type == mx.gpu:
        info = mx.device_info()
        return f"GPU {info.get('device_name', '')}".strip()
    return f"CPU, {os.cpu_count()} cores, {prepare().blas}"
