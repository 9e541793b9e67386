"""From clusters to a head and an adapter: what is written, recorded and refused."""

import pytest
import torch
from embedding.made_clusters import write_pack
from embedding.made_models import huggingface_folder

from aivj.contracts.clusters import CLUSTERS_NAME
from aivj.contracts.embedding_head import HeadMeta, LoraMeta
from aivj.contracts.embeddings import EmbeddingFiles, read_embeddings
from aivj.contracts.json_text import parse_json, read_bytes, validated
from aivj.contracts.lora_trainlists import TargetLimits
from aivj.embedding.head import HeadConfig
from aivj.embedding.lora import LoraConfig
from aivj.errors import DeviceRefusedError, InputError
from aivj.pipeline import teaching
from aivj.pipeline.teaching import HeadRequest, LoraRequest, teach_head, teach_lora
from aivj.release.tracking import Tracker


@pytest.fixture(scope="module")
def tracker(new_tracking_store, tmp_path_factory):
    return Tracker(new_tracking_store(tmp_path_factory.mktemp("mlflow") / "mlflow.db"))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return huggingface_folder(tmp_path_factory.mktemp("tower") / "tiny")


@pytest.fixture
def pack(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    folder = tmp_path / "home" / "artifacts" / "aivj" / "mine"
    write_pack(folder)
    return folder


def document(path, model):
    return validated(model, parse_json(read_bytes(path), ""), str(path))


def taught_lora(pack, model, tracker, *, clusters=None, limits=TargetLimits(), **changes):  # noqa: B008
    said, epochs = [], []
    request = LoraRequest(**{"model": str(model), "num_workers": 0, "allow_cpu": True} | changes)
    config = LoraConfig(epochs=2, batch=8, lr=0.01, rank=2, held_out_share=0.34)
    with tracker.start("lora", params={}, tags={}) as run:
        taught = teach_lora(
            pack,
            clusters,
            request,
            config,
            limits,
            run,
            say=said.append,
            on_epoch=lambda *now: epochs.append(now),
        )
    return taught, said, epochs, tracker.client.get_run(run.run_id)


def test_from_pictures_to_a_head_by_commands(pack, model, tracker, run_here, monkeypatch):
    for verb in ("head", "lora"):
        monkeypatch.setattr(f"aivj.cli.{verb}.open_tracker", lambda *_: tracker)
    home = ("--home", pack.parents[2])
    tower = ("--model", model)
    ended = run_here(
        *home, "embed", "--pack", "mine", "--encoder", "huggingface", *tower, "--allow-cpu"
    )
    assert ended.exit_code == 0, ended.stderr
    before = read_embeddings(EmbeddingFiles(pack, "hf"))
    ended = run_here(*home, "head", "--pack", "mine", "--variant", "hf", "--allow-cpu")
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout.strip() == str(pack / "head.pt")
    assert "held-out presets; the largest cluster is 0.5" in ended.stderr
    meta = document(pack / "head.meta.json", HeadMeta)
    assert (meta.classes, meta.dims, meta.encoder) == (("c00", "c01"), 16, before.meta.encoder)
    state = torch.load(pack / "head.pt", weights_only=True)
    assert state["weight"].shape == (2, 16)
    ended = run_here(*home, "lora", "--pack", "mine", *tower, "--allow-cpu", "--rank", "2")
    assert ended.exit_code == 0, ended.stderr
    adapter = ended.stdout.strip()
    assert adapter == str(pack / "lora" / "adapter")
    again = ("embed", "--pack", "mine", *tower, "--lora-dir", adapter, "--allow-cpu")
    assert "--anew" in run_here(*home, *again).stderr
    ended = run_here(*home, *again, "--anew")
    assert ended.exit_code == 0, ended.stderr
    after = read_embeddings(EmbeddingFiles(pack, "hf"))
    assert after.ids == before.ids
    assert after.meta.encoder.adapter is not None


def test_an_adapter_with_its_lists_its_figures_and_its_run(pack, model, tracker):
    taught, said, epochs, run = taught_lora(pack, model, tracker)
    assert taught.path == pack / "lora" / "adapter"
    assert said == ["12 of 12 presets to learn from (all)"]
    meta = document(pack / "lora" / "lora.meta.json", LoraMeta)
    assert [epoch for epoch, _ in epochs] == [1, 2]
    assert meta.losses == tuple(loss for _, loss in epochs)
    assert (meta.figures.num_learned, meta.figures.num_held_out) == (8, 4)
    lists = pack / "lora-trainlists"
    assert sorted(path.name for path in lists.glob("*.txt")) == ["bucket-c00.txt", "bucket-c01.txt"]
    assert run.data.metrics["train_loss"] == pytest.approx(meta.losses[-1])
    assert run.data.metrics["held_out_accuracy"] == meta.figures.held_out_accuracy
    assert run.data.params["rank"] == "2"
    kept = {each.path for each in tracker.client.list_artifacts(run.info.run_id, "embedding")}
    assert {"embedding/adapter_model.safetensors", "embedding/lora.meta.json"} <= kept


def test_nothing_is_taught_without_clusters(pack, model, tracker):
    (pack / CLUSTERS_NAME).unlink()
    with pytest.raises(InputError, match="aivj cluster"):
        taught_lora(pack, model, tracker)
    with (
        tracker.start("head", params={}, tags={}) as run,
        pytest.raises(InputError, match="aivj cluster"),
    ):
        teach_head(pack, None, HeadRequest(allow_cpu=True), HeadConfig(), run)
    assert not (pack / "lora-trainlists").exists()


def test_what_cannot_be_learned_from(pack, model, tracker, tmp_path):
    with pytest.raises(DeviceRefusedError):
        taught_lora(pack, model, tracker, allow_cpu=False)
    with pytest.raises(InputError, match="none of them"):
        taught_lora(pack, model, tracker, limits=TargetLimits(luma_min=0.9))
    with pytest.raises(InputError, match="trained weights"):
        taught_lora(pack, tmp_path / "missing", tracker)
    with tracker.start("head", params={}, tags={}) as run, pytest.raises(InputError):
        teach_head(pack, None, HeadRequest(allow_cpu=True), HeadConfig(), run)
    assert not (pack / teaching.ADAPTER_FOLDER).exists()
