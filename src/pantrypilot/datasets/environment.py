"""A dataset that reads where a run happens, so that nodes need not: code version, packages, device."""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
from typing import Any

from kedro.io import AbstractDataset

PACKAGES = ("pantrypilot", "kedro", "mlx", "mlx-lm", "transformers", "tokenizers", "pandas")


class EnvironmentDataset(AbstractDataset):
    """Loads as a dict: git commit (with '+changes' where files differ), device, python, package versions."""

    def __init__(self, metadata: dict[str, Any] | None = None) -> None:
        self.metadata = metadata

    def load(self) -> dict[str, Any]:
        from pantrypilot.modelling.backend import describe_device

        found = {package: _version(package) for package in PACKAGES}
        return {
            "commit": _commit(),
            "device": describe_device(),
            "platform": platform.platform(terse=True),
            "python": platform.python_version(),
            "versions": ", ".join(f"{package} {version}" for package, version in found.items()),
        }

    def save(self, data: Any) -> None:
        raise TypeError("the environment is read, never written")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {}


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "absent"


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], capture_output=True, text=True, check=True, timeout=10
        ).stdout.strip()

    try:
        return git("rev-parse", "--short=12", "HEAD") + (
            "+changes" if git("status", "--porcelain", "-uno") else ""
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
