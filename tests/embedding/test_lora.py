"""An adapter learned on a tiny random tower."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from embedding.made_clusters import write_pack
from embedding.made_models import huggingface_folder
from safetensors.torch import load_file

from aivj.contracts.embeddings import EmbeddingFiles, read_embeddings
from aivj.contracts.frames_index import best_rows, read_frames_index
from aivj.embedding.embed import EmbedPlan, embed
from aivj.embedding.huggingface import load_huggingface
from aivj.embedding.lora import (
    LoraConfig,
    LoraFit,
    LoraState,
    LoraTask,
    fit_lora,
    readable_pictures,
)
from aivj.embedding.targets import targets_of

CPU = torch.device("cpu")
CONFIG = LoraConfig(epochs=4, batch=8, lr=0.01, rank=2, held_out_share=0.34)


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack")
    return folder, write_pack(folder)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return huggingface_folder(tmp_path_factory.mktemp("tower") / "tiny")


@pytest.fixture(scope="module")
def rows(pack):
    return list(best_rows(read_frames_index(pack[0] / "frames-index.jsonl").rows).values())


@pytest.fixture(scope="module")
def task(pack, model, rows):
    folder, assigned = pack
    pictures = readable_pictures(rows, folder, 3)
    targets = targets_of(list(pictures), assigned, held_out_share=0.34, seed=1)
    return LoraTask(str(model), tuple(pictures.values()), targets)


@pytest.fixture(scope="module")
def fit(task):
    return fit_lora(task, CONFIG, CPU)


def test_it_learns_and_leaves_the_tower_alone(fit, task):
    assert len(fit.losses) == 4
    assert fit.losses[-1] < fit.losses[0]
    held_out = task.targets.held_out
    assert held_out.sum() == 4
    assert (fit.named() == task.targets.labels)[held_out].mean() >= 0.75
    before = load_file(f"{task.model}/model.safetensors")
    after = fit._model.get_base_model().state_dict()
    for name, tensor in before.items():
        there = after.get(name, after.get(_with_base_layer(name)))
        assert torch.equal(tensor, there), name


def _with_base_layer(name: str) -> str:
    module, _, kind = name.rpartition(".")
    return f"{module}.base_layer.{kind}"


def test_the_adapter_embeds_anew(fit, model, pack, rows, tmp_path):
    """Rows stay aligned, vectors change, and the two spaces are told apart."""
    folder, _ = pack
    fit.save_adapter(tmp_path / "adapter")
    names = {path.name for path in (tmp_path / "adapter").iterdir()}
    assert {"adapter_config.json", "adapter_model.safetensors"} <= names
    keys = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    # Two matrices beside queries and values of two layers.
    assert len(keys) == 8
    assert all("lora_" in key and (".q_proj." in key or ".v_proj." in key) for key in keys)
    plain = load_huggingface(str(model), None, device=CPU, fp16=False)
    adapted = load_huggingface(str(model), tmp_path / "adapter", device=CPU, fp16=False)
    assert adapted.identity.weights == plain.identity.weights
    assert adapted.identity.adapter is not None
    found = []
    for name, encoder in (("plain", plain), ("adapted", adapted)):
        files = EmbeddingFiles(tmp_path / name, "hf")
        embed(rows, folder, files, encoder, EmbedPlan())
        found.append(read_embeddings(files))
    assert found[0].ids == found[1].ids
    assert not np.allclose(found[0].vectors, found[1].vectors, atol=1e-3)
    # The trained model gives the vectors that the written adapter gives.
    picture = plain.prepare(_picture(folder, rows[0]))[None]
    fit._model.eval()
    with torch.inference_mode():
        trained = fit._model(pixel_values=picture).image_embeds
    assert adapted.forward(picture) == pytest.approx(trained.numpy(), abs=1e-4)


def _picture(folder, row):
    from aivj.stage.thumbnails import open_picture

    return open_picture((folder / row.frames[0]).read_bytes())


def test_a_fit_goes_on_where_it_was(fit, task):
    first = LoraFit(task, CONFIG, device=CPU)
    first.run_epoch()
    first.run_epoch()
    state = LoraState.from_bytes(first.state().to_bytes())
    second = LoraFit(task, CONFIG, device=CPU, state=state)
    second.run_epoch()
    second.run_epoch()
    assert second.losses == pytest.approx(fit.losses, rel=1e-5)
    for name, tensor in fit.state().adapter.items():
        assert torch.allclose(second.state().adapter[name], tensor, atol=1e-6), name


def test_workers_add_up_to_one(task, monkeypatch):
    """Two ranks see the halves of each batch: their gradients add up to those of one worker."""
    config = replace(CONFIG, epochs=1, batch=100)
    sums = []

    def gradients(rank, num_workers):
        fit = LoraFit(task, config, device=CPU, rank=rank, num_workers=num_workers)
        monkeypatch.setattr(fit._optimizer, "step", lambda: None)
        fit.run_epoch()
        return [each.grad.clone() for each in fit._learned]

    monkeypatch.setattr(torch.distributed, "all_reduce", lambda tensor: sums.append(tensor.shape))
    whole = gradients(0, 1)
    assert sums == []
    halves = [gradients(rank, 2) for rank in range(2)]
    assert len(sums) == 2 * (len(whole) + 1)
    for one, *parts in zip(whole, *halves, strict=True):
        assert torch.allclose(one, sum(parts), atol=1e-6)


def test_pictures_that_do_not_open_are_not_learned_from(pack, rows):
    folder, _ = pack
    gone = rows[0].model_copy(update={"frames": ("frames/gone.webp",)})
    found = readable_pictures([gone, rows[1]], folder, 1)
    assert list(found) == [rows[1].preset_id]
    assert len(found[rows[1].preset_id]) == 1
