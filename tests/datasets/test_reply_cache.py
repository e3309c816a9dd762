"""The reply cache, on real files."""

import json
import threading

import pytest

from pantrypilot.datasets.reply_cache import Replies, ReplyCache


def test_a_reply_is_on_disk_as_soon_as_it_is_put(tmp_path):
    path = tmp_path / "deep" / "cache.jsonl"
    replies = Replies(path)
    replies.put("k1", "Recipe: Crème\nbrûlée", model="m", about="french #0.0")
    assert json.loads(path.read_text("utf-8"))["about"] == "french #0.0"
    assert Replies(path).get("k1") == "Recipe: Crème\nbrûlée"


def test_an_unknown_key_has_no_reply(tmp_path):
    assert Replies(tmp_path / "none.jsonl").get("k") is None


def test_a_half_written_last_line_is_left_out_and_the_next_reply_is_not_glued_to_it(tmp_path, caplog):
    path = tmp_path / "cache.jsonl"
    Replies(path).put("k1", "one")
    with path.open("a") as file:
        file.write('{"key": "k2", "reply": "tw')
    replies = Replies(path)
    assert (replies.get("k1"), replies.get("k2")) == ("one", None)
    assert "1 damaged" in caplog.text
    replies.put("k3", "three")
    again = Replies(path)
    assert (again.get("k1"), again.get("k3"), len(again)) == ("one", "three", 2)


@pytest.mark.parametrize("line", ["[1, 2]", "null", '{"key": "k2"}', "\ufffd\x00", '"text"'])
def test_a_line_that_is_no_reply_is_left_out(tmp_path, line):
    path = tmp_path / "cache.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    replies = Replies(path)
    replies.put("k1", "one")
    assert len(Replies(path)) == 1


def test_a_reply_with_line_separators_stays_one_line(tmp_path):
    path = tmp_path / "cache.jsonl"
    Replies(path).put("k1", "a\u2028b\x85c\r\nd")
    assert Replies(path).get("k1") == "a\u2028b\x85c\r\nd"


def test_threads_do_not_mix_their_lines(tmp_path):
    replies = Replies(tmp_path / "cache.jsonl")

    def put(worker):
        for number in range(30):
            replies.put(f"{worker}-{number}", "x" * 2000)

    threads = [threading.Thread(target=put, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Replies(tmp_path / "cache.jsonl")) == 120


def test_the_dataset_loads_without_a_file_and_previews_the_latest_replies(tmp_path):
    dataset = ReplyCache(filepath=str(tmp_path / "cache.jsonl"))
    assert dataset.exists()
    dataset.load().put("k1", "one", model="m", about="thai #3.0")
    assert dataset.preview()["data"] == [["m", "thai #3.0", "one"]]


def test_a_node_cannot_save_over_the_cache(tmp_path):
    with pytest.raises(Exception, match="one by one"):
        ReplyCache(filepath=str(tmp_path / "cache.jsonl")).save({})
