"""Tables in a real PostgreSQL: upserts, and what changed since the last snapshot."""

import itertools
import json
import logging
import re
from importlib.resources import files

import pandas as pd
import pyarrow as pa
import pytest
from kedro.io import DatasetError

from pantry_toys import embedded, execute, households, inventory, purchases, table
from pantrypilot.datasets import PreviousTableDataset, TableFilesDataset, ValuesDataset
from pantrypilot.datasets.postgres_reading import _parse
from pantrypilot.datasets.postgres_upload import _digest, arrow_rows
from pantrypilot.kitchen.tables import TABLES
from pantrypilot.pipelines.ingestion.pantry.tables import take_snapshot

numbers = itertools.count()
FRAMES = {"households": households(), "inventory": inventory(), "purchase_history": purchases()}


@pytest.fixture
def schema():
    """A schema of the test's own in the shared server."""
    name = f"tables_{next(numbers)}"
    execute(embedded(), f"CREATE SCHEMA {name}")
    return name


def uploaded(caplog) -> dict[str, int]:
    """The counts of the last upload, as the log tells them."""
    [*_, last] = [message for message in caplog.messages if "uploaded:" in message]
    return {what: int(number.replace(",", "")) for number, what in re.findall(r"([\d,]+) (\w+)(?:,|$)", last)}


def snapshot(dataset, folder) -> dict[str, int]:
    """Load, merge and store, as the pipeline does; returns the counts."""
    name = dataset._table.name
    stored = str(folder / f"{name}.parquet")
    merged, rejects, counts, mark = take_snapshot(dataset.load(), PreviousTableDataset(filepath=stored).load(), None)
    assert len(rejects) == counts["rejected"]
    TableFilesDataset(filepath=stored).save(merged)
    ValuesDataset(filepath=str(folder / f"{name}.mark.json")).save(mark)
    return {what: counts[what] for what in ("read", "new", "changed", "unchanged", "gone")}


def stored(folder, name: str) -> pd.DataFrame:
    return TableFilesDataset(filepath=str(folder / f"{name}.parquet")).load()


def counts(read=0, new=0, changed=0, unchanged=0, gone=0) -> dict[str, int]:
    return {"read": read, "new": new, "changed": changed, "unchanged": unchanged, "gone": gone}


@pytest.mark.parametrize("name", FRAMES)
def test_what_is_uploaded_comes_back_as_it_was(name, schema, tmp_path):
    dataset = table(name, tmp_path, schema)
    dataset.save(FRAMES[name])
    assert snapshot(dataset, tmp_path)["new"] == len(FRAMES[name])
    pd.testing.assert_frame_equal(stored(tmp_path, name), FRAMES[name])


def test_every_kind_of_text_and_number_survives_the_way_there_and_back(schema, tmp_path):
    frame = inventory(1, 4)
    frame["nutritional_tags"] = pd.Categorical(['a "quoted", line\nand one more', "\\N", "", None])
    frame["brand"] = pd.Categorical(["crème fraîche 🥢", "  spaces  ", "NULL", "nan"])
    frame["quantity"] = [0.1 + 0.2, 1e-300, -0.0, 123456789.123456789]
    frame.loc[0, "expiry_date"] = pd.Timestamp("1583-01-01")
    frame.loc[1, "expiry_date"] = pd.Timestamp("9999-12-31")
    dataset = table("inventory", tmp_path, schema)
    dataset.save(frame)
    snapshot(dataset, tmp_path)
    found = stored(tmp_path, "inventory")
    for name in frame:
        assert found[name].astype(object).where(found[name].notna(), None).tolist() == (
            frame[name].astype(object).where(frame[name].notna(), None).tolist()
        ), name


def test_the_same_upload_again_is_not_sent_again(schema, tmp_path, caplog):
    dataset = table("inventory", tmp_path, schema)
    with caplog.at_level(logging.INFO):
        dataset.save(inventory())
        assert uploaded(caplog) == {"inserted": 20, "updated": 0, "unchanged": 0, "deleted": 0}
        execute(embedded(), f"UPDATE {schema}.inventory SET quantity = 7 WHERE item_id = 'I_001'")
        dataset.save(inventory())
        assert uploaded(caplog) == {"inserted": 0, "updated": 0, "unchanged": 20, "deleted": 0}
    assert execute(embedded(), f"SELECT DISTINCT quantity FROM {schema}.inventory WHERE item_id = 'I_001'") == [(7.0,)]


def test_a_table_that_keeps_its_rows_adds_up_what_is_uploaded(schema, tmp_path, caplog):
    dataset, frame = table("inventory", tmp_path, schema, keeps=True), inventory()
    with caplog.at_level(logging.INFO):
        dataset.save(frame.head(5))
        dataset.save(frame.tail(5))
    assert uploaded(caplog) == {"inserted": 5, "updated": 0, "unchanged": 0, "deleted": 0}
    assert execute(embedded(), f"SELECT count(*) FROM {schema}.inventory") == [(10,)]


def test_other_rows_of_the_same_memory_are_not_taken_for_the_same_upload():
    rows = arrow_rows(inventory(), TABLES["inventory"])
    assert _digest(rows.slice(0, 5)) == _digest(rows.slice(0, 5)) != _digest(rows.slice(5, 5))


def test_texts_of_several_lines_are_one_row_however_many_there_are():
    """pyarrow reads CSV in blocks, and looks for their ends."""
    line = '"two\nlines and ""quotes""",' + "x" * 60 + "\n"
    found = _parse((line * 100_000).encode(), {"a": pa.string(), "b": pa.string()})
    assert found.num_rows == 100_000 and set(found["a"].to_pylist()) == {'two\nlines and "quotes"'}


def test_an_upload_inserts_updates_and_takes_back_by_key_and_leaves_what_others_wrote(schema, tmp_path, caplog):
    dataset, frame = table("inventory", tmp_path, schema), inventory()
    dataset.save(frame.head(15))
    execute(embedded(), f"INSERT INTO {schema}.inventory (user_id, item_id) VALUES ('me', 'mine')")
    changed = frame.tail(17).assign(quantity=lambda rows: rows["quantity"].where(rows.index != 5, 77))
    with caplog.at_level(logging.INFO):
        dataset.save(changed)
    assert uploaded(caplog) == {"inserted": 5, "updated": 1, "unchanged": 11, "deleted": 3}
    found = execute(embedded(), f"SELECT user_id, uploaded FROM {schema}.inventory WHERE NOT uploaded")
    assert found == [("me", False)]


def test_a_null_that_becomes_a_value_is_an_update(schema, tmp_path, caplog):
    dataset, frame = table("inventory", tmp_path, schema), inventory()
    dataset.save(frame.assign(unit_cost=None))
    with caplog.at_level(logging.INFO):
        dataset.save(frame.assign(unit_cost=[1.0, *[None] * 19]))
    assert uploaded(caplog)["updated"] == 1


def test_of_rows_with_one_key_the_one_that_changed_last_is_uploaded_and_the_log_counts_the_others(
    schema, tmp_path, caplog
):
    frame = pd.concat([inventory(), inventory().head(2).assign(quantity=99.0)], ignore_index=True)
    frame.loc[0, "last_updated"] = pd.Timestamp("2026-12-24")
    with caplog.at_level(logging.INFO):
        table("inventory", tmp_path, schema).save(frame)
    assert "2 rows have the key of a later one" in caplog.text and uploaded(caplog)["inserted"] == 20
    assert execute(embedded(), f"SELECT item_id FROM {schema}.inventory WHERE quantity = 99") == [("I_001",)]


def test_a_value_that_its_column_cannot_hold_undoes_the_whole_upload(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    bad = inventory(seed=4).astype({"quantity": object})
    bad["quantity"] = ["1.0"] * 13 + ["plenty"] * 7
    with pytest.raises(DatasetError, match=r'invalid input .* double precision: "plenty".*line 14') as caught:
        dataset.save(bad)
    assert "Nothing was changed" in str(caught.value)
    snapshot(dataset, tmp_path)
    pd.testing.assert_frame_equal(stored(tmp_path, "inventory"), inventory())


def test_a_second_snapshot_moves_only_what_changed(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    assert snapshot(dataset, tmp_path) == counts(read=20, new=20)
    first = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert set(first) == {"inventory.parquet", "inventory.csv", "inventory.mark.json"}
    assert snapshot(dataset, tmp_path) == counts()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == first
    newer = f"UPDATE {schema}.inventory SET quantity = 3.5, last_updated = '2026-11-02' WHERE item_id = 'I_002'"
    execute(embedded(), newer)
    assert snapshot(dataset, tmp_path) == counts(read=4, changed=4)
    assert stored(tmp_path, "inventory").query("item_id == 'I_002'")["quantity"].tolist() == [3.5] * 4
    assert snapshot(dataset, tmp_path) == counts()


@pytest.mark.parametrize("moment", ["2026-11-05", "2020-01-01", None])
def test_a_row_is_seen_whenever_it_says_it_changed(moment, schema, tmp_path):
    """A purchase that is entered a month late has an old date, and a watermark alone would miss it."""
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    snapshot(dataset, tmp_path)
    row = "INSERT INTO {}.inventory (user_id, item_id, last_updated) VALUES ('late', 'I_1', '2026-01-01')"
    execute(embedded(), row.format(schema))
    if moment:
        execute(embedded(), f"UPDATE {schema}.inventory SET last_updated = '{moment}' WHERE user_id = 'late'")
    assert snapshot(dataset, tmp_path) == counts(read=1, new=1)


def test_rows_that_were_deleted_leave_the_next_snapshot(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    snapshot(dataset, tmp_path)
    execute(embedded(), f"DELETE FROM {schema}.inventory WHERE item_id = 'I_003'")
    assert snapshot(dataset, tmp_path) == counts(read=16, unchanged=16, gone=4)


def test_a_deletion_is_seen_behind_as_many_new_rows(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    snapshot(dataset, tmp_path)
    execute(embedded(), f"DELETE FROM {schema}.inventory WHERE item_id = 'I_003' AND user_id = 'user_00000'")
    execute(embedded(), f"UPDATE {schema}.inventory SET quantity = 1 WHERE item_id = 'I_002'")
    row = "INSERT INTO {}.inventory (user_id, item_id, last_updated) VALUES ('new', 'I_1', '2026-11-09')"
    execute(embedded(), row.format(schema))
    assert snapshot(dataset, tmp_path) == counts(read=20, new=1, changed=4, unchanged=15, gone=1)


def test_another_upload_leaves_nothing_of_the_last_in_the_snapshot(schema, tmp_path):
    dataset = table("purchase_history", tmp_path, schema)
    for frame in (purchases(), purchases(3, 10, seed=9), purchases(5, 8, seed=2)):
        dataset.save(frame)
        snapshot(dataset, tmp_path)
        pd.testing.assert_frame_equal(stored(tmp_path, "purchase_history"), frame)


def test_full_reads_every_row(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    snapshot(dataset, tmp_path)
    assert snapshot(table("inventory", tmp_path, schema, full=True), tmp_path) == counts(read=20, unchanged=20)


@pytest.mark.parametrize(
    "reason", ["another database", "another snapshot", "set back", "damaged", "no mark", "no snapshot"]
)
def test_a_mark_that_does_not_fit_has_everything_read(reason, schema, tmp_path, caplog):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    snapshot(dataset, tmp_path)
    mark = tmp_path / "inventory.mark.json"
    said = json.loads(mark.read_text())
    changes = {"another database": {"source": "1/other/2"}, "set back": {"transaction": said["transaction"] + 1000}}
    if reason in changes:
        mark.write_text(json.dumps({**said, **changes[reason]}))
    elif reason == "another snapshot":
        TableFilesDataset(filepath=str(tmp_path / "inventory.parquet")).save(inventory().head(7))
    elif reason == "damaged":
        mark.write_text(mark.read_text()[:30])
    else:
        (mark if reason == "no mark" else tmp_path / "inventory.parquet").unlink()
    with caplog.at_level(logging.INFO):
        assert snapshot(dataset, tmp_path)["read"] == 20
    assert reason.startswith("no ") or "whole" in caplog.text
    pd.testing.assert_frame_equal(stored(tmp_path, "inventory"), inventory())


def test_a_column_that_is_new_in_the_table_has_everything_read(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    execute(embedded(), f"ALTER TABLE {schema}.inventory DROP COLUMN brand")
    snapshot(dataset, tmp_path)
    execute(embedded(), f"ALTER TABLE {schema}.inventory ADD COLUMN brand text DEFAULT 'House'")
    assert snapshot(dataset, tmp_path) == counts(read=20, changed=20)
    assert set(stored(tmp_path, "inventory")["brand"]) == {"House"}


def test_a_snapshot_of_an_older_schema_is_made_anew(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    TableFilesDataset(filepath=str(tmp_path / "inventory.parquet")).save(inventory().drop(columns="brand"))
    assert snapshot(dataset, tmp_path) == counts(read=20, new=20)
    pd.testing.assert_frame_equal(stored(tmp_path, "inventory"), inventory())


def test_a_view_is_read_by_last_updated_alone(schema, tmp_path, monkeypatch):
    """Whatever zone and style of dates the user set; and a moment that never comes does not end the reading."""
    monkeypatch.setenv("PGTZ", "Europe/Amsterdam")  # 19 minutes and 32 seconds before 1937
    monkeypatch.setenv("PGDATESTYLE", "German")
    execute(
        embedded(),
        f"CREATE TABLE {schema}.kept AS SELECT 'u' AS user_id, 'I_' || n AS item_id, 'rice' AS item_name,"
        " 1.5 AS quantity, 'kg' AS unit, 'grain' AS category,"
        " timestamptz '2026-11-01 02:00+02' + n * interval '1 day' AS last_updated FROM generate_series(1, 9) n;"
        f" INSERT INTO {schema}.kept SELECT 'u', 'old', 'rice', 1, 'kg', 'grain', timestamptz '1850-01-01 00:00+00';"
        f" CREATE VIEW {schema}.inventory AS SELECT * FROM {schema}.kept",
    )
    dataset = table("inventory", tmp_path, schema)
    assert snapshot(dataset, tmp_path) == counts(read=10, new=10)
    found = stored(tmp_path, "inventory")["last_updated"]
    assert (found.min(), found.max()) == (pd.Timestamp("1850-01-01"), pd.Timestamp("2026-11-10"))
    assert snapshot(dataset, tmp_path) == counts(read=1, unchanged=1)
    execute(embedded(), f"UPDATE {schema}.kept SET quantity = 2, last_updated = '2026-12-01' WHERE item_id = 'I_4'")
    assert snapshot(dataset, tmp_path) == counts(read=2, changed=1, unchanged=1)
    for item, moment in (("I_5", "infinity"), ("I_6", "2026-12-02"), ("I_7", "2026-12-03")):
        changed = f"quantity = 3, last_updated = '{moment}'"
        execute(embedded(), f"UPDATE {schema}.kept SET {changed} WHERE item_id = '{item}'")
        assert snapshot(dataset, tmp_path)["changed"] == (moment != "infinity")


def test_a_table_that_pandas_made_of_text_is_typed_and_its_bad_rows_told(schema, tmp_path):
    """The background project's tables were made by `to_sql`."""
    frame = inventory().astype(object)
    names = ", ".join(f"{name} text" for name in frame)
    execute(embedded(), f"CREATE TABLE {schema}.inventory ({names})")
    with embedded().connect() as connection, connection.cursor() as cursor:
        rows = frame.where(frame.notna(), None).astype(object)
        rows.loc[2, "last_updated"], rows.loc[3, "quantity"], rows.loc[4, "expiry_date"] = "11/08/2026", "lots", "never"
        places = ", ".join(["%s"] * len(rows.columns))
        values = [[None if value is None or value != value else str(value) for value in row] for row in rows.to_numpy()]
        cursor.executemany(f"INSERT INTO {schema}.inventory VALUES ({places})", [*values, values[0]])
    merged, rejects, told, _ = take_snapshot(table("inventory", tmp_path, schema).load(), None, None)
    assert (told["read"], told["new"], told["rejected"]) == (21, 17, 4)
    assert rejects["column"].tolist() == ["last_updated", "quantity", "expiry_date", "last_updated"]
    expected = frame.drop(index=[2, 3, 4]).reset_index(drop=True).astype(merged.dtypes.to_dict())
    pd.testing.assert_frame_equal(merged, expected, check_categorical=False)


def test_dates_that_no_calendar_has_and_numbers_that_are_none_are_rejects_not_errors(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    values = [("expiry_date", "infinity"), ("quantity", "Infinity"), ("quantity", "NaN"), ("last_updated", "-infinity"),
              ("expiry_date", "0044-03-15 BC")]  # fmt: skip
    for number, (column, value) in enumerate(values):
        where = f"user_id = 'user_00001' AND item_id = 'I_{number:03}'"
        execute(embedded(), f"UPDATE {schema}.inventory SET {column} = '{value}' WHERE {where}")
    merged, rejects, told, _ = take_snapshot(dataset.load(), None, None)
    assert told["rejected"] == 4 and told["new"] == 16 and told["in_table"] == 20
    assert sorted(rejects["value"]) == ["-infinity", "0044-03-15 BC", "inf", "infinity"]
    assert merged["quantity"].isna().sum() == 1


def test_rejects_stay_until_their_row_is_put_right(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    execute(embedded(), f"UPDATE {schema}.inventory SET expiry_date = 'infinity' WHERE item_id = 'I_001'")

    def step(previous, rejects):
        merged, rejects, told, mark = take_snapshot(dataset.load(), previous, rejects)
        TableFilesDataset(filepath=str(tmp_path / "inventory.parquet")).save(merged)
        (tmp_path / "inventory.mark.json").write_text(json.dumps(mark))
        assert told["in_table"] == told["in_snapshot"] + rejects["row"].size
        return merged, rejects, told["read"]

    first, rejects, read = step(None, None)
    assert (len(first), len(rejects), read) == (16, 4, 20)
    second, again, read = step(first, rejects)
    assert read == 0 and again.equals(rejects)
    where = "item_id = 'I_001' AND user_id = 'user_00002'"
    execute(embedded(), f"UPDATE {schema}.inventory SET expiry_date = NULL WHERE {where}")
    third, left, _ = step(second, again)
    assert len(third) == 17 and left["key"].tolist() == [key for key in rejects["key"] if "user_00002" not in key]


def test_the_preview_shows_rows_and_nothing_where_there_is_no_database(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    assert not dataset.exists() and dataset.preview()["data"] == []
    dataset.save(inventory())
    shown = dataset.preview(nrows=3)
    assert dataset.exists() and len(shown["data"]) == 3 and shown["columns"] == list(TABLES["inventory"].names)
    assert json.dumps(shown["data"])
    nowhere = table("inventory", tmp_path, schema, folder=str(tmp_path / "none"))
    assert not nowhere.exists() and nowhere.preview()["data"] == [] and not (tmp_path / "none").exists()


def test_the_schema_file_and_the_tables_of_the_kitchen_agree(schema, tmp_path):
    table("inventory", tmp_path, schema).load()
    types = {"text": "text", "number": "double precision", "flag": "boolean", "day": "date",
             "time": "timestamp without time zone"}  # fmt: skip
    for name, kitchen in TABLES.items():
        columns = execute(
            embedded(),
            "SELECT column_name::text, data_type::text FROM information_schema.columns"
            " WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position", schema, name)  # fmt: skip
        described = [(column.name, types[column.kind]) for column in kitchen.columns]
        assert columns == [*described, ("uploaded", "boolean")], name
        keys = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND conrelid = to_regclass(%s)"
        [(key,)] = execute(embedded(), keys, f"{schema}.{name}")
        assert key == f"PRIMARY KEY ({', '.join(kitchen.key)})"
    tables = re.findall(r"EXISTS (\w+)", files("pantrypilot.datasets").joinpath("schema.sql").read_text())
    assert set(tables) == {*TABLES, "pantry_uploads"}


def test_a_table_that_nobody_knows_is_refused_with_those_that_there_are(tmp_path):
    with pytest.raises(DatasetError, match="no household table 'pantry'; there are households, inventory"):
        table("pantry", tmp_path, "public")
