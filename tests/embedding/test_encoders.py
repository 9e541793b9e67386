"""Encoders load trained weights, say what they are, and are refused with any others."""

import shutil
import socket

import numpy as np
import pytest
import torch
from embedding.made_models import huggingface_folder, openclip_folder
from PIL import Image
from safetensors.torch import load_file, save_file
from sklearn.datasets import load_sample_image

from aivj.embedding import efficientnet
from aivj.embedding.efficientnet import load_efficientnet
from aivj.embedding.encoder import precision_on, weights_digest
from aivj.embedding.huggingface import load_huggingface
from aivj.embedding.openclip import load_openclip
from aivj.errors import InputError

CPU = torch.device("cpu")
WIDE = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (144, 1, 3)))


def openclip(pretrained, model="ViT-B-32"):
    return load_openclip(model, str(pretrained), device=CPU, fp16=True)


def huggingface(model, lora_dir=None):
    return load_huggingface(str(model), lora_dir, device=CPU, fp16=True)


@pytest.fixture(scope="module")
def openclip_model(tmp_path_factory):
    return openclip_folder(tmp_path_factory.mktemp("openclip") / "tiny")


@pytest.fixture(scope="module")
def huggingface_model(tmp_path_factory):
    return huggingface_folder(tmp_path_factory.mktemp("huggingface") / "tiny")


def encoded(encoder, picture=WIDE):
    batch = torch.stack([encoder.prepare(picture)] * 2)
    assert batch.shape[1:] == (3, *[encoder.identity.image_size] * 2)
    vectors = encoder.forward(batch)
    assert vectors.shape == (2, encoder.dims)
    assert vectors.dtype == torch.float32
    assert torch.isfinite(vectors).all()
    return vectors[0].numpy()


def test_openclip_of_a_folder(openclip_model):
    encoder = openclip(openclip_model)
    assert encoder.identity.kind == "openclip"
    assert (encoder.identity.model, encoder.identity.pretrained) == ("tiny", "local")
    assert (encoder.dims, encoder.precision) == (16, "fp32")
    encoded(encoder)


def test_openclip_of_a_checkpoint_is_the_same_network(openclip_model, tmp_path, monkeypatch):
    import open_clip
    from embedding.made_models import OPENCLIP_CONFIG

    monkeypatch.setattr(open_clip.factory, "get_model_config", lambda _: OPENCLIP_CONFIG.copy())
    checkpoint = tmp_path / "weights.pt"
    torch.save(load_file(openclip_model / "open_clip_model.safetensors"), checkpoint)
    of_file, of_folder = openclip(checkpoint), openclip(openclip_model)
    assert of_file.identity.weights == of_folder.identity.weights
    assert np.array_equal(encoded(of_file), encoded(of_folder))


def test_openclip_is_refused_without_trained_weights(openclip_model, tmp_path):
    """OpenCLIP itself only warns, and embeds with random weights."""
    empty, partial = tmp_path / "empty", tmp_path / "partial"
    for folder in (empty, partial):
        shutil.copytree(openclip_model, folder)
    (empty / "open_clip_model.safetensors").unlink()
    state = load_file(partial / "open_clip_model.safetensors")
    state.pop("visual.proj")
    save_file(state, partial / "open_clip_model.safetensors")
    (tmp_path / "no-checkpoint.pt").write_bytes(b"no pickle")
    for pretrained in ("", " ", empty, partial, tmp_path / "no-checkpoint.pt", "laion2b_s34b_b79k"):
        with pytest.raises(InputError, match="efficientnet-lite0"):
            openclip(pretrained)
    with pytest.raises(InputError):
        openclip("laion2b_s34b_b79k", model="no such model")


def test_a_hub_that_does_not_answer_is_asked_once(monkeypatch):
    """Its client would try again for most of a minute, and fill the screen."""
    from huggingface_hub import constants

    asked = []

    class Nobody:
        def head(self, address, **_):
            asked.append(address)
            raise ConnectionError

    monkeypatch.setattr("huggingface_hub.get_session", Nobody)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    for load in (lambda: openclip("laion2b_s34b_b79k"), lambda: huggingface("some/tower")):
        with pytest.raises(InputError, match="did not answer in 5 s"):
            load()
        assert not constants.HF_HUB_OFFLINE
    assert asked == [constants.ENDPOINT] * 2


def test_a_hub_that_takes_calls_and_never_answers_is_given_up(monkeypatch):
    from huggingface_hub import constants

    with socket.create_server(("127.0.0.1", 0)) as hub:
        address = f"http://127.0.0.1:{hub.getsockname()[1]}"
        monkeypatch.setattr(constants, "ENDPOINT", address)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr("aivj.embedding.hub.TIMEOUT_S", 0.1)
        with pytest.raises(InputError, match=f"{address} did not answer"):
            openclip("laion2b_s34b_b79k")


def test_a_checkpoint_runs_nothing(tmp_path):
    import pickle

    class Hostile:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    (tmp_path / "hostile.pt").write_bytes(pickle.dumps({"a": Hostile()}, protocol=2))
    with pytest.raises(InputError):
        openclip(tmp_path / "hostile.pt")
    assert not (tmp_path / "ran").exists()


def test_huggingface_of_a_folder(huggingface_model):
    encoder = huggingface(huggingface_model)
    assert encoder.identity.kind == "huggingface-clip"
    assert encoder.identity.adapter is None
    assert encoder.dims == 16
    encoded(encoder)


def test_huggingface_is_refused_where_weights_are_missing(huggingface_model, tmp_path):
    partial = shutil.copytree(huggingface_model, tmp_path / "partial")
    state = load_file(partial / "model.safetensors")
    state.pop("visual_projection.weight")
    save_file(state, partial / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match="visual_projection"):
        huggingface(partial)
    (partial / "model.safetensors").unlink()
    for model in (partial, tmp_path / "missing", "openai/clip-vit-base-patch32"):
        with pytest.raises(InputError):
            huggingface(model)


def test_an_adapter_of_another_network_is_refused(huggingface_model, tmp_path):
    for name, config in {"no-lora": "{}", "no-json": "x", "list": "[]"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "adapter_config.json").write_text(config)
        save_file({"a": torch.zeros(1)}, tmp_path / name / "adapter_model.safetensors")
        with pytest.raises(InputError, match="LoRA"):
            huggingface(huggingface_model, tmp_path / name)
    with pytest.raises(InputError, match="LoRA"):
        huggingface(huggingface_model, tmp_path / "missing")


def test_efficientnet_sees_a_daisy():
    """The tensors are under the right names: class 985 of ImageNet is the daisy."""
    import timm

    network = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    network.load_state_dict(efficientnet._named_as_timm(network.state_dict()))
    encoder = load_efficientnet(device=CPU)
    flower = encoder.prepare(Image.fromarray(load_sample_image("flower.jpg")))
    with torch.inference_mode():
        assert int(network.eval()(flower[None]).argmax()) == 985
    assert encoder.identity.kind == "efficientnet-lite0-imagenet"
    assert encoder.dims == 1280
    encoded(encoder)


def test_other_tensors_than_the_networks_are_refused():
    with pytest.raises(InputError, match="296"):
        efficientnet._named_as_timm({"one": torch.zeros(1)})


def test_a_digest_is_of_names_shapes_and_values():
    state = {"b": torch.ones(2, 2), "a": torch.zeros(3, dtype=torch.float16)}
    digest = weights_digest(state)
    assert digest == weights_digest(dict(reversed(state.items())))
    for other in (
        {**state, "b": torch.ones(4)},
        {**state, "b": torch.ones(2, 2) * 2},
        {"c": state["b"], "a": state["a"]},
    ):
        assert weights_digest(other) != digest


def test_half_precision_is_for_cuda():
    assert precision_on(CPU, fp16=True) == "fp32"
    assert precision_on(torch.device("cuda"), fp16=True) == "fp16"
    assert precision_on(torch.device("cuda"), fp16=False) == "fp32"
