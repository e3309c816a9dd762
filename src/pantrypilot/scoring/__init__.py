"""How good are the answers? Each is read and judged (`score_answer`), and all are counted (`summarise`)."""

from pantrypilot.scoring.answers import score_answer
from pantrypilot.scoring.cases import Case, cases_of
from pantrypilot.scoring.metrics import compare_models, measure, proportion, summarise
from pantrypilot.scoring.records import AnswerScore, Generation, ItemVerdict, Prompt, Sample

__all__ = [
    "AnswerScore", "Case", "Generation", "ItemVerdict", "Prompt", "Sample", "cases_of", "compare_models",
    "measure", "proportion", "score_answer", "summarise",
]  # fmt: skip
