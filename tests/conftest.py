"""Toys that several tests share: made-up chat rows, a tokenizer trained on them, a random two-layer Qwen3 on disk."""

from __future__ import annotations

import random

import pytest

_SYLLABLES = ("ba", "do", "ki", "lu", "me", "no", "pa", "ri", "su", "ta")


def make_chat_rows(count: int, seed: int = 0) -> list[dict]:
    """Chat rows of made-up foods, 2 to 20 in a pantry, so that lengths differ widely."""
    from pantrypilot.kitchen.text import ROLE

    rng = random.Random(seed)
    rows = []
    for index in range(count):
        foods = ["".join(rng.choices(_SYLLABLES, k=3)) for _ in range(rng.randint(2, 20))]
        chosen = foods[: rng.randint(1, 4)]
        pantry = "\n".join(f"- {food}" for food in foods)
        picked = "\n".join(f"- {food}" for food in chosen)
        messages = [
            {
                "role": "system",
                "content": f"{ROLE}\nAvailable ingredients in pantry:\n{pantry}\nDietary: vegan",
            },
            {"role": "user", "content": "I want a quick dinner."},
            {
                "role": "assistant",
                "content": f"Recipe: {chosen[0].title()} Bowl\nSelected ingredients from your pantry:\n{picked}\n"
                f"Instructions:\n1. Fry the {chosen[0]} for {rng.randint(2, 40)} minutes.\n2. Serve.",
            },
        ]
        rows.append({"messages": messages, "metadata": {"strategy": "toy", "recipe_id": str(index)}})
    return rows


@pytest.fixture(scope="session")
def chat_rows() -> list[dict]:
    return make_chat_rows(60)


@pytest.fixture(scope="session")
def tokenizer_files(chat_rows) -> dict[str, str]:
    from pantrypilot.modelling.tokenizer import train_tokenizer

    return train_tokenizer([m["content"] for row in chat_rows for m in row["messages"]], 340, 512)


@pytest.fixture(scope="session")
def tokenizer(tokenizer_files):
    from pantrypilot.modelling.tokenizer import load_tokenizer

    return load_tokenizer(tokenizer_files)


@pytest.fixture(scope="session")
def encoded(chat_rows, tokenizer) -> list:
    """The chat rows as token ids."""
    from pantrypilot.modelling.batching import encode_row

    return [encode_row(row["messages"], tokenizer) for row in chat_rows]


@pytest.fixture(scope="session")
def model_config(tokenizer) -> dict:
    return {
        "model_type": "qwen3",
        "architectures": ["Qwen3ForCausalLM"],
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "intermediate_size": 64,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 16,
        "rms_norm_eps": 1e-6,
        "max_position_embeddings": 512,
        "rope_theta": 10000.0,
        "tie_word_embeddings": True,
        "vocab_size": 340,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": 0,
    }


@pytest.fixture(scope="session")
def base(tmp_path_factory, tokenizer_files, model_config):
    """A random model in a folder, as `ModelFolder`."""
    from pantrypilot.modelling.base import ModelFolder, build_model, save_model

    folder = tmp_path_factory.mktemp("base") / "toy"
    save_model(folder, build_model(model_config, seed=3), tokenizer_files, model_config)
    return ModelFolder(str(folder))
