"""Base models on disk: a folder in Hugging Face layout, as `mlx_lm.load` reads it.

`ModelFolder` is what the catalog hands to nodes: a path that is known to hold a model, loaded afresh by
whoever needs weights, because training changes a model in place.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pantrypilot.kitchen.folders import written_whole

if TYPE_CHECKING:
    from mlx import nn
    from mlx_lm.tokenizer_utils import TokenizerWrapper


class ModelMissing(FileNotFoundError):
    """There is no model where one was expected; the message says how to get one."""


@dataclass(frozen=True)
class ModelFolder:
    """A model folder, or the name of one on the Hugging Face hub that mlx-lm may fetch.

    `known_as` is what files that travel call it: a path from the project's root, where it lies inside it.
    """

    path: str
    known_as: str = ""

    @property
    def name(self) -> str:
        return self.known_as or self.path

    def load(self) -> tuple[nn.Module, TokenizerWrapper]:
        """A fresh model and its tokenizer. Raises ModelMissing where there is none."""
        return self.load_with(None)

    def load_with(self, adapter: str | Path | None) -> tuple[nn.Module, TokenizerWrapper]:
        """The model with an adapter folder on it, if one is given. Raises ModelMissing where there is none."""
        from huggingface_hub import errors
        from mlx_lm import load

        self._check()
        unfetched = (
            errors.LocalEntryNotFoundError,
            errors.OfflineModeIsEnabled,
            errors.HfHubHTTPError,
            errors.HFValidationError,
        )
        try:
            model, tokenizer = load(self.path, adapter_path=str(adapter) if adapter else None)
        except unfetched as problem:
            raise ModelMissing(
                f"there is no folder '{self.path}', and no model of that name could be had from the Hugging Face hub "
                f"({str(problem).splitlines()[0]}). Correct the path; or correct the name and let the hub be asked: "
                "with HF_HUB_OFFLINE=1 or without a network only what was fetched before is found."
            ) from None
        _suit_device(model)
        return model, tokenizer

    def tokenizer_files(self) -> dict[str, str]:
        """The tokenizer's files by name, as text."""
        self._check()
        names = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
        return {name: (Path(self.path) / name).read_text(encoding="utf-8") for name in names}

    @property
    def fingerprint(self) -> str:
        """A hash of weights, config and tokenizer, for run cards; the name itself where the model is remote."""
        folder = Path(self.path)
        if not folder.is_dir():
            return self.path
        digest = hashlib.blake2b(digest_size=8)
        names = ("config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
        for file in sorted([*folder.glob("*.safetensors"), *(folder / name for name in names)]):
            if file.is_file():
                with file.open("rb") as opened:
                    digest.update(hashlib.file_digest(opened, "sha256").digest())
        return digest.hexdigest()

    def _check(self) -> None:
        folder = Path(self.path)
        looks_local = (
            folder.is_dir() or self.path.startswith(("data/", "/", ".")) or self.path.count("/") != 1
        )
        if looks_local and not ((folder / "config.json").is_file() and list(folder.glob("*.safetensors"))):
            raise ModelMissing(
                f"no base model in '{self.path}': config.json and *.safetensors are expected there. "
                "Build the embedded one with `kedro run --pipelines pretraining`, or name another: `kedro run "
                "--params base=<folder or hub name>`, `pantrypilot generate --base <folder or hub name>`."
            )


def _suit_device(model: nn.Module) -> None:
    """On a CPU, 16-bit weights become 32-bit: the BLAS knows no bfloat16, and a LoRA step is five times slower."""
    import mlx.core as mx
    from mlx import nn
    from mlx.utils import tree_flatten

    quantized = any(isinstance(module, nn.QuantizedLinear) for module in model.modules())
    if mx.default_device().type == mx.cpu and not quantized:
        model.set_dtype(mx.float32)
        mx.eval([value for _, value in tree_flatten(model.parameters())])


def build_model(config: dict[str, Any], seed: int = 0) -> nn.Module:
    """A model with fresh weights from a Hugging Face style config, by mlx-lm's own class for its type."""
    import mlx.core as mx
    from mlx_lm.utils import _get_classes

    mx.random.seed(seed)
    model_class, args_class = _get_classes(config)
    model = model_class(args_class.from_dict(config))
    mx.eval(model.parameters())
    return model


def save_model(
    folder: Path | str, model: nn.Module, tokenizer_files: dict[str, str], config: dict[str, Any]
) -> None:
    """Write weights (bf16), config and tokenizer files, whole or not at all."""
    import mlx.core as mx
    from mlx.utils import tree_flatten

    weights = {name: value.astype(mx.bfloat16) for name, value in tree_flatten(model.parameters())}
    with written_whole(folder) as new:
        mx.save_safetensors(str(new / "model.safetensors"), weights, metadata={"format": "mlx"})
        (new / "config.json").write_text(json.dumps({**config, "torch_dtype": "bfloat16"}, indent=2) + "\n")
        for name, text in tokenizer_files.items():
            (new / name).write_text(text, encoding="utf-8")


def parameter_count(model: nn.Module) -> int:
    from mlx.utils import tree_flatten

    return sum(value.size for _, value in tree_flatten(model.parameters()))
