"""Nodes: the models' answers to the test prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pantrypilot.diets import Judge
from pantrypilot.diets.knowledge import Knowledge
from pantrypilot.modelling.adapters import Adapter
from pantrypilot.modelling.base import ModelFolder
from pantrypilot.modelling.generation import GenerationSettings
from pantrypilot.pipelines.evaluation.params import EvaluationParams
from pantrypilot.pipelines.types import Table
from pantrypilot.scoring.answers import FINISHED

if TYPE_CHECKING:
    from pantrypilot.modelling.guard import Guard


def answer_as_base(prompts: Table, base: ModelFolder, evaluation: EvaluationParams) -> Table:
    """Answers of the base alone -> prompt_id, model, text, finish_reason, tokens."""
    return _answers("base", prompts, base, evaluation)


def answer_with_adapter(
    prompts: Table, base: ModelFolder, evaluation: EvaluationParams, adapter: Adapter, run_card: dict[str, Any]
) -> Table:
    """Answers of the base with an adapter, called by the strategy of its run card."""
    return _answers(run_card["strategy"], prompts, base, evaluation, adapter)


def answer_with_closed_lists(
    prompts: Table,
    base: ModelFolder,
    evaluation: EvaluationParams,
    adapter: Adapter,
    run_card: dict[str, Any],
    generations: Table,
    diet_knowledge: Knowledge,
) -> Table:
    """The same under the guard's rules of form alone: selected from the pantry, each thing once, whatever the diet.

    Greedy answers of `generations` that the guard accepts are what it would have let through, and are taken over.
    """
    import pandas as pd

    from pantrypilot.modelling.guard import Guard

    model, tokenizer = _loaded(base, adapter)
    guard, settings = Guard(tokenizer, Judge(diet_knowledge)), evaluation.generation
    before = generations.set_index("prompt_id").loc[prompts["prompt_id"]].reset_index()[generations.columns]
    fine = [
        settings.temperature == 0 and answer.finish_reason == FINISHED and guard.accepts(answer.text, pantry, ())
        for answer, pantry in zip(before.itertuples(), prompts["pantry"], strict=True)
    ]
    anew = _ask(run_card["strategy"], prompts[[not kept for kept in fine]], model, tokenizer, settings, guard)
    both = pd.concat([before[fine], anew]).set_index("prompt_id")
    return both.loc[prompts["prompt_id"]].reset_index()


def _answers(
    name: str, prompts: Table, base: ModelFolder, evaluation: EvaluationParams, adapter: Adapter | None = None
) -> Table:
    return _ask(name, prompts, *_loaded(base, adapter), evaluation.generation)


def _loaded(base: ModelFolder, adapter: Adapter | None) -> tuple[Any, Any]:
    from pantrypilot.modelling.adapters import put_on

    model, tokenizer = base.load()
    return (model if adapter is None else put_on(model, adapter)), tokenizer


def _ask(
    name: str, prompts: Table, model: Any, tokenizer: Any, settings: GenerationSettings, guard: Guard | None = None
) -> Table:
    import pandas as pd

    from pantrypilot.modelling.batching import encode_prompt
    from pantrypilot.modelling.generation import generate_batch

    tokens = [
        encode_prompt([{"role": "system", "content": row.system}, {"role": "user", "content": row.user}], tokenizer)
        for row in prompts.itertuples()
    ]
    watches, title = None, f"answers of {name}"
    if guard is not None:
        watches = [[guard.watch(tuple(pantry), ())] for pantry in prompts["pantry"]]
        title += ", lists closed"
    answers = generate_batch(model, tokenizer, tokens, settings, watches, title=title)
    return pd.DataFrame(
        {
            "prompt_id": prompts["prompt_id"],
            "model": name,
            "text": [answer.text for answer in answers],
            "finish_reason": [answer.finish_reason for answer in answers],
            "tokens": [answer.tokens for answer in answers],
        }
    )
