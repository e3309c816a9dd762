"""What this machine computes with, and what would be slow on it."""

from __future__ import annotations

import platform
import time
from importlib import metadata
from pathlib import Path

PACKAGES = ("mlx", "mlx-lm", "tokenizers", "transformers", "kedro", "kedro-datasets", "pandas", "pydantic", "mkl")
GIGA = 1e9


def examine(base: str, adapters: str) -> list[tuple[str, str]]:
    """(what, finding) lines, in reading order: `base` is a model folder, `adapters` holds one folder a strategy."""
    from pantrypilot.modelling.backend import describe_device, prepare

    backend = prepare()
    return [
        ("platform", f"{backend.platform}, Python {platform.python_version()}"),
        ("device", describe_device()),
        ("BLAS", f"{backend.blas}: {measure_product():.0f} GFLOP/s in a 512 x 512 x 512 product"),
        ("mx.compile", f"{try_compile()} (compiler: {backend.compiler or 'none'})"),
        ("packages", ", ".join(versions())),
        ("base", find_base(base)),
        *(("adapter", line) for line in find_adapters(adapters)),
        *([("slow", note) for note in backend.notes] or [("slow", "nothing found")]),
    ]


def measure_product(size: int = 512, times: int = 20) -> float:
    """GFLOP/s of a square product in float32, the best of `times`."""
    import mlx.core as mx

    left, right = mx.random.normal((size, size)), mx.random.normal((size, size))
    mx.eval(left, right)
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        mx.eval(left @ right)
        best = min(best, time.perf_counter() - began)
    return 2 * size**3 / best / GIGA


def try_compile() -> str:
    """Whether a compiled function runs here."""
    import mlx.core as mx

    from pantrypilot.modelling.backend import prepare

    if prepare().compiler is None:
        return "off"
    try:
        mx.eval(mx.compile(lambda x: mx.exp(x) * 2 + 1)(mx.ones(8)))
    except RuntimeError as problem:
        return f"fails: {str(problem).splitlines()[0]}"
    return "works"


def versions() -> list[str]:
    """'mlx 0.32.0' for every package that is installed."""
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return found


def find_base(base: str) -> str:
    folder = Path(base)
    weights = sorted(folder.glob("*.safetensors"))
    if not weights or not (folder / "config.json").is_file():
        return f"none in {base}: `kedro run --pipelines pretraining` builds it"
    return f"{base} ({sum(file.stat().st_size for file in weights) / 1e6:.1f} MB)"


def find_adapters(adapters: str) -> list[str]:
    found = sorted(file.parent for file in Path(adapters).glob("*/adapter/adapters.safetensors"))
    return [str(folder) for folder in found] or [f"none in {adapters}: `kedro run --pipelines finetune` makes them"]
