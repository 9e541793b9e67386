"""Pictures out of takes, pictures drawn by the page in a real browser, and runs that end early."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from takes.made import drawn

from aivj.audio.groove import groove
from aivj.contracts.frames_index import best_rows, frame_files, read_frames_index
from aivj.errors import InputError
from aivj.frames.plan import CapturePlan, Limits
from aivj.frames.subjects import of_folder
from aivj.pipeline import framing
from aivj.pipeline.framing import FramesRequest, fits_takes, take_frames
from aivj.pipeline.render_options import RenderOptions
from aivj.pipeline.taking import Studio
from aivj.stage.thumbnails import open_picture
from aivj.takes.shelf import TakeShelf
from aivj.takes.store import TakeStore
from aivj.takes.take import Take, TakeFailure

WAVE = "[preset00]\nfDecay=0.9\nnWaveMode=0\nwave_r=1\nob_size=0.2\nob_a=1\nob_r={red}\n"


@dataclass(frozen=True)
class MadeStudio(Studio):
    """Draws without a browser, and notes what it drew."""

    asked: list[str] = field(default_factory=list)

    def take(self, presets) -> TakeStore:
        clips = {"0": self.music}
        shelf = TakeShelf.open(self.options.takes_uri, self.settings, clips, "made")
        store = shelf.places["0"].open()
        writer = store.writer()
        for preset in presets:
            if self.is_over():
                break
            if preset.content_hash not in store:
                self.asked.append(preset.source.relative_path)
                outcome = drawn(self.settings, level=40 + 9 * len(self.asked))
                if b"broken" in preset.data:
                    outcome = TakeFailure("wasm-trap", "a preset", "a trap", "repair it")
                writer.add(Take(preset.content_hash, outcome, "made", "1"))
        writer.close()
        store.refresh()
        return store


@pytest.fixture
def library(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.milk").write_text(WAVE.format(red=number / 4))
    (folder / "again.milk").write_text(WAVE.format(red=0))
    (folder / "broken.milk").write_text(WAVE.format(red=1) + "broken=1\n")
    (folder / "empty.milk").write_text("\n")
    (folder / "nul.milk").write_bytes(b"a=1\0")
    (folder / "gone.milk").symlink_to(folder / "0.milk")
    return folder


def studio_in(tmp_path, kind=MadeStudio, **changes):
    from aivj.takes.settings import RenderSettings

    options = RenderOptions(
        gpu="software", takes_uri=str(tmp_path / "takes"), executor="in-process"
    )
    return kind(
        home=tmp_path / "home",
        conversion_cache=tmp_path / "conversion",
        options=options,
        num_workers=lambda _is_software: 1,
        clip=groove(),
        settings=RenderSettings(),
        **changes,
    )


def taken(tmp_path, library, studio, request=FramesRequest(), **changes):  # noqa: B008
    subjects = of_folder(library).presets
    if (library / "gone.milk").is_symlink():
        (library / "gone.milk").unlink()
    settings = {"plan": CapturePlan(), "limits": Limits()} | changes
    return take_frames(subjects, tmp_path / "pack", request, studio=studio, **settings)


def test_pictures_of_takes(tmp_path, library):
    studio = studio_in(tmp_path)
    summary = taken(tmp_path, library, studio)
    assert summary.source == "takes"
    assert summary.statuses == {"ok": 5, "failed": 4}
    assert summary.reasons == {
        "wasm-abort": 1,
        "empty": 1,
        "binary-nul": 1,
        "read-failed": 1,
    }
    # What is there twice is drawn once, and what is no preset never.
    assert len(studio.asked) == 5
    assert not {"empty.milk", "nul.milk", "gone.milk"} & set(studio.asked)
    rows = best_rows(read_frames_index(summary.index).rows)
    assert len(rows["again.milk"].frames) == 3
    for row in rows.values():
        for file in frame_files(row, summary.index.parent):
            assert open_picture(file.read_bytes()).size == (256, 144)
    same = (frame_files(rows[name], tmp_path / "pack")[0] for name in ("0.milk", "again.milk"))
    assert len({file.read_bytes() for file in same}) == 1


def test_resuming_takes_what_is_missing(tmp_path, library):
    studio = studio_in(tmp_path)
    assert taken(tmp_path, library, studio, FramesRequest(limit=3)).statuses.total() == 3
    again = taken(tmp_path, library, studio)
    # Settled: three by then; what another try may mend is tried again.
    assert (again.num_before, again.statuses) == (3, {"ok": 2, "failed": 3})
    third = taken(tmp_path, library, studio)
    assert (third.num_before, third.statuses) == (7, {"failed": 1})
    anew = taken(tmp_path, library, studio, FramesRequest(resumes=False))
    assert (anew.num_before, anew.statuses.total()) == (0, 8)


def test_out_of_time_is_a_normal_end(tmp_path, library):
    clock = iter(range(1000))
    summary = taken(
        tmp_path,
        library,
        studio_in(tmp_path),
        FramesRequest(stop_after_s=3.5),
        now_s=lambda: next(clock),
    )
    assert summary.num_left > 0
    assert summary.statuses["ok"] > 0
    assert summary.statuses.total() + summary.num_left == 9


def test_what_takes_do_not_have(tmp_path, library):
    assert fits_takes(CapturePlan(capture_count=2, timeout_ms=5000))
    for plan in (CapturePlan(capture_count=4), CapturePlan(out_size=336), CapturePlan(width=320)):
        assert not fits_takes(plan)
        with pytest.raises(InputError, match="--source page"):
            taken(tmp_path, library, studio_in(tmp_path), FramesRequest(source="takes"), plan=plan)


def test_limits_are_kept(tmp_path, library):
    summary = taken(tmp_path, library, studio_in(tmp_path), limits=Limits(luma_min=0.999))
    assert summary.statuses == {"failed": 9}
    assert summary.reasons["luma<0.999"] == 5


def test_a_real_browser_takes_pictures(tmp_path, library, software_renderer, monkeypatch):
    """One browser: presets that draw, one whose equations do not compile, files that are none."""
    monkeypatch.setattr(framing, "prove_renderer", lambda _options: software_renderer)
    (library / "3.milk").write_text(WAVE.format(red=1) + "per_frame_1=wave_r = (;\n")
    plan = CapturePlan(warmup_frames=3, capture_every=5, out_size=64)
    summary = taken(tmp_path, library, studio_in(tmp_path, Studio), plan=plan)
    assert summary.source == "page"
    rows = best_rows(read_frames_index(summary.index).rows)
    ok = [row for row in rows.values() if row.status == "ok"]
    assert {row.preset_id for row in ok} >= {"0.milk", "1.milk", "2.milk", "again.milk"}
    for row in ok:
        files = frame_files(row, Path(tmp_path / "pack"))
        assert [open_picture(file.read_bytes()).size for file in files] == [(64, 64)] * 3
        assert row.metrics.avg_luma > 0
        assert row.metrics.motion is not None
        assert row.metrics.band_response is not None
    assert {rows[name].reasons for name in ("empty.milk", "nul.milk", "gone.milk")} == {
        ("empty",),
        ("binary-nul",),
        ("read-failed",),
    }
    # Nothing is drawn again, and no browser starts for it.
    monkeypatch.setattr(framing, "prove_renderer", None)
    studio = replace(studio_in(tmp_path, Studio), options=RenderOptions(gpu="software"))
    done = [subject for subject in of_folder(library).presets if subject.preset_id in rows]
    settled = [each for each in done if rows[each.preset_id].is_settled]
    again = take_frames(
        settled, tmp_path / "pack", FramesRequest(), plan=plan, limits=Limits(), studio=studio
    )
    assert again.num_before == len(settled)
