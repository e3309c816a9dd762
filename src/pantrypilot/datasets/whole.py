"""Files that are written whole or not at all.

A save of kedro-datasets opens the file itself: a full disk, Ctrl-C or a value that cannot be written leaves half of
it, which `--only-missing-outputs` then takes for a result. Here the new file grows beside the old one, as
`.writing-<name>`, and takes its place in one step at the end.
"""

from __future__ import annotations

import copy
import os
from pathlib import Path, PurePosixPath
from typing import Any


class WrittenWhole:
    """Goes before a dataset of kedro-datasets in a class's bases. Remote stores show a file only when it is whole."""

    def save(self, data: Any) -> None:
        write = super().save.__wrapped__  # bare: the class's own `save` has Kedro's checks and messages already
        if self._protocol != "file":
            write(self, data)
            return
        target = Path(self._get_save_path())
        new = target.with_name(f".writing-{target.name}")
        beside = copy.copy(self)
        beside._filepath, beside._version = PurePosixPath(new), None
        try:
            write(beside, data)
            os.replace(new, target)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
