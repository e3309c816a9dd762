"""Answers with closed lists, of the embedded base with a worn-out adapter."""

import pytest

from pantrypilot.diets import default_judge
from pantrypilot.kitchen import parse_answer
from pantrypilot.modelling.adapters import Adapter
from pantrypilot.modelling.generation import GenerationSettings
from pantrypilot.pipelines.evaluation.answers import answer_with_adapter, answer_with_closed_lists
from project_toys import BASE, augmentation_params, corpus, evaluation_params, homes, pantry_params, strategy_params

CARD = {"strategy": "v2"}


@pytest.fixture(scope="module")
def asked():
    from pantrypilot.pipelines.evaluation.prompts import make_prompts

    pools = (*corpus(), homes(), pantry_params(), augmentation_params(), evaluation_params())
    return make_prompts(*pools, strategy_params("v2"), 4).sample(16, random_state=1).reset_index(drop=True)


@pytest.fixture(scope="module")
def base():
    from pantrypilot.modelling.base import ModelFolder

    return ModelFolder(str(BASE))


@pytest.fixture(scope="module")
def worn(base):
    """A LoRA adapter of noise: the lists of its answers break now and then."""
    import mlx.core as mx

    from pantrypilot.modelling import adapters
    from pantrypilot.modelling.plan import LoraSettings

    model, _ = base.load()
    config = adapters.adapter_config(LoraSettings(rank=4, alpha=8), model, base.path)
    made = adapters.adapter_of(adapters.add_lora(model, config, 7), config)
    noise = {name: mx.random.normal(value.shape, scale=0.05) for name, value in made.weights.items()}
    return Adapter(noise, config)


def settings(temperature: float = 0.0):
    generation = GenerationSettings(max_tokens=160, temperature=temperature)
    return evaluation_params().model_copy(update={"generation": generation})


def closed(asked, base, worn, answers, **changes):
    return answer_with_closed_lists(asked, base, settings(**changes), worn, CARD, answers, default_judge().knowledge)


@pytest.fixture(scope="module")
def answers(asked, base, worn):
    return answer_with_adapter(asked, base, settings(), worn, CARD)


def faultless(table, asked):
    """Finished, well formed, and nothing selected that the pantry has not."""
    read = [(row.finish_reason, parse_answer(row.text)) for row in table.itertuples()]
    return [
        reason == "stop" and not answer.problems and set(answer.selected) <= set(pantry)
        for (reason, answer), pantry in zip(read, asked["pantry"], strict=True)
    ]


def test_greedy_answers_without_a_fault_are_what_closed_lists_give(asked, base, worn, answers):
    kept = faultless(answers, asked)
    assert 0 < sum(kept) < len(kept)
    all_anew = closed(asked, base, worn, answers.assign(finish_reason="length"))
    assert closed(asked, base, worn, answers).equals(all_anew)
    assert list(all_anew["text"][kept]) == list(answers["text"][kept])


def test_closed_lists_leave_no_fault(asked, base, worn, answers):
    assert sum(faultless(closed(asked, base, worn, answers), asked)) >= len(asked) - 1  # a noisy one may be cut off


def test_drawn_answers_are_all_drawn_anew(asked, base, worn, answers):
    drawn = closed(asked, base, worn, answers, temperature=1.0)
    assert list(drawn["prompt_id"]) == list(asked["prompt_id"])
    assert not set(drawn["text"]) & set(answers["text"])
