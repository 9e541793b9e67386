import io
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from aivj.contracts.embeddings import EmbeddingFiles, Encoder, read_embeddings
from aivj.contracts.frames_index import FramesRow, frame_path
from aivj.embedding.embed import EmbedPlan, embed
from aivj.embedding.encoder import PictureEncoder
from aivj.errors import InputError
from aivj.storage import write_atomic

PLAN = EmbedPlan(max_frames=3, batch=4)
IDENTITY = Encoder(kind="made", model="mean colour", pretrained="", weights="0" * 64, image_size=4)


class MeanColour:
    """An encoder whose vectors are mean colours, and which holds so many pictures at a time."""

    def __init__(self, *, holds: int = 10_000) -> None:
        self.holds = holds
        self.batches: list[int] = []
        self.encoder = PictureEncoder(IDENTITY, 3, "fp32", self.prepare, self.forward)

    @staticmethod
    def prepare(picture) -> torch.Tensor:
        colour = np.asarray(picture.resize((4, 4)), np.float32) / 255
        return torch.from_numpy(colour).permute(2, 0, 1)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        if len(batch) > self.holds:
            raise torch.OutOfMemoryError("full")
        self.batches.append(len(batch))
        return batch.mean(dim=(2, 3))


def picture(colour) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(written, "WEBP", lossless=True)
    return written.getvalue()


def preset(root, name, *colours) -> FramesRow:
    """A preset with a picture of each colour; of None, one that does not open."""
    frames = tuple(frame_path(name, number) for number in range(len(colours)))
    for relative, colour in zip(frames, colours, strict=True):
        data = b"no picture" if colour is None else picture(colour)
        write_atomic(root / relative, data, fsync=False)
    return FramesRow(at="2026-03-01T00:00:00Z", preset_id=name, status="ok", frames=frames)


def test_a_vector_is_the_mean_of_unit_vectors_by_hand(tmp_path):
    rows = [
        preset(tmp_path, "a", (255, 0, 0), (0, 51, 0)),
        preset(tmp_path, "b", (0, 0, 9), None, (0, 0, 200), (255, 0, 0)),
    ]
    files = EmbeddingFiles(tmp_path)
    summary = embed(rows, tmp_path, files, MeanColour().encoder, PLAN)
    found = read_embeddings(files)
    assert found.ids == ("a", "b")
    # However bright a picture is, it counts as much; the fourth is one too many.
    half = 1 / np.sqrt(2)
    assert found.vectors == pytest.approx(np.array([[half, half, 0], [0, 0, 1]]), abs=1e-5)
    assert (found.meta.encoder, found.meta.count, found.meta.dims) == (IDENTITY, 2, 3)
    assert (summary.num_embedded, summary.num_before, summary.left_out) == (2, 0, Counter())


def test_only_what_is_missing_is_embedded(tmp_path):
    rows = [preset(tmp_path, name, (9, number, 30)) for number, name in enumerate("abcde")]
    files, made = EmbeddingFiles(tmp_path), MeanColour()
    embed(rows[:2], tmp_path, files, made.encoder, PLAN)
    before = read_embeddings(files)
    summary = embed(rows, tmp_path, files, made.encoder, PLAN)
    after = read_embeddings(files)
    assert after.ids == tuple("abcde")
    assert np.array_equal(after.vectors[:2], before.vectors)
    assert (summary.num_before, summary.num_embedded) == (2, 3)
    assert sum(made.batches) == 5
    written = files.vectors.stat().st_mtime_ns
    assert embed(rows, tmp_path, files, made.encoder, PLAN).num_embedded == 0
    assert files.vectors.stat().st_mtime_ns == written


def test_encoders_are_not_mixed(tmp_path):
    rows = [preset(tmp_path, "a", (9, 9, 9)), preset(tmp_path, "b", (1, 9, 9))]
    files, encoder = EmbeddingFiles(tmp_path), MeanColour().encoder
    embed(rows[:1], tmp_path, files, encoder, PLAN)
    other = replace(encoder, identity=IDENTITY.model_copy(update={"weights": "1" * 64}))
    before = files.vectors.read_bytes()
    for changed, plan in ((other, PLAN), (encoder, replace(PLAN, max_frames=1))):
        with pytest.raises(InputError, match="--anew"):
            embed(rows, tmp_path, files, changed, plan)
    files.meta.unlink()
    with pytest.raises(InputError, match="nobody says"):
        embed(rows, tmp_path, files, encoder, PLAN)
    assert files.vectors.read_bytes() == before
    embed(rows, tmp_path, files, other, replace(PLAN, anew=True))
    assert read_embeddings(files).meta.encoder == other.identity
    assert read_embeddings(files).ids == ("a", "b")


def test_what_comes_to_nothing_is_left_out_and_counted(tmp_path):
    rows = [
        preset(tmp_path, "broken", None),
        preset(tmp_path, "black", (0, 0, 0)),
        preset(tmp_path, "fine", (0, 0, 0), (9, 9, 9)),
        FramesRow(at="", preset_id="no\nline", status="ok", frames=()),
        FramesRow(at="", preset_id="gone", status="ok", frames=("frames/gone.webp",)),
    ]
    files = EmbeddingFiles(tmp_path)
    told = []
    summary = embed(
        rows,
        tmp_path,
        files,
        MeanColour().encoder,
        PLAN,
        on_progress=lambda *now: told.append(now),
    )
    assert read_embeddings(files).ids == ("fine",)
    assert summary.left_out == {
        "no picture that opens": 2,
        "no finite vector": 1,
        "an id that fits no line": 1,
    }
    assert told[-1] == (5, 5)


def test_a_batch_is_halved_until_the_device_holds_it(tmp_path):
    rows = [preset(tmp_path, f"p{number}", (9, number, 30)) for number in range(20)]
    made, files = MeanColour(holds=3), EmbeddingFiles(tmp_path)
    summary = embed(rows, tmp_path, files, made.encoder, replace(PLAN, batch=16))
    assert summary.batch == 2
    assert max(made.batches) == 2
    assert read_embeddings(files).ids == tuple(f"p{number}" for number in range(20))
    with pytest.raises(InputError, match="one picture"):
        embed(rows, tmp_path, EmbeddingFiles(tmp_path / "x"), MeanColour(holds=0).encoder, PLAN)


def test_what_is_done_is_kept_meanwhile(tmp_path):
    rows = [preset(tmp_path, f"p{number}", (9, number, 30)) for number in range(12)]
    files, made = EmbeddingFiles(tmp_path), MeanColour()
    clock = iter(range(0, 10**6, 130))

    def fail_late(batch):
        if len(made.batches) == 2:
            raise KeyboardInterrupt
        return made.forward(batch)

    dying = replace(made.encoder, forward=fail_late)
    with pytest.raises(KeyboardInterrupt):
        embed(rows, tmp_path, files, dying, PLAN, now_s=lambda: next(clock))
    kept = read_embeddings(files)
    assert kept.ids == tuple(f"p{number}" for number in range(8))
    assert embed(rows, tmp_path, files, made.encoder, PLAN).num_before == 8
    assert read_embeddings(files).ids == tuple(f"p{number}" for number in range(12))


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=5, unique=True), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_rows_and_ids_are_aligned_however_often_it_is_called(tmp_path_factory, calls):
    root = tmp_path_factory.mktemp("aligned")
    rows = {
        name: preset(root, name, (20 * number + 9, 40, 9)) for number, name in enumerate("abcdefgh")
    }
    files, encoder = EmbeddingFiles(root), MeanColour().encoder
    for names in calls:
        embed([rows[name] for name in names], root, files, encoder, PLAN)
    if not any(calls):
        assert not files.vectors.exists()
        return
    found = read_embeddings(files)
    assert list(found.ids) == list(dict.fromkeys(name for names in calls for name in names))
    for name, vector in zip(found.ids, found.vectors, strict=True):
        colour = np.array([20 * "abcdefgh".index(name) + 9, 40, 9])
        assert vector == pytest.approx(colour / np.linalg.norm(colour), abs=1e-5)
