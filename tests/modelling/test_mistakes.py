"""What an answer may say next, and what it must not."""

import mlx.core as mx
import pytest

from pantrypilot.kitchen.text import render_answer, render_system
from pantrypilot.modelling.base import build_model
from pantrypilot.modelling.batching import EncodedRow, encode_row, make_batch
from pantrypilot.modelling.losses import answer_loss, training_loss
from pantrypilot.modelling.mistakes import ListTokens, up_to_steps, with_mistakes
from pantrypilot.modelling.tokenizer import load_tokenizer, train_tokenizer

FOODS = ("rice", "tofu", "soy sauce", "ham", "leek", "oil")


@pytest.fixture(scope="module")
def kitchen_tokenizer():
    text = [f"Recipe {name} with {name} for the dinner, fry it {number}." for number, name in enumerate(FOODS)]
    texts = [*text, *(f" {name}" for name in FOODS)] * 50
    for size in range(400, 280, -1):  # whatever so few words can fill
        try:
            return load_tokenizer(train_tokenizer(texts, size, 256, FOODS))
        except ValueError:
            continue
    raise AssertionError("no vocabulary size fits the toy texts")


@pytest.fixture
def marks(kitchen_tokenizer):
    """From pantry and answer to right and wrong, each [(what stands there, what may or must not)] in words."""

    tokenizer = kitchen_tokenizer

    def find(pantry, title, selected, additions=()):
        turns = [
            {"role": "system", "content": render_system(pantry, ["vegan"])},
            {"role": "user", "content": "dinner"},
            {"role": "assistant", "content": render_answer(title, selected, additions, ["fry it"])},
        ]
        row = with_mistakes(encode_row(turns, tokenizer), ListTokens.of(tokenizer))
        return in_words(row, row.right), in_words(row, row.wrong)

    def in_words(row, pairs):
        found = {}
        for index, token in pairs:
            words = found.setdefault(index, (tokenizer.decode([row.tokens[index]]).strip(), set()))[1]
            words.add(tokenizer.decode([token]).strip())
        return [found[index] for index in sorted(found)]

    return find


def test_what_is_left_of_the_pantry_is_right_and_nothing_else(marks):
    right, _ = marks(["rice", "ham", "tofu", "leek", "oil"], "it", ["rice", "tofu", "oil"], ["soy sauce"])
    assert right[1::2] == [
        ("rice", {"rice", "ham", "tofu", "leek", "oil"}),
        ("tofu", {"ham", "tofu", "leek", "oil"}),
        ("oil", {"leek", "oil"}),
    ]


def test_whether_the_list_goes_on_is_marked_at_every_item(marks):
    right, _ = marks(["rice", "ham", "tofu"], "it", ["rice", "tofu"], ["soy sauce"])
    assert right[::2] == [("-", {"-"}), ("-", {"-"}), ("", {""})]


def test_a_selected_item_that_leaves_the_order_is_right_all_the_same(marks):
    right, _ = marks(["rice", "tofu", "leek"], "it", ["leek", "rice"])
    assert right[1::2] == [("leek", {"rice", "tofu", "leek"}), ("rice", {"rice"})]


def test_additions_are_not_in_the_pantry_and_named_once(marks):
    _, wrong = marks(["rice", "tofu"], "it", ["tofu"], ["leek", "oil"])
    assert wrong[-2:] == [("leek", {"rice", "tofu"}), ("oil", {"rice", "tofu", "leek"})]


def test_a_title_names_nothing_twice(marks):
    _, wrong = marks(["rice"], "rice with tofu", ["rice"])
    assert ("tofu", {"rice", "with"}) in wrong


def test_a_tokenizer_without_the_headers_gives_no_mistakes():
    class Plain:
        def encode(self, text, add_special_tokens=True):
            return list(text.encode())

    assert ListTokens.of(Plain()) is None


def test_unlikelihood_adds_the_chance_of_what_is_wrong(model_config):
    model = build_model(model_config)
    row = EncodedRow((5, 6, 7, 8, 9), 2, right=((2, 7), (2, 13)), wrong=((3, 11), (3, 12), (4, 11)))
    batch = make_batch([EncodedRow((5, 6, 7), 1), row])
    logits = model(mx.array([row.tokens[:-1]]))[0]
    chances = mx.softmax(logits, axis=-1)
    by_hand = -mx.log(1 - chances[2, 11] - chances[2, 12]) - mx.log(1 - chances[3, 11])
    by_hand -= mx.log(chances[1, 7] + chances[1, 13])
    plain = answer_loss(model, batch).item()
    assert training_loss(model, batch, 0.0).item() == plain
    assert training_loss(model, batch, 2.0).item() == pytest.approx(plain + 2 * by_hand.item(), rel=1e-5)


def test_a_row_cut_at_its_steps_keeps_its_lists(kitchen_tokenizer):
    known = ListTokens.of(kitchen_tokenizer)
    turns = [
        {"role": "user", "content": "dinner"},
        {"role": "assistant", "content": render_answer("it", ["rice"], [], ["fry it"])},
    ]
    row = encode_row(turns, kitchen_tokenizer)
    cut = up_to_steps(row, known)
    assert cut.tokens == row.tokens[: len(cut.tokens)] and cut.tokens[-1] == known.steps
    assert up_to_steps(cut, known) == cut
    assert up_to_steps(EncodedRow((1, 2, 3), 1), known) == EncodedRow((1, 2, 3), 1)
