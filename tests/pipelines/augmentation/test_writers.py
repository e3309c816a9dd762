"""Writers: the offline composer's parts, replies of every shape, and a real HTTP server on a real socket."""

import json
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from kitchen_toys import composer_params, shortfall, toy_frame, toy_verdicts

from pantrypilot.datasets.reply_cache import Replies
from pantrypilot.diets import Knowledge
from pantrypilot.kitchen.dishes import load_dishes
from pantrypilot.kitchen.frames import from_frame
from pantrypilot.kitchen.records import LabelledRecipe
from pantrypilot.pipelines.augmentation.compose import compose_recipes
from pantrypilot.pipelines.augmentation.replies import parse_reply
from pantrypilot.pipelines.augmentation.writers import Rejected, Request, WriterError, rounded

REQUEST = Request("korean", "dinner", (), 0)
NO_DIET = [{"diets": [], "share": 1}]
REPLY = """Recipe: {title}
Selected ingredients from your pantry:
- tofu (250 g)
- spinach (1 1/2 cup)
Suggested additions:
- {extra} (2 tbsp)
Instructions:
1. Fry the tofu for 5 minutes until golden.
2. Add the spinach and the {extra} and serve hot."""
EXTRAS = ["soy sauce", "sesame oil", "garlic", "rice", "ginger", "carrot", "mushrooms", "scallions"]


class Kitchen(ThreadingHTTPServer):
    """A tiny OpenAI-compatible server: says what `answers` gives for the n-th question."""

    daemon_threads = True

    def __init__(self, answers, port):
        super().__init__(("127.0.0.1", port), Handler)
        self.answers, self.asked, self.lock = answers, [], threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        question["authorization"] = self.headers["Authorization"]
        with self.server.lock:
            self.server.asked.append(question)
            number = len(self.server.asked) - 1
        answer = self.server.answers(number)
        if answer == "hang up":
            self.connection.close()
            return
        kind = "application/json"
        if isinstance(answer, tuple):  # a server of another kind
            kind, data = answer
            status, data = 200, data.encode()
        else:
            status, body = (answer, {"error": {"message": "no"}}) if isinstance(answer, int) else (200, reply(answer))
            data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def reply(text):
    message = {"role": "assistant", "content": text}
    return {
        "id": "1", "object": "chat.completion", "created": 0, "model": "toy",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
    }  # fmt: skip


@contextmanager
def serving(answers, port=0):
    server = Kitchen(answers, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def new_dish(number):
    return REPLY.format(title=f"Dish {number}", extra=EXTRAS[number % len(EXTRAS)])


def ask(url, cache, missing=3, diets=NO_DIET, tries=1, **openai):
    quick = {"base_url": url, "first_wait": 0.01, "longest_wait": 0.02, "retries": 3, "concurrency": 1, "timeout": 5}
    params = composer_params(openai={**quick, **openai}, writer="openai", diets=diets, tries=tries)
    wanted, knowledge, dishes = shortfall(korean=missing), Knowledge.load(), load_dishes()
    table, rejects = compose_recipes(toy_frame(), wanted, toy_verdicts(), params, cache, knowledge, dishes)
    return from_frame(table, LabelledRecipe), rejects


@pytest.fixture
def cache(tmp_path):
    return Replies(tmp_path / "cache.jsonl")


def test_replies_of_a_server_become_recipes_with_amounts(cache):
    with serving(new_dish) as server:
        made, rejects = ask(server.url, cache)
    assert [recipe.title for recipe in made] == ["Dish 0", "Dish 1", "Dish 2"]
    assert len(rejects) == 0
    amounts = [(item.name, item.quantity, item.unit) for item in made[0].ingredients]
    assert amounts == [("tofu", 250, "g"), ("spinach", 1.5, "cup"), ("soy sauce", 2, "tbsp")]
    assert made[0].source == "openai"
    assert "vegan" in made[0].diets


def test_the_question_holds_cuisine_diet_ingredients_and_the_asked_settings(cache):
    with serving(new_dish) as server:
        vegan = [{"diets": ["vegan"], "share": 1}]
        ask(server.url, cache, missing=1, diets=vegan, model="llama", temperature=0.3, hints=99)
    question = server.asked[0]
    assert (question["model"], question["temperature"]) == ("llama", 0.3)
    assert question["max_tokens"] == 600
    system, user = (message["content"] for message in question["messages"])
    assert "Dietary: vegan" in system
    assert "tofu" in system
    assert "beef steak" not in system
    assert "korean" in user
    assert "vegan" in user
    assert not re.search(r"\{(cuisine|meal|diets)\}", user)


def test_each_dish_is_asked_for_with_another_seed(cache):
    with serving(new_dish) as server:
        ask(server.url, cache, missing=4)
    assert len({question["seed"] for question in server.asked}) == 4


@pytest.mark.parametrize("trouble", [503, 429, 500, "hang up"])
def test_a_server_that_stumbles_twice_is_asked_again(cache, trouble, caplog):
    with serving(lambda number: trouble if number < 2 else new_dish(number)) as server:
        made, _ = ask(server.url, cache, missing=1)
    assert len(made) == 1
    assert len(server.asked) == 3
    assert caplog.text.count("try ") == 2


def test_a_server_that_is_down_is_an_error_with_its_address_and_a_remedy(cache):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(WriterError) as error:
        ask(url, cache, retries=1)
    message = str(error.value)
    assert url in message
    assert "2 tries" in message
    assert "base_url" in message
    assert "run again" in message


def test_a_server_that_refuses_is_not_asked_again_and_the_error_names_model_and_variable(cache):
    with serving(lambda _: 404) as server, pytest.raises(WriterError) as error:
        ask(server.url, cache, model="nobody")
    assert len(server.asked) == 1
    assert "'nobody'" in str(error.value)
    assert "PANTRYPILOT_API_KEY" in str(error.value)


PAGE = "<!doctype html><title>Welcome</title>"


@pytest.mark.parametrize(
    "answer",
    [
        ("text/html", PAGE),
        ("application/json", PAGE),
        ("application/json", '{"hello": "world"}'),
        ("application/json", '{"choices": [{"text": "Recipe: Stew"}]}'),
        ("application/json", '{"choices": "none"}'),
        ("application/json", "[1]"),
        ("application/json", "null"),
    ],
)
def test_a_server_of_another_kind_is_an_error_with_its_address_and_a_remedy(cache, answer):
    with serving(lambda _: answer) as server, pytest.raises(WriterError) as error:
        ask(server.url, cache, missing=1)
    assert len(server.asked) == 1 and len(cache) == 0
    message = str(error.value)
    assert server.url in message and "OpenAI protocol" in message and "base_url" in message


def test_another_server_is_not_answered_from_the_cache(cache):
    for _ in range(2):
        with serving(new_dish) as server:
            ask(server.url, cache, missing=1)
            ask(f"{server.url}/", cache, missing=1)
        assert len(server.asked) == 1
    assert len(cache) == 2


def test_a_run_that_was_interrupted_goes_on_without_asking_again(cache):
    with serving(lambda number: new_dish(number) if number < 2 else 503) as server, pytest.raises(WriterError):
        ask(server.url, cache, missing=5, retries=0)
    assert len(cache) == 2
    with serving(lambda number: new_dish(number + 2), server.server_address[1]) as server:
        made, _ = ask(server.url, Replies(cache.path), missing=5)
    assert len(server.asked) == 3
    assert sorted(recipe.title for recipe in made) == [f"Dish {number}" for number in range(5)]


def test_a_second_run_asks_nothing_and_gives_the_same_recipes(cache):
    with serving(new_dish) as server:
        first, _ = ask(server.url, cache, concurrency=3)
        again, _ = ask(server.url, Replies(cache.path), concurrency=3)
        assert len(server.asked) == 3
    assert first == again


@pytest.mark.parametrize("change", [{"model": "other"}, {"temperature": 0.1}, {"max_tokens": 99}, {"prompt": "Cook."}])
def test_another_question_is_not_answered_from_the_cache(cache, change):
    with serving(new_dish) as server:
        ask(server.url, cache, missing=1)
        ask(server.url, cache, missing=1, **change)
    assert len(server.asked) == 2


def test_a_reply_that_is_no_recipe_is_kept_with_its_reason_and_asked_for_once_more(cache):
    with serving(lambda number: "Sorry, I cannot cook." if number == 0 else new_dish(number)) as server:
        made, rejects = ask(server.url, cache, missing=1, tries=2)
    assert [recipe.title for recipe in made] == ["Dish 1"]
    assert rejects["reply"].tolist() == ["Sorry, I cannot cook."]
    assert "no title" in rejects["reason"][0]
    assert server.asked[0]["seed"] != server.asked[1]["seed"]


def test_a_dish_that_breaks_its_diet_is_rejected_with_the_ingredient(cache):
    with serving(lambda _: REPLY.format(title="Tofu Bowl", extra="fish sauce")) as server:
        made, rejects = ask(server.url, cache, missing=1, diets=[{"diets": ["vegan"], "share": 1}])
    assert not made
    assert rejects["reason"].tolist() == ["fish sauce is forbidden for vegan"]
    assert rejects["title"].tolist() == ["Tofu Bowl"]
    assert "fish sauce (2 tbsp)" in rejects["reply"][0]


def test_an_empty_reply_is_rejected_and_not_remembered(cache):
    with serving(lambda _: "  ") as server:
        _, rejects = ask(server.url, cache, missing=1)
    assert rejects["reason"].tolist() == ["the reply is empty"]
    assert len(cache) == 0


def test_the_key_is_sent_but_never_logged_or_stored(cache, monkeypatch, caplog):
    monkeypatch.setenv("MY_KITCHEN_KEY", "sk-very-secret")
    caplog.set_level("DEBUG", logger="pantrypilot")
    with serving(lambda number: 503 if number == 0 else new_dish(number)) as server:
        ask(server.url, cache, missing=1, api_key_env="MY_KITCHEN_KEY")
    assert server.asked[0]["authorization"] == "Bearer sk-very-secret"
    assert "sk-very-secret" not in caplog.text + cache.path.read_text()


def test_several_questions_are_open_at_once_when_asked_to(cache):
    arrived = threading.Barrier(3, timeout=5)

    def together(number):
        arrived.wait()
        return new_dish(number)

    with serving(together) as server:
        made, _ = ask(server.url, cache, missing=3, concurrency=3)
    assert len(made) == 3
    assert not arrived.broken


def test_an_error_does_not_wait_for_the_back_off_of_the_others(cache):
    with serving(lambda number: 404 if number == 1 else 503) as server:
        start = time.perf_counter()
        with pytest.raises(WriterError, match="404"):
            ask(server.url, cache, missing=2, concurrency=2, first_wait=30, longest_wait=30)
        assert time.perf_counter() - start < 10


JSON = {
    "title": "Tofu Bowl",
    "ingredients": [{"name": "Tofu", "quantity": "1/2", "unit": "Cup"}, "rice"],
    "steps": ["1. Fry the tofu."],
}


@pytest.mark.parametrize("wrap", ["{}", "Here it is:\n```json\n{}\n```\nEnjoy {{it}}!", "{{not json}} {}"])
def test_json_is_read_wherever_it_stands_in_the_reply(wrap):
    recipe = parse_reply(wrap.replace("{}", json.dumps(JSON)), REQUEST, "openai")
    assert (recipe.title, recipe.names, recipe.steps) == ("Tofu Bowl", ("tofu", "rice"), ("Fry the tofu.",))
    assert (recipe.ingredients[0].quantity, recipe.ingredients[0].unit) == (0.5, "cup")
    assert (recipe.ingredients[1].quantity, recipe.ingredients[1].unit) == (None, None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": ""}, "no title"),
        ({"title": 5}, "needs a title"),
        ({"ingredients": []}, "no ingredients"),
        ({"ingredients": [{"quantity": 1}]}, "without a name"),
        ({"ingredients": ["  "]}, "without a name"),
        ({"ingredients": ["tofu", "Tofu"]}, "tofu is listed twice"),
        ({"steps": []}, "no steps"),
        ({"steps": [1]}, "not all text"),
        ({"cuisine": "Mexican"}, "calls itself mexican, not korean"),
    ],
)
def test_json_that_is_no_recipe_is_rejected_with_the_reason(change, reason):
    with pytest.raises(Rejected, match=reason):
        parse_reply(json.dumps({**JSON, **change}), REQUEST, "openai")


@pytest.mark.parametrize("amount", ["1/0 cup", "", "a handful", "2", "∞ g", "-3 g", "1" * 400 + " g"])
def test_an_odd_amount_never_breaks_the_reading(amount):
    try:
        recipe = parse_reply(json.dumps({**JSON, "ingredients": [{"name": "tofu", "quantity": amount}]}), REQUEST, "x")
    except Rejected:
        return
    quantity = recipe.ingredients[0].quantity
    assert quantity is None or 0 < quantity < 1e6


@pytest.mark.parametrize(
    ("quantity", "unit", "written"),
    [(0.2, "pcs", 1), (2.6, "clove", 3), (133, "g", 130), (12, "ml", 10), (0.3, "tsp", 0.25), (1.3, "cup", 1.5)],
)
def test_quantities_are_written_as_a_cook_would(quantity, unit, written):
    assert rounded(quantity, unit) == written


BASE = Path(__file__).parents[3] / "data/06_models/pantry-tiny"


@pytest.mark.slow
@pytest.mark.skipif(not (BASE / "config.json").is_file(), reason=f"no base model in {BASE}")
def test_mlx_lm_server_with_our_own_base_writes_replies_that_are_kept(cache):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlx_lm.server", "--model", str(BASE), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", server)
        made, rejects = ask(
            f"http://127.0.0.1:{port}/v1", cache, missing=4, model=str(BASE), hints=8, max_tokens=200, timeout=60,
            temperature=0.0, prompt="Give me a {cuisine} recipe.",
        )  # fmt: skip
    finally:
        server.terminate()
        server.wait(timeout=20)
    assert len(made) + len(rejects) == 4
    assert len(cache) == 4
    assert all(reason for reason in rejects["reason"])
    assert all(recipe.steps and recipe.title for recipe in made)


def _wait_for(url, server, seconds=90):
    for _ in range(seconds * 2):
        assert server.poll() is None, "mlx_lm.server ended before it answered"
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("mlx_lm.server does not answer")
