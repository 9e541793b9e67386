"""`aivj embed`, as a person types it."""

import pytest
import torch
from embedding.test_embed import MeanColour, preset

from aivj.contracts.frames_index import FramesLog
from aivj.pipeline import embedding


@pytest.fixture
def embed(tmp_path, monkeypatch, run_here):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(embedding, "load_efficientnet", lambda **_: MeanColour().encoder)
    index = tmp_path / "pictures" / "frames-index.jsonl"
    words = ("embed", "--index", index, "--encoder", "efficientnet-lite0", "--allow-cpu")
    return lambda: run_here("--home", tmp_path, *words)


def test_who_has_no_pictures_is_told_to_take_some(embed):
    ended = embed()

    assert ended.exit_code == 3
    assert "take pictures first: `aivj frames`" in ended.stderr


def test_where_nothing_is_left_no_rate_is_told(embed, tmp_path):
    with FramesLog(tmp_path / "pictures" / "frames-index.jsonl") as log:
        log.append(preset(tmp_path / "pictures", "a", (200, 90, 30)))

    first, again = embed(), embed()

    assert [first.exit_code, again.exit_code] == [0, 0]
    assert "1 presets embedded by" in first.stderr
    assert " a second" in first.stderr
    assert "nothing to do: 1 are embedded by" in again.stderr
    assert " a second" not in again.stderr
    assert first.stdout == again.stdout
