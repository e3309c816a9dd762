"""What was read of a table since its last snapshot, and the mark from which the next one goes on.

A mark, `inventory.mark.json` beside the snapshot:

    {"source": "7431…/pantry/16402/9f1b22c0", "transaction": 812, "table_rows": 1000,
     "watermark": "2026-11-01 00:00:00", "newest": "2026-11-01 00:00:00", "snapshot_rows": 1000}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pantrypilot.kitchen.settings import Settings
from pantrypilot.kitchen.tables import TableSchema

if TYPE_CHECKING:
    import pandas as pd


class Mark(Settings):
    """Where a snapshot stands. It holds for this very table of this very database with these columns.

    `transaction` is the number below which all were done when the table was read, null where the source has no such
    numbers (a view); `watermark` is the newest `last_updated` of the table, as the server writes it, null where it has
    no such column. `newest` and `snapshot_rows` tell which snapshot it is.
    """

    source: str
    transaction: int | None
    table_rows: int
    watermark: str | None = None
    newest: str | None = None
    snapshot_rows: int = 0


@dataclass(frozen=True)
class TableChanges:
    """Rows as they are in the table, not typed yet.

    `complete`: these are all rows there are, and what else the last snapshot holds is gone.
    """

    schema: TableSchema
    frame: pd.DataFrame
    complete: bool
    mark: Mark

    def marked(self, snapshot: pd.DataFrame) -> dict[str, Any]:
        """The mark of the snapshot that came of it."""
        newest = snapshot[self.schema.changed].max() if len(snapshot) else None
        return self.mark.model_copy(
            update={"newest": None if newest is None else str(newest), "snapshot_rows": len(snapshot)}
        ).model_dump()
