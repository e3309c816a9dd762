"""Folders that are written whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(folder: Path | str) -> Iterator[Path]:
    """A folder to write into; it takes the place of `folder` when the block ends well, and not before.

    What stood there is moved aside for that moment, never deleted first. A failed block leaves it untouched.
    """
    target = Path(folder)
    new, old = target.with_name(f".{target.name}.writing"), target.with_name(f".{target.name}.old")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
