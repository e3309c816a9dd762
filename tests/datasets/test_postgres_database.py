"""Which database is taken, and that no password is ever told."""

import logging
import socket
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kedro.io import DataCatalog, DatasetError

from external_postgres import ENCODED, PASSWORD, external
from pantry_toys import table
from pantrypilot.datasets.postgres_database import find_database, parse_url

NEON = "postgresql://maria:npg_Secret1@ep-cool-sun-123456.eu-central-1.aws.neon.tech/neondb?sslmode=require&channel_binding=require"


@pytest.fixture(scope="module")
def server():
    with external("embedded") as server:
        yield server


@pytest.fixture(autouse=True)
def no_url(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_the_environment_goes_before_the_credentials_and_these_before_the_embedded(monkeypatch, tmp_path):
    assert find_database(str(tmp_path)).embedded
    assert find_database(str(tmp_path), {"url": None}).embedded
    assert find_database(str(tmp_path), {"url": "postgresql://a@local/x"}).url.host == "local"
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@environment/x")
    assert find_database(str(tmp_path), {"url": "postgresql://a@local/x"}).url.host == "environment"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_spelling_of_a_postgres_url_is_taken(scheme):
    url = parse_url(f"{scheme}://maria:secret@host:5433/pantry?sslmode=require", "here")
    assert url.drivername == "postgresql" and (url.host, url.port, url.database) == ("host", 5433, "pantry")
    assert url.query["sslmode"] == "require"


def test_what_neon_hands_out_reaches_the_driver_as_it_is():
    database = find_database("unused", {"url": NEON})
    said = database.address()
    assert said["sslmode"] == "require" and said["channel_binding"] == "require" and said["password"] == "npg_Secret1"
    assert repr(database) == "postgresql://maria@ep-cool-sun-123456.eu-central-1.aws.neon.tech/neondb"


@pytest.mark.parametrize(
    "text",
    ["mysql://maria:Secret1@host/x", "maria:Secret1@host/x", "host=x password=Secret1", "postgresql://maria:Sec@ret1@host/x",
     "postgresql://host:Secret1/x"],
)  # fmt: skip
def test_a_url_that_cannot_be_read_is_refused_without_its_password(text):
    with pytest.raises(DatasetError, match="DATABASE_URL") as caught:
        parse_url(text, "DATABASE_URL")
    said = "".join(traceback.format_exception(caught.value))
    assert "ecret1" not in said.replace(text, "") and "ret1" not in str(caught.value)


def test_signs_that_are_no_separators_in_a_password_need_no_encoding():
    for password in ("Sec/ret1", "12/34", "a:b", "a#b", "a?b", "a b"):
        assert parse_url(f"postgresql://maria:{password}@host/x", "here").password == password


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text))
def test_any_password_that_is_encoded_arrives_and_is_not_shown(password):
    from urllib.parse import quote

    marked = f"<{password}>"
    try:
        url = f"postgresql://maria:{quote(marked, safe='')}@host/pantry"
    except UnicodeEncodeError:  # half of a surrogate pair
        return
    database = find_database("unused", {"url": url})
    assert database.address()["password"] == marked
    assert repr(database) == "postgresql://maria@host/pantry"


def told(error: BaseException) -> str:
    """All that a log or a traceback could show."""
    return "".join(traceback.format_exception(error))


def test_a_wrong_password_is_told_without_it(server, tmp_path, caplog):
    dataset = table("inventory", tmp_path, "public", credentials={"url": server.url("Wr0ng-" + ENCODED)})
    with caplog.at_level(logging.DEBUG), pytest.raises(DatasetError, match="password authentication failed") as caught:
        dataset.load()
    assert "DATABASE_URL" in str(caught.value)
    for text in (told(caught.value), caplog.text, repr(dataset), str(dataset), str(dataset._describe())):
        assert "Wr0ng" not in text and PASSWORD not in text and ENCODED not in text


def test_a_password_in_what_a_server_says_is_blotted_out(server):
    database = find_database("unused", {"url": server.url()})
    with pytest.raises(DatasetError, match=r"refused: .*\*\*\*") as caught, database.connect() as connection:
        connection.execute(f"SELECT {PASSWORD!r}::int")
    assert PASSWORD not in told(caught.value)


def test_a_catalog_that_is_printed_or_shown_has_no_password(server):
    entry = {"type": "pantrypilot.datasets.PostgresTableDataset", "table": "inventory", "folder": "x", "snapshot": "x",
             "mark": "x", "credentials": "pantry_database"}  # fmt: skip
    catalog = DataCatalog.from_config({"t": entry}, {"pantry_database": {"url": server.url()}})
    for text in (repr(catalog["t"]), str(catalog), str(catalog["t"]._describe())):
        assert PASSWORD not in text and ENCODED not in text and "s3cret" not in text


@pytest.mark.parametrize("where", ["no server there", "no such host", "no such database"])
def test_a_database_that_is_not_there_is_told_with_the_place_to_look_at(server, tmp_path, where):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = {
        "no server there": server.url(port=port),
        "no such host": server.url().replace("127.0.0.1", "no-such-host.invalid"),
        "no such database": server.url(database="elsewhere"),
    }[where]
    for call in (table("inventory", tmp_path, "public", credentials={"url": url}).load,
                 table("inventory", tmp_path, "public", credentials={"url": url}).exists):  # fmt: skip
        with pytest.raises(DatasetError, match=r"No connection to the database postgresql://maria@") as caught:
            call()
        assert "Look at DATABASE_URL, or pantry_database in conf/local/credentials.yml" in str(caught.value)
        assert ENCODED not in told(caught.value) and PASSWORD not in told(caught.value)


def test_a_server_that_demands_no_tls_is_refused_where_the_url_does(server, tmp_path):
    url = f"{server.url()}?sslmode=require"
    with pytest.raises(DatasetError, match="server does not support SSL, but SSL was required"):
        table("inventory", tmp_path, "public", credentials={"url": url}).load()
