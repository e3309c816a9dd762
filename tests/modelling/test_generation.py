import pytest

from pantrypilot.modelling.batching import encode_prompt
from pantrypilot.modelling.generation import GenerationSettings, generate_batch

import mlx.core as mx  # isort: skip


@pytest.fixture(scope="module")
def loaded(base):
    return base.load()


@pytest.fixture(scope="module")
def prompts(chat_rows, tokenizer):
    return [encode_prompt(row["messages"][:-1], tokenizer) for row in chat_rows[:9]]


def _always(token: int):
    """A processor that leaves one choice."""

    def choose(_, logits):
        return mx.broadcast_to(mx.where(mx.arange(logits.shape[-1]) == token, 0.0, -mx.inf), logits.shape)

    return choose


def _greedy(loaded, prompts, batch_size, **more):
    return generate_batch(*loaded, prompts, GenerationSettings(max_tokens=12, batch_size=batch_size), **more)


def test_answers_come_in_the_order_of_the_prompts(loaded, prompts):
    _, tokenizer = loaded
    letters = [tokenizer.encode(letter)[0] for letter in "abcdefghi"]
    answers = _greedy(loaded, prompts, 4, processors=[[_always(token)] for token in letters])
    assert [answer.text for answer in answers] == [letter * 12 for letter in "abcdefghi"]


def test_greedy_answers_are_those_of_a_plain_loop(loaded, prompts):
    """The reference: one prompt, no cache, the likeliest token each time."""
    model, tokenizer = loaded
    for prompt, answer in zip(prompts[:3], _greedy(loaded, prompts[:3], 8), strict=True):
        tokens = list(prompt)
        while len(tokens) - len(prompt) < 12:
            tokens.append(int(mx.argmax(model(mx.array([tokens]))[0, -1]).item()))
            if tokens[-1] in tokenizer.eos_token_ids:
                break
        assert answer.text == tokenizer.decode([t for t in tokens[len(prompt) :] if t not in tokenizer.eos_token_ids])


def test_greedy_answers_do_not_depend_on_the_batch_size(loaded, prompts):
    alone = _greedy(loaded, prompts, 1)
    assert _greedy(loaded, prompts, 4) == alone
    assert _greedy(loaded, prompts, 64) == alone


def test_the_finish_reason_tells_an_ended_answer_from_a_cut_one(loaded, prompts):
    _, tokenizer = loaded
    letter = tokenizer.encode("a")[0]

    def end_after_three(tokens, logits):
        said = len(tokens) - len(prompts[0])
        return _always(letter if said < 3 else tokenizer.eos_token_id)(tokens, logits)

    processors = [[end_after_three], [_always(letter)], [_always(tokenizer.eos_token_id)]]
    ended, cut, silent = _greedy(loaded, prompts[:3], 8, processors=processors)
    assert (ended.text, ended.finish_reason, ended.tokens) == ("aaa", "stop", 3)
    assert (cut.text, cut.finish_reason, cut.tokens) == ("a" * 12, "length", 12)
    assert (silent.text, silent.finish_reason, silent.tokens) == ("", "stop", 0)


def test_sampling_is_repeatable_by_its_seed(loaded, prompts):
    def draw(seed: int):
        settings = GenerationSettings(max_tokens=12, temperature=1.0, seed=seed)
        return generate_batch(*loaded, prompts, settings)

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


def test_no_prompts_no_answers(loaded):
    assert generate_batch(*loaded, [], GenerationSettings()) == []
