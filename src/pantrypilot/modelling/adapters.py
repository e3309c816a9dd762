"""LoRA adapters: put on a model, trained, kept and read in mlx-lm's own format.

A folder holds `adapters.safetensors` and `adapter_config.json`; `mlx_lm.load(base, adapter_path=folder)` and
`mlx_lm.generate --adapter-path folder` read it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pantrypilot.kitchen.folders import written_whole
from pantrypilot.modelling.plan import LoraSettings

if TYPE_CHECKING:
    import mlx.core as mx
    from mlx import nn


@dataclass(frozen=True)
class Adapter:
    """Adapter weights by parameter path, and the config that says where they go."""

    weights: dict[str, mx.array]
    config: dict[str, Any]
    path: str | None = None  # where it lies, once it was stored


def adapter_config(lora: LoraSettings, model: nn.Module, base: str) -> dict[str, Any]:
    """mlx-lm's `adapter_config.json`. `base` is for the reader: nothing reads it, so an adapter loads anywhere."""
    blocks = len(model.layers)
    parameters: dict[str, Any] = {"rank": lora.rank, "scale": lora.scale, "dropout": lora.dropout}
    if lora.keys is not None:
        parameters["keys"] = list(lora.keys)
    return {
        "fine_tune_type": "lora",
        "model": base,
        "num_layers": blocks if lora.num_layers < 0 else min(lora.num_layers, blocks),
        "lora_parameters": parameters,
    }


def add_lora(model: nn.Module, config: dict[str, Any], seed: int) -> nn.Module:
    """Freeze the model and put fresh LoRA layers on it; the same seed gives the same layers."""
    import mlx.core as mx
    from mlx_lm.tuner.utils import linear_to_lora_layers

    mx.random.seed(seed)
    model.freeze()
    linear_to_lora_layers(model, config["num_layers"], config["lora_parameters"])
    model.train()
    return model


def adapter_of(model: nn.Module, config: dict[str, Any]) -> Adapter:
    """The adapter that a model carries: its trainable weights."""
    from mlx.utils import tree_flatten

    return Adapter(dict(tree_flatten(model.trainable_parameters())), config)


def save_adapter(folder: Path | str, adapter: Adapter) -> None:
    """Write the folder, whole or not at all."""
    import mlx.core as mx

    with written_whole(folder) as new:
        mx.save_safetensors(str(new / "adapters.safetensors"), dict(sorted(adapter.weights.items())))
        (new / "adapter_config.json").write_text(json.dumps(adapter.config, indent=2) + "\n")


def load_adapter(folder: Path | str) -> Adapter:
    """Read an adapter folder. Raises FileNotFoundError that names what is missing."""
    import mlx.core as mx

    target = Path(folder)
    for name in ("adapters.safetensors", "adapter_config.json"):
        if not (target / name).is_file():
            raise FileNotFoundError(
                f"no adapter in '{target}': {name} is missing; `kedro run --pipelines finetune` makes it"
            )
    weights = dict(mx.load(str(target / "adapters.safetensors")))
    mx.eval(weights)  # mx.load is lazy, and fails when kedro's --async loads here and uses them in another thread
    return Adapter(weights, json.loads((target / "adapter_config.json").read_text()), str(target))


def put_on(model: nn.Module, adapter: Adapter) -> nn.Module:
    """LoRA layers with the adapter's weights on a plain model, as `mlx_lm.load` does it."""
    from mlx_lm.tuner.utils import linear_to_lora_layers

    model.freeze()
    linear_to_lora_layers(model, adapter.config["num_layers"], adapter.config["lora_parameters"])
    model.load_weights(list(adapter.weights.items()), strict=False)
    model.eval()
    return model
