"""Presets drawn by the command: each content once, and none twice."""

import json
import shutil

import pytest

from aivj.takes.store import TakeStore

PRESETS = (
    "presets_milkdrop_200/Geiss - Virus Broth.milk",
    "presets_tryptonaut/martin - fresco flash - cainlien.milk",
)
SMALL = ["--width", "64", "--height", "36", "--warmup-frames", "2", "--measure-frames", "4"]


@pytest.fixture
def library(corpus, tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    for name in PRESETS:
        shutil.copy(corpus / name, folder)
    text = (corpus / PRESETS[0]).read_bytes()
    (folder / "the same again.milk").write_bytes(text.replace(b"\n", b"\r\n"))
    (folder / "broken.milk").write_text("[preset00]\nper_frame_1=wave_r = (1 + ;\n")
    return folder


def test_a_folder_is_drawn_once(run_here, library, tmp_path, monkeypatch):
    def draw():
        return run_here(
            *("--home", tmp_path, "takes", "draw", "--presets", library),
            *("--gpu", "software", "--executor", "in-process", "--workers", "1", *SMALL),
        )

    first = draw()
    assert first.exit_code == 0, first.stderr
    assert "3 of 3 different presets are drawn" in first.stderr

    monkeypatch.setattr("aivj.pipeline.taking.prove_renderer", None)
    again = draw()
    assert (again.exit_code, again.stdout) == (0, first.stdout)

    uri, _, digest = first.stdout.strip().rpartition("/")
    store = TakeStore.find(uri, digest)
    assert len(store) == 3
    status = run_here("--home", tmp_path, "takes", "status", "--json")
    (folder,) = json.loads(status.stdout)["folders"]
    assert folder["conditions"]["width"] == 64
