"""What the training tests share: a plan of a few steps, and a fresh model with LoRA layers on it."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def make_plan():
    def make(**changes):
        from pantrypilot.modelling.plan import TrainingPlan

        settings = {
            "steps": 6,
            "batch_size": 4,
            "learning_rate": 0.01,
            "warmup_steps": 2,
            "evaluate_every": 3,
            "checkpoint_every": 2,
            "max_tokens": 512,
            "seed": 11,
        }
        return TrainingPlan(**{**settings, **changes})

    return make


@pytest.fixture(scope="session")
def make_lora(base):
    """-> (model with fresh LoRA layers, its adapter config)"""

    def make(seed: int = 11, **changes):
        from pantrypilot.modelling import adapters
        from pantrypilot.modelling.plan import LoraSettings

        model, _ = base.load()
        config = adapters.adapter_config(LoraSettings(**{"rank": 4, "alpha": 8, **changes}), model, base.path)
        return adapters.add_lora(model, config, seed), config

    return make


@pytest.fixture(scope="session")
def weights_of():
    """Trainable weights by name, as numpy arrays."""

    def weights(model) -> dict:
        import numpy as np
        from mlx.utils import tree_flatten

        return {name: np.array(value) for name, value in tree_flatten(model.trainable_parameters())}

    return weights
