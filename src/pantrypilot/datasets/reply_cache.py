"""A file that remembers what a server answered, so that an interrupted run does not ask again.

One line of `data/02_intermediate/generator/writer_replies.jsonl`:

    {"key": "5f0c…", "model": "llama3.1:8b", "about": "korean #12.0", "reply": "Recipe: Tofu Bowl\\n…"}
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from threading import Lock
from typing import Any

from kedro.io import AbstractDataset
from kedro_datasets._typing import TablePreview

log = logging.getLogger(__name__)

PREVIEWED_ROWS = 20


class Replies:
    """Replies by key. `put` writes and flushes one line; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._replies = {row["key"]: row["reply"] for row in read_rows(path)}

    def __len__(self) -> int:
        return len(self._replies)

    def get(self, key: str) -> str | None:
        """The reply of a key, or None when it was never asked."""
        return self._replies.get(key)

    def put(self, key: str, reply: str, **about: str) -> None:
        """Remember a reply; `about` is written beside it for people."""
        line = json.dumps({"key": key, **about, "reply": reply}, ensure_ascii=False) + "\n"
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab+") as file:
                # A run that was killed while writing left half a line: the next one must not continue it.
                if file.tell() > 0:
                    file.seek(-1, 2)
                    if file.read(1) != b"\n":
                        line = "\n" + line
                file.write(line.encode())
            self._replies[key] = reply


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a cache; damaged ones are left out with a warning: they will be asked again."""
    if not path.is_file():
        return []
    rows, damaged = [], 0
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append({**row, "key": row["key"], "reply": row["reply"]})
        except (ValueError, KeyError, TypeError):
            damaged += 1
    if damaged:
        log.warning("%s: %d damaged lines left out; their replies will be asked for again", path, damaged)
    return rows


class ReplyCache(AbstractDataset):
    """An append-only JSONL file of replies; loads as `Replies`, which does the writing."""

    def __init__(self, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self.metadata = filepath, metadata

    def load(self) -> Replies:
        return Replies(Path(self._filepath))

    def save(self, data: Any) -> None:
        raise TypeError("replies are written one by one while a writer works, not saved by a node")

    def preview(self) -> TablePreview:
        """The latest replies, for Kedro-Viz."""
        columns = ["model", "about", "reply"]
        rows = read_rows(Path(self._filepath))[-PREVIEWED_ROWS:]
        data = [[row.get(column) for column in columns] for row in rows]
        return TablePreview({"index": list(range(len(rows))), "columns": columns, "data": data})

    def _exists(self) -> bool:
        return True  # an empty cache is a cache

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}
