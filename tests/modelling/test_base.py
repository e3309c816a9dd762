import json

import pytest

from pantrypilot.modelling.base import ModelFolder, ModelMissing, build_model, parameter_count, save_model

import mlx.core as mx  # isort: skip
from mlx.utils import tree_flatten  # isort: skip


def test_a_saved_model_is_a_hugging_face_folder_in_bfloat16(base, model_config):
    import mlx_lm

    model, tokenizer = mlx_lm.load(base.path)
    assert {value.dtype for _, value in tree_flatten(model.parameters())} == {mx.bfloat16}
    assert tokenizer.decode(tokenizer.encode("tofu")) == "tofu"
    with open(f"{base.path}/config.json") as file:
        assert json.load(file) == {**model_config, "torch_dtype": "bfloat16"}


@pytest.mark.skipif(mx.default_device().type == mx.gpu, reason="a GPU computes in bfloat16")
def test_on_a_cpu_a_model_is_loaded_in_float32_because_bfloat16_is_five_times_slower(base):
    model, _ = base.load()
    assert {value.dtype for _, value in tree_flatten(model.parameters())} == {mx.float32}


def test_each_load_is_a_model_of_its_own(base):
    one, other = base.load()[0], base.load()[0]
    one.model.norm.weight = one.model.norm.weight * 0
    assert other.model.norm.weight.sum().item() != 0


def test_a_write_that_fails_half_way_leaves_the_old_model(tmp_path, model_config, tokenizer_files):
    model = build_model(model_config)
    save_model(tmp_path / "toy", model, tokenizer_files, model_config)
    before = {file.name: file.read_bytes() for file in (tmp_path / "toy").iterdir()}
    with pytest.raises(TypeError):
        save_model(tmp_path / "toy", model, {"tokenizer.json": None}, model_config)
    assert {file.name: file.read_bytes() for file in (tmp_path / "toy").iterdir()} == before


def test_a_model_can_be_saved_in_another_thread(tmp_path, model_config, tokenizer_files):
    """kedro's --async saves in threads of their own."""
    from concurrent.futures import ThreadPoolExecutor

    model = build_model(model_config)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(save_model, tmp_path / "toy", model, tokenizer_files, model_config).result()
    loaded, _ = ModelFolder(str(tmp_path / "toy")).load()
    assert mx.allclose(loaded.model.norm.weight, model.model.norm.weight).item()


def test_a_missing_model_is_named_with_the_command_that_makes_it(tmp_path):
    with pytest.raises(ModelMissing, match=r"no base model in .*kedro run --pipelines pretraining"):
        ModelFolder(str(tmp_path / "nowhere")).load()
    with pytest.raises(ModelMissing):
        ModelFolder("data/06_models/nowhere").load()


def test_a_name_with_one_slash_may_be_a_folder_or_on_the_hub_and_the_error_says_so():
    for name in ("models/x", "a model/x"):
        with pytest.raises(ModelMissing, match=rf"no folder '{name}', and no model of that name .* hub"):
            ModelFolder(name).load()


def test_the_fingerprint_sees_weights_config_and_tokenizer(tmp_path, model_config, tokenizer_files):
    def fingerprint(seed=0, config=model_config, files=tokenizer_files):
        save_model(tmp_path / "toy", build_model(model_config, seed), files, config)
        return ModelFolder(str(tmp_path / "toy")).fingerprint

    others = [
        fingerprint(seed=1),
        fingerprint(config={**model_config, "rope_theta": 5.0}),
        fingerprint(files={**tokenizer_files, "chat_template.jinja": "{{ messages }}"}),
    ]
    assert fingerprint() == fingerprint()
    assert len({fingerprint(), *others}) == 4
    assert ModelFolder("some/model-on-the-hub").fingerprint == "some/model-on-the-hub"


def test_parameters_are_counted_once_where_the_embedding_is_tied(model_config):
    tied = parameter_count(build_model(model_config))
    untied = parameter_count(build_model({**model_config, "tie_word_embeddings": False}))
    assert untied - tied == 340 * 32
