"""Whether a run needs a browser at all."""

import subprocess
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from takes.made import drawn

from aivj.audio.click import click_track
from aivj.audio.playlist import Playlist
from aivj.contracts.failures import FailureLog, FailureRow
from aivj.packs.pairing import draw_coupled_pack
from aivj.packs.scan import scan_presets
from aivj.pipeline.render_options import RenderOptions
from aivj.pipeline.rendering import drawn_already
from aivj.presets.digest import content_hash
from aivj.runs.directory import RunDirectory
from aivj.sampling.packs import read_packs
from aivj.sampling.request import SampleRequest
from aivj.sampling.run import clips_of
from aivj.takes.settings import RenderSettings
from aivj.takes.shelf import TakeShelf
from aivj.takes.take import Take

SMALL = RenderSettings(width=64, height=36, warmup_frames=1, measure_frames=2)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLAYLIST = Playlist((click_track(),))


@pytest.fixture
def asked(tmp_path, corpus):
    """Asks for a run over a pack of two pairs; `known` is what was proved before."""
    root = tmp_path / "public"
    library = scan_presets(corpus / "presets_bltc201")
    options = {"num_pairs": 2, "seed": 0, "packs_root": root, "pack": "real"}
    draw_coupled_pack(library, generated_at=NOW, **options)

    def asked(known, **changes):
        told = {"packs": ("real",), "packs_root": root, "out_dir": tmp_path / "run"}
        request = SampleRequest(**{**told, "settings": SMALL, "target_coverage": 1.0, **changes})
        options = RenderOptions(gpu="software", takes_uri=str(tmp_path / "takes"))
        proofs = SimpleNamespace(find=lambda: known)
        return drawn_already(request, read_packs(request), PLAYLIST, options, proofs)

    return asked


@pytest.fixture
def draw_all(tmp_path):
    def draw_all(choice):
        request = SampleRequest(("real",), tmp_path / "public", tmp_path / "run", SMALL)
        clips = clips_of(PLAYLIST, request)
        shelf = TakeShelf.open(tmp_path / "takes", SMALL, clips, choice.report.renderer_class)
        writer = shelf.places["0"].writer()
        for path in (tmp_path / "public").rglob("*.milk"):
            content = content_hash(path.read_bytes())
            writer.add(Take(content, drawn(SMALL), "llvmpipe", "156"))
        writer.close()

    return draw_all


def test_a_run_whose_presets_are_drawn_needs_none(asked, draw_all, software_renderer):
    assert asked(software_renderer) is None
    draw_all(software_renderer)

    assert asked(software_renderer) == software_renderer
    assert asked(None) is None


def test_what_is_tried_again_needs_one(asked, draw_all, software_renderer, tmp_path):
    draw_all(software_renderer)
    directory = RunDirectory(tmp_path / "run")
    directory.path.mkdir()
    failure = {"kind": "gpu-crash", "num_attempts": 3, "message": "it died", "quarantined": True}
    with FailureLog(directory.failures_path) as failures:
        failures.append(FailureRow(t_ms=0, pack="real", pair=1, **failure))

    assert asked(software_renderer, resume=True) == software_renderer
    assert asked(software_renderer, resume=True, retry_failed=True) is None


def test_what_only_composes_does_not_load_what_drives_browsers() -> None:
    script = (
        "import sys, aivj.pipeline.known_renderer, aivj.pipeline.rendering, aivj.sampling.run\n"
        "loaded = {'aiohttp', 'playwright', 'ray', 'torch'} & set(sys.modules)\n"
        "sys.exit(' '.join(loaded) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
