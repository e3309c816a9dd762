"""A byte-level BPE tokenizer for kitchens, in Hugging Face layout, with its chat template.

The fixed lines of the answer grammar (headers, the dash of a list) are single tokens, so that a small model
spends its steps on food. Any text can be encoded: unknown words fall to pieces, never to nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from pantrypilot.kitchen import text

PAD, END, SYSTEM, USER, ASSISTANT = "<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"
SPECIAL = (PAD, END, SYSTEM, USER, ASSISTANT)
PHRASES = (
    text.ROLE,
    text.PANTRY_HEADER,
    text.DIETARY_HEADER,
    text.TITLE_HEADER,
    text.SELECTED_HEADER,
    text.ADDITIONS_HEADER,
    text.STEPS_HEADER,
    "\n-",
    *(f"\n{number}." for number in range(1, 7)),
)
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def train_tokenizer(
    texts: Iterable[str], vocabulary_size: int, max_length: int, foods: Iterable[str] = ()
) -> dict[str, str]:
    """Train on `texts`; returns the files of the tokenizer by name, as text.

    `foods` of several words become one token each: copying a name is then one step, not three.

    Raises ValueError when the texts hold too little to fill the vocabulary.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

    phrases = (*PHRASES, *sorted({f" {name}" for name in foods if " " in name}))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size - len(phrases),
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    plain = (_without_phrases(item, phrases) for item in texts)
    tokenizer.train_from_iterator(plain, trainer)
    tokenizer.add_tokens([AddedToken(phrase, special=False, normalized=False) for phrase in phrases])
    if tokenizer.get_vocab_size() != vocabulary_size:
        raise ValueError(
            f"the texts gave {tokenizer.get_vocab_size()} tokens, not {vocabulary_size}: "
            "lower pretraining.tokenizer.vocabulary_size or add recipes"
        )
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": None,
        "eos_token": END,
        "pad_token": PAD,
        "additional_special_tokens": [SYSTEM, USER, ASSISTANT],
        "model_max_length": max_length,
        "clean_up_tokenization_spaces": False,
        "chat_template": CHAT_TEMPLATE,
    }
    return {
        "tokenizer.json": tokenizer.to_str(),
        "tokenizer_config.json": json.dumps(config, indent=2) + "\n",
        "chat_template.jinja": CHAT_TEMPLATE,
    }


def _without_phrases(item: str, phrases: Iterable[str]) -> str:
    """Merges should be spent on words, not on what is a token already."""
    for phrase in phrases:
        item = item.replace(phrase, "")
    return item


def load_tokenizer(files: dict[str, str]) -> object:
    """The tokenizer of `train_tokenizer`'s files, ready for `apply_chat_template`, without a model beside it."""
    import tempfile
    from pathlib import Path

    from mlx_lm.tokenizer_utils import load

    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_text(content, encoding="utf-8")
        return load(Path(folder))
