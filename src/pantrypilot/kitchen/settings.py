"""What every typed record and parameter of the project is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Frozen, and strict about keys: a misspelt one is an error, not a silent loss."""

    model_config = ConfigDict(frozen=True, extra="forbid")
