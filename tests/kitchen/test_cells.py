"""Texts of cells: what is read, and what is not guessed."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantrypilot.kitchen.cells import days, flags, moments, numbers


def texts(*values: str) -> pd.Series:
    return pd.Series(values, dtype="str")


@pytest.mark.parametrize(
    "text",
    ["2026-11-08", "2026-11-08 00:00:00", "2026-11-08T23:59", "2026/11/08", "8 Nov 2026", "08 November 2026",
     "Nov 8, 2026", "November 08, 2026", " 2026-11-08 "],
)  # fmt: skip
def test_a_day_is_read_in_every_way_that_says_which_is_the_month(text):
    assert days(texts(text)).tolist() == [pd.Timestamp("2026-11-08")]


@pytest.mark.parametrize(
    "text", ["11/08/2026", "08.11.2026", "2026-02-30", "2026-13-01", "2026", "2026-11", "20261108", "soon", "infinity",
             "2026-11-08 25:00:00", "46334", "8 Nov", "2026-11-08x"],
)  # fmt: skip
def test_a_day_that_is_none_or_could_be_two_is_not_guessed(text):
    assert days(texts(text)).isna().all()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01 18:30:00", "2026-11-01 18:30:00"),
        ("2026-11-01T18:30:00Z", "2026-11-01 18:30:00"),
        ("2026-11-01T18:30:00+02:00", "2026-11-01 16:30:00"),
        ("2026-11-01 18:30:00+00", "2026-11-01 18:30:00"),
        ("2026-11-01 18:30:00.987654", "2026-11-01 18:30:00"),
    ],
)
def test_a_moment_is_in_utc_and_whole_seconds(text, moment):
    found = moments(texts(text, "nothing"))
    assert found.dtype == "datetime64[s]" and found[0] == pd.Timestamp(moment) and pd.isna(found[1])


@given(st.lists(st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31)), min_size=1, unique=True))
def test_what_python_writes_as_iso_is_read_as_the_same_moment(values):
    written = texts(*(value.isoformat(sep=" ") for value in values))
    assert [str(found) for found in moments(written)] == [
        value.replace(microsecond=0).isoformat(sep=" ") for value in values
    ]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, unique=True))
def test_a_number_is_read_to_its_last_digit(values):
    assert numbers(texts(*map(repr, values))).tolist() == values


@pytest.mark.parametrize("text", ["1,5", "1.234,5", "2 kg", "inf", "-Infinity", "1e999", "one", "0x10", "1_000"])
def test_a_text_that_is_no_finite_number_is_not_guessed(text):
    assert numbers(texts(text)).isna().all()


@pytest.mark.parametrize(("words", "meant"), [("t True TRUE yes Y 1 1.0", True), ("f False no n 0 0.0", False)])
def test_flags_are_read_as_databases_people_and_pandas_write_them(words, meant):
    assert flags(texts(*words.split())).tolist() == [meant] * len(words.split())
    assert flags(texts("maybe", "2")).isna().all()


def test_no_text_at_all_is_nothing():
    assert [len(read(texts())) for read in (numbers, flags, days, moments)] == [0, 0, 0, 0]
