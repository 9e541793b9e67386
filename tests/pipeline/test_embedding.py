"""Which encoder embeds, and the command from an index to files."""

import pytest
import torch
from embedding.made_models import huggingface_folder, openclip_folder
from embedding.test_embed import IDENTITY, MeanColour, preset

from aivj.contracts.embeddings import EmbeddingFiles, read_embeddings
from aivj.contracts.frames_index import FramesLog
from aivj.errors import DeviceRefusedError, InputError
from aivj.pipeline import embedding
from aivj.pipeline.embedding import EmbedRequest, embed_frames


@pytest.fixture
def index(tmp_path):
    """Two presets with pictures, and one that failed."""
    path = tmp_path / "pack" / "frames-index.jsonl"
    with FramesLog(path) as log:
        for number, name in enumerate("ab"):
            log.append(preset(path.parent, name, (200, 90 * number, 30), (9, 9, 200)))
        failed = {"status": "failed", "frames": (), "reasons": ("render-failed",)}
        log.append(preset(path.parent, "c").model_copy(update=failed))
    return path


@pytest.fixture(autouse=True)
def no_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


class Loaders:
    """Stand for what loads encoders; OpenCLIP's weights are there if `hub` is set."""

    def __init__(self, monkeypatch):
        self.hub, self.loaded = True, []
        monkeypatch.setattr(embedding, "load_openclip", self.openclip)
        monkeypatch.setattr(embedding, "load_efficientnet", self.efficientnet)
        monkeypatch.setattr(embedding, "load_huggingface", self.huggingface)

    def openclip(self, model, pretrained, **_):
        if not self.hub:
            raise InputError("trained weights", "no hub", "name a checkpoint")
        return self._made("openclip", model, pretrained)

    def efficientnet(self, **_):
        return self._made(embedding.EFFICIENTNET)

    def huggingface(self, model, lora_dir, **_):
        return self._made("huggingface-clip", model, lora_dir)

    def _made(self, kind, *told):
        self.loaded.append((kind, *told))
        made = MeanColour().encoder
        object.__setattr__(made, "identity", IDENTITY.model_copy(update={"kind": kind}))
        return made


@pytest.fixture
def loaders(monkeypatch):
    return Loaders(monkeypatch)


def embedded(index, **changes):
    said = []
    request = EmbedRequest(allow_cpu=True, **changes)
    embed_frames(index, index.parent, request, say=said.append, on_progress=lambda *_: None)
    return [line for line in said if line.startswith("note: ")]


def test_openclip_unless_told_otherwise(index, loaders):
    assert embedded(index) == []
    assert loaders.loaded == [("openclip", "ViT-B-32", "laion2b_s34b_b79k")]
    assert read_embeddings(EmbeddingFiles(index.parent)).ids == ("a", "b")
    embedded(index, model="RN50", pretrained="x.pt", anew=True)
    assert loaders.loaded[-1] == ("openclip", "RN50", "x.pt")


def test_without_a_hub_it_is_said_and_stays_so(index, loaders):
    loaders.hub = False
    (note,) = embedded(index)
    assert "EfficientNet" in note
    assert "no CLIP" in note
    loaders.hub = True
    # The vectors that are there decide, so that a second call does not refuse to mix.
    assert embedded(index) == []
    assert loaders.loaded == [(embedding.EFFICIENTNET,)] * 2
    with pytest.raises(InputError, match="--anew"):
        embedded(index, encoder="openclip")


def test_who_named_weights_gets_those_or_an_error(index, loaders):
    loaders.hub = False
    for named in ({"encoder": "openclip"}, {"model": "RN50"}, {"pretrained": "x.pt"}):
        with pytest.raises(InputError, match="trained weights"):
            embedded(index, **named)
    assert loaders.loaded == []


def test_huggingface_has_files_of_its_own(index, loaders, tmp_path):
    embedded(index)
    embedded(index, lora_dir=tmp_path)
    embedded(index, encoder="huggingface", model="folder", anew=True)
    assert [each[1:] for each in loaders.loaded[1:]] == [
        ("openai/clip-vit-base-patch32", tmp_path),
        ("folder", None),
    ]
    kinds = [read_embeddings(EmbeddingFiles(index.parent, name)).meta for name in ("", "hf")]
    assert [meta.encoder.kind for meta in kinds] == ["openclip", "huggingface-clip"]


def test_options_that_contradict_each_other(index, loaders, tmp_path):
    for request in (
        {"encoder": "openclip", "lora_dir": tmp_path},
        {"encoder": "efficientnet-lite0", "model": "RN50"},
        {"encoder": "efficientnet-lite0", "pretrained": "x.pt"},
    ):
        with pytest.raises(InputError):
            embedded(index, **request)
    assert loaders.loaded == []


def test_what_cannot_be_embedded(index, tmp_path):
    with pytest.raises(DeviceRefusedError):
        embed_frames(
            index, tmp_path, EmbedRequest(), say=lambda _: None, on_progress=lambda *_: None
        )
    with pytest.raises(InputError):
        embedded(tmp_path / "missing.jsonl")
    (tmp_path / "frames-index.jsonl").write_text("{}\n")
    with pytest.raises(InputError, match="aivj frames"):
        embedded(tmp_path / "frames-index.jsonl")


def test_the_command_with_real_networks(index, tmp_path, run_here):
    """One after another: ImageNet's, OpenCLIP's of a folder, transformers' of a folder."""
    clip = openclip_folder(tmp_path / "clip")
    tower = huggingface_folder(tmp_path / "tower")
    embed = ("embed", "--index", index, "--allow-cpu")
    ended = run_here(*embed, "--encoder", "efficientnet-lite0")
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout.strip() == str(index.parent / "embeddings.npy")
    assert read_embeddings(EmbeddingFiles(index.parent)).vectors.shape == (2, 1280)
    ended = run_here(*embed, "--pretrained", clip)
    assert (ended.exit_code, "--anew" in ended.stderr) == (3, True)
    ended = run_here(*embed, "--pretrained", clip, "--out-dir", tmp_path / "out")
    assert ended.exit_code == 0, ended.stderr
    assert read_embeddings(EmbeddingFiles(tmp_path / "out")).vectors.shape == (2, 16)
    ended = run_here(*embed, "--encoder", "huggingface", "--model", tower)
    assert ended.exit_code == 0, ended.stderr
    assert read_embeddings(EmbeddingFiles(index.parent, "hf")).vectors.shape == (2, 16)
