"""What households have, as pantries for the generator."""

import pandas as pd
import pytest

from pantrypilot.pipelines.augmentation.households import gather_pantries
from project_toys import corpus


def stock(*rows) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["user_id", "item_name", "quantity", "is_expired"])
    return table.astype({"user_id": "category", "item_name": "category", "is_expired": "boolean"})


def test_a_pantry_holds_what_is_there_and_known_to_the_recipes():
    table = stock(
        ("user_002", "tofu", 2.0, False), ("user_002", "rice", 1.0, None), ("user_001", "milk", 1.0, False),
        ("user_002", "butter", 0.0, False), ("user_002", "eggs", 6.0, True), ("user_002", "moon cheese", 1.0, False),
    )  # fmt: skip
    pantries = gather_pantries(table, corpus()[1])
    assert pantries.to_dict("records") == [
        {"user_id": "user_001", "names": ["milk"]}, {"user_id": "user_002", "names": ["rice", "tofu"]}
    ]  # fmt: skip


def test_households_without_any_known_food_are_an_error():
    with pytest.raises(ValueError, match="compare the names"):
        gather_pantries(stock(("user_001", "moon cheese", 1.0, False)), corpus()[1])
