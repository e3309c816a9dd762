import json

import numpy as np
import pytest

from pantrypilot.modelling import adapters
from pantrypilot.modelling.plan import LoraSettings

import mlx.core as mx  # isort: skip


def _trained(make_lora, **changes) -> tuple:
    """A model whose adapter does something: lora_b starts at zero."""
    model, config = make_lora(**changes)
    adapter = adapters.adapter_of(model, config)
    rng = np.random.default_rng(0)
    noise = [(name, rng.normal(size=value.shape)) for name, value in adapter.weights.items()]
    model.load_weights([(name, mx.array(value.astype(np.float32))) for name, value in noise], strict=False)
    model.eval()
    return model, adapters.adapter_of(model, config)


def _logits(model, encoded) -> np.ndarray:
    return np.array(model(mx.array([encoded[0].tokens])).astype(mx.float32))


@pytest.mark.parametrize(
    "shape", [{}, {"num_layers": 1}, {"keys": ("self_attn.q_proj", "self_attn.v_proj")}], ids=["all", "last", "qv"]
)
def test_mlx_lm_loads_our_adapter_and_says_the_same(tmp_path, base, make_lora, encoded, shape):
    import mlx_lm

    model, adapter = _trained(make_lora, dropout=0.1, **shape)
    adapters.save_adapter(tmp_path / "adapter", adapter)
    theirs, _ = mlx_lm.load(base.path, adapter_path=str(tmp_path / "adapter"))
    theirs.set_dtype(mx.float32)
    assert np.array_equal(_logits(theirs, encoded), _logits(model, encoded))
    plain, _ = base.load()
    assert not np.allclose(_logits(plain, encoded), _logits(model, encoded), atol=0.1)


def test_all_our_ways_to_load_an_adapter_agree(tmp_path, base, make_lora, encoded):
    model, adapter = _trained(make_lora)
    adapters.save_adapter(tmp_path / "adapter", adapter)
    loaded, _ = base.load_with(tmp_path / "adapter")
    put, _ = base.load()
    stored = adapters.load_adapter(tmp_path / "adapter")
    adapters.put_on(put, stored)
    assert stored.path == str(tmp_path / "adapter")
    for other in (loaded, put):
        assert not other.training
        assert np.array_equal(_logits(other, encoded), _logits(model, encoded))


def test_the_config_is_what_mlx_lm_reads(base):
    model, _ = base.load()
    config = adapters.adapter_config(LoraSettings(rank=16, alpha=32, dropout=0.1), model, "some/base")
    assert config == {
        "fine_tune_type": "lora",
        "model": "some/base",
        "num_layers": 2,
        "lora_parameters": {"rank": 16, "scale": 2.0, "dropout": 0.1},
    }
    some = LoraSettings(rank=16, alpha=8, num_layers=1, keys=("self_attn.q_proj",))
    config = adapters.adapter_config(some, model, "some/base")
    assert config["num_layers"] == 1
    assert config["lora_parameters"] == {"rank": 16, "scale": 0.5, "dropout": 0.0, "keys": ["self_attn.q_proj"]}


def test_the_seed_decides_the_fresh_layers(make_lora):
    weights = [adapters.adapter_of(*make_lora(seed=seed)).weights for seed in (1, 1, 2)]
    name = next(name for name in weights[0] if name.endswith("lora_a"))
    assert mx.array_equal(weights[0][name], weights[1][name]).item()
    assert not mx.array_equal(weights[0][name], weights[2][name]).item()


def test_a_write_that_fails_half_way_leaves_the_old_adapter(tmp_path, make_lora, monkeypatch):
    _, adapter = _trained(make_lora)
    folder = tmp_path / "adapter"
    adapters.save_adapter(folder, adapter)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    unwritable = adapters.Adapter(adapter.weights, {"rank": object()})
    with pytest.raises(TypeError):
        adapters.save_adapter(folder, unwritable)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_saving_replaces_the_old_folder_whole(tmp_path, make_lora):
    _, adapter = _trained(make_lora)
    adapters.save_adapter(tmp_path / "adapter", adapter)
    (tmp_path / "adapter" / "stray.txt").write_text("old")
    adapters.save_adapter(tmp_path / "adapter", adapter)
    names = sorted(file.name for file in (tmp_path / "adapter").iterdir())
    assert names == ["adapter_config.json", "adapters.safetensors"]
    assert [file.name for file in tmp_path.iterdir()] == ["adapter"]
    assert json.loads((tmp_path / "adapter" / "adapter_config.json").read_text()) == adapter.config


@pytest.mark.parametrize("missing", ["adapters.safetensors", "adapter_config.json"])
def test_a_missing_file_is_named(tmp_path, make_lora, missing):
    _, adapter = _trained(make_lora)
    adapters.save_adapter(tmp_path / "adapter", adapter)
    (tmp_path / "adapter" / missing).unlink()
    with pytest.raises(FileNotFoundError, match=missing):
        adapters.load_adapter(tmp_path / "adapter")


def test_an_adapter_saved_and_loaded_in_other_threads_works_in_this_one(tmp_path, make_lora):
    """kedro's --async loads and saves in threads of their own."""
    from concurrent.futures import ThreadPoolExecutor

    _, adapter = _trained(make_lora)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(adapters.save_adapter, tmp_path / "adapter", adapter).result()
    with ThreadPoolExecutor(1) as pool:
        loaded = pool.submit(adapters.load_adapter, tmp_path / "adapter").result()
    assert all(mx.array_equal(loaded.weights[name], value).item() for name, value in adapter.weights.items())
