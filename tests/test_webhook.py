"""The notices to a chat room, against a real server."""

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline

from pantrypilot.webhook import ADDRESS, LONGEST, WebhookNotices

SECRET = "T0000-secret"
HANGS = "hangs"
SUMMARY = "Alerts: 3 (Expired 3)"
PIPELINE = Pipeline([Node(lambda stock: stock, "stock", "summary", name="say_it")], namespace="pantry")
OTHER = Pipeline([Node(lambda rows: rows, "rows", "summary", name="say_it")], namespace="generator")
CATALOG = DataCatalog({"pantry.summary": MemoryDataset(SUMMARY)})


@pytest.fixture
def room(monkeypatch):
    """A server that gives `room.answers` in turn and keeps what it was told."""
    told, answers, done = [], [], threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.append((self.path, self.headers["Content-Type"], json.loads(body)))
            answer = answers.pop(0) if answers else 200
            if answer == HANGS:
                done.wait(10)
                return
            self.send_response(answer)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/services/{SECRET}"
    monkeypatch.setenv(ADDRESS, address)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield SimpleNamespace(told=told, answers=answers, address=address)
    done.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def everything_logged(caplog):
    caplog.set_level(logging.DEBUG)


def notices(**changes) -> WebhookNotices:
    return WebhookNotices(**{"timeout": 0.3, "attempts": 3, "wait": 0.01, **changes})


def finish(pipeline=PIPELINE, **changes) -> None:
    notices(**changes).after_pipeline_run({}, pipeline, CATALOG)


def warnings(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def texts(room) -> list[str]:
    return [body["text"] for _, _, body in room.told]


def test_a_run_is_told_as_slack_takes_it(room, caplog):
    finish()
    ((path, kind, body),) = room.told
    assert path.endswith(SECRET) and kind == "application/json"
    assert list(body) == ["text"] and SUMMARY in body["text"]
    assert not warnings(caplog) and SECRET not in caplog.text


def test_a_server_that_stumbles_is_asked_again(room, caplog):
    room.answers += [500, 429, 200]
    finish()
    assert len(room.told) == 3 and not warnings(caplog)


@pytest.mark.parametrize(
    ("answers", "attempts", "reason"),
    [([500, 500, 500], 3, "it answered 500"), ([404], 1, "it answered 404"), ([HANGS] * 3, 3, "Timeout")],
)
def test_a_server_that_will_not_hear_is_a_warning_without_its_address(room, caplog, answers, attempts, reason):
    room.answers += answers
    finish()
    assert len(room.told) == attempts
    (warning,) = warnings(caplog)
    assert reason in warning and "could not be told" in warning
    assert SECRET not in caplog.text and "127.0.0.1" not in caplog.text


@pytest.mark.parametrize(
    "address",
    [
        f"http://127.0.0.1:9/{SECRET}",
        f"hooks.example/{SECRET}",
        f"file:///{SECRET}",
        f"http://host name/{SECRET}",
        f"http://127.0.0.1:port/{SECRET}",
        f"http://[::1/{SECRET}",
    ],
)
def test_an_address_that_leads_nowhere_is_a_warning_that_does_not_quote_it(monkeypatch, caplog, address):
    monkeypatch.setenv(ADDRESS, address)
    finish(attempts=1)
    assert len(warnings(caplog)) == 1
    assert SECRET not in caplog.text


def test_a_failure_is_told_in_plain_words_with_its_cause(room):
    try:
        try:
            raise OSError("connection refused by postgresql://cook:sesame@db.example/pantry")
        except OSError as cause:
            raise ValueError("The database cannot be reached.") from cause
    except ValueError as error:
        notices().on_pipeline_error(error, {}, PIPELINE, CATALOG)
    (text,) = texts(room)
    assert "failed" in text and "The database cannot be reached." in text and "connection refused" in text
    assert "sesame" not in text and "cook" in text


def test_runs_without_pantries_are_nobodys_business(room):
    finish(OTHER)
    notices().on_pipeline_error(ValueError("x"), {}, OTHER, CATALOG)
    assert room.told == []


def test_without_an_address_nothing_is_sent(monkeypatch, caplog):
    monkeypatch.delenv(ADDRESS, raising=False)
    finish()
    assert not caplog.text


def test_the_address_can_come_from_the_credentials(room, monkeypatch, tmp_path):
    from kedro.config import OmegaConfigLoader

    monkeypatch.delenv(ADDRESS)
    (tmp_path / "base").mkdir()
    (tmp_path / "local").mkdir()
    loader = OmegaConfigLoader(str(tmp_path), base_env="base", default_run_env="local")
    hook = notices()
    hook.after_context_created(SimpleNamespace(config_loader=loader))
    hook.after_pipeline_run({}, PIPELINE, CATALOG)
    assert room.told == []
    (tmp_path / "local/credentials.yml").write_text(f"pantry_webhook: {{url: '{room.address}'}}\n")
    hook.after_pipeline_run({}, PIPELINE, CATALOG)
    assert len(room.told) == 1


def test_a_very_long_message_is_cut(room):
    notices().on_pipeline_error(ValueError("x" * 10_000), {}, PIPELINE, CATALOG)
    assert len(texts(room)[0]) <= LONGEST + 2
