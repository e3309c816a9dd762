"""Nodes: the models' answers to the test prompts."""

from __future__ import annotations

from typing import Any

from pantrypilot.diets import Judge
from pantrypilot.diets.knowledge import Knowledge
from pantrypilot.modelling.adapters import Adapter
from pantrypilot.modelling.base import ModelFolder
from pantrypilot.pipelines.evaluation.params import EvaluationParams
from pantrypilot.pipelines.types import Table
from pantrypilot.scoring import is_faultless


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

    Greedy answers of `generations` that keep these rules are what closing the lists would give, and are taken over.
    """
    import pandas as pd

    open_answers = generations.set_index("prompt_id").loc[prompts["prompt_id"]].reset_index()[generations.columns]
    keeps = [
        evaluation.generation.temperature == 0 and is_faultless(answer.text, answer.finish_reason, pantry)
        for answer, pantry in zip(open_answers.itertuples(), prompts["pantry"], strict=True)
    ]
    anew = prompts[[not kept for kept in keeps]]
    closed = _answers(run_card["strategy"], anew, base, evaluation, adapter, diet_knowledge)
    both = pd.concat([open_answers[keeps], closed]).set_index("prompt_id")
    return both.loc[prompts["prompt_id"]].reset_index()


def _answers(
    name: str,
    prompts: Table,
    base: ModelFolder,
    evaluation: EvaluationParams,
    adapter: Adapter | None = None,
    closed_by: Knowledge | None = None,
) -> Table:
    import pandas as pd

    from pantrypilot.modelling.adapters import put_on
    from pantrypilot.modelling.batching import encode_prompt
    from pantrypilot.modelling.generation import generate_batch
    from pantrypilot.modelling.guard import Guard

    model, tokenizer = base.load()
    if adapter is not None:
        put_on(model, adapter)
    tokens = [
        encode_prompt([{"role": "system", "content": row.system}, {"role": "user", "content": row.user}], tokenizer)
        for row in prompts.itertuples()
    ]
    watches, title = None, f"answers of {name}"
    if closed_by is not None:
        guard = Guard(tokenizer, Judge(closed_by))
        watches = [[guard.watch(tuple(pantry), ())] for pantry in prompts["pantry"]]
        title += ", lists closed"
    answers = generate_batch(model, tokenizer, tokens, evaluation.generation, watches, title=title)
    return pd.DataFrame(
        {
            "prompt_id": prompts["prompt_id"],
            "model": name,
            "text": [answer.text for answer in answers],
            "finish_reason": [answer.finish_reason for answer in answers],
            "tokens": [answer.tokens for answer in answers],
        }
    )
