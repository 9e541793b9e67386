"""Quality comes of takes, drawn where there are none, or of the page's hook."""

import contextlib
from collections import Counter
from dataclasses import replace

import pytest
from pipeline.made_browsers import BROKEN, Browsers, stand_in

from aivj.audio.groove import groove
from aivj.contracts.preset_audit import AuditQuality
from aivj.errors import ItemError
from aivj.executor.protocol import Outcome
from aivj.library.audit import _Audit
from aivj.library.compat_probe import CompatSettings
from aivj.library.preset_on_disk import PresetOnDisk
from aivj.library.quality import Limits
from aivj.library.request import AuditRequest
from aivj.packs.scan import PresetFile
from aivj.pipeline import auditing
from aivj.pipeline.auditing import CompatProber, TakeProber, audit_library
from aivj.pipeline.render_options import RenderOptions
from aivj.pipeline.taking import Studio
from aivj.presets.digest import content_hash
from aivj.takes.settings import RenderSettings
from aivj.takes.take import Take, TakeFailure

SETTINGS = RenderSettings(width=64, height=36, measure_frames=4)


@pytest.fixture
def browsers(tmp_path, monkeypatch, software_renderer):
    made = Browsers()
    stand_in(made, monkeypatch, tmp_path, software_renderer)
    return made


@pytest.fixture
def studio(tmp_path, browsers):  # noqa: ARG001 - they stand in
    return Studio(
        home=tmp_path,
        conversion_cache=tmp_path / "cache",
        options=RenderOptions(gpu="software", takes_uri=str(tmp_path / "takes")),
        num_workers=lambda _: 1,
        clip=groove(),
        settings=SETTINGS,
    )


@pytest.fixture
def library(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.milk").write_text(f"warp={number}\n")
    (folder / "broken.milk").write_bytes(BROKEN)
    return folder


def presets(library):
    files = [PresetFile(path.name, path) for path in sorted(library.iterdir())]
    return [PresetOnDisk(file, content_hash(file.path.read_bytes())) for file in files]


def audit(library, studio, limits=None, **options):
    request = AuditRequest(
        root=library, out_dir=library.parent / "out", limits=limits or Limits(), **options
    )
    return audit_library(request, studio, CompatSettings())


def test_presets_are_drawn_once_and_judged(library, studio, browsers):
    audited = audit(library, studio)
    assert browsers.asked == {"renderer": 1, "preset": 5}
    assert (audited.result.num_judged, audited.tally.num_probed) == (6, 6)
    assert audited.tally.reasons["render-failed"] == 1
    assert audited.tally.num_crash_safe == 5
    browsers.asked.clear()
    again = audit(library, studio)
    assert (again.result.num_judged, browsers.asked) == (0, {})


def test_other_limits_judge_anew_and_draw_nothing(library, studio, browsers):
    audit(library, studio)
    browsers.asked.clear()
    audited = audit(library, studio, limits=replace(Limits(), max_avg_luma=0.0))
    assert (audited.result.num_judged, browsers.asked) == (6, {})
    assert audited.tally.reasons["too-bright"] == 5


def test_what_is_stopped_closes_its_browsers_and_is_gone_on_with(
    library, studio, browsers, monkeypatch
):
    monkeypatch.setattr(auditing, "_LOOK_EVERY", 2)
    closed = []
    run = browsers.run

    def watched(*args, **options):
        with contextlib.closing(run(*args, **options)) as outcomes:
            try:
                yield from outcomes
            finally:
                closed.append(browsers.asked["preset"])

    browsers.run = watched
    with monkeypatch.context() as late:
        late.setattr(_Audit, "_stop", lambda audit, _: "time" if audit.num_judged else None)
        audited = audit(library, studio)
    assert audited.result.stopped_by == "time"
    assert len(closed) == 1
    assert 1 <= audited.tally.num_probed <= 6
    whole = audit(library, studio)
    assert whole.result.stopped_by is None
    assert whole.tally.num_probed == 6
    assert browsers.asked["preset"] == 5


def test_what_will_not_be_audited_is_not_drawn(library, studio, browsers):
    audited = audit(library, studio, stop_after=2)
    assert audited.result.stopped_by == "number"
    assert (audited.tally.num_probed, browsers.asked["preset"]) == (2, 2)


@pytest.mark.parametrize(("kind", "is_known"), [("wasm-trap", True), ("dead-actor", False)])
def test_a_failure_of_the_machinery_is_no_verdict(library, studio, kind, is_known):
    prober = TakeProber(studio, Limits())
    every = presets(library)
    prober.open(every)
    store = studio.store(studio.prove())
    writer = store.writer()
    failure = TakeFailure(kind, "a", "b", "c")
    writer.add(Take(every[0].content_hash, failure, "made", "1"))
    writer.close()
    store.refresh()
    ((_, quality),) = prober._judged(store, every[:1])
    assert (quality is not None) is is_known


def test_a_file_that_is_gone_says_nothing_of_its_preset(library, studio):
    every = presets(library)
    (library / "3.milk").unlink()
    prober = TakeProber(studio, Limits())
    prober.open(every)
    found = {preset.source.relative_path: quality for preset, quality in prober.judge(every)}
    assert found.keys() == {preset.source.relative_path for preset in every}
    assert [name for name, quality in found.items() if quality is None] == ["3.milk"]


FAILURES = {"1": "hung-page", "2": "dead-actor", "3": "gpu-crash"}


class Hooks:
    """Stands for browsers whose page answers or fails by the preset's number."""

    def __init__(self, names):
        self._names = names
        self.asked = Counter()

    def run(self, make_worker, items, **_):
        (plan,) = make_worker.args
        for item in items:
            self.asked["preset"] += 1
            kind = FAILURES.get(self._names[item.content])
            if kind is None:
                answer = AuditQuality(ok=True, avg_luma=plan.limits.min_avg_luma, render_ok=True)
                yield Outcome(item, answer, None, 1)
            else:
                yield Outcome(item, None, ItemError(kind, "a", "b", "c"), 2)


def test_what_the_hook_says_counts(library, studio, browsers, monkeypatch):
    every = presets(library)
    hooks = Hooks({each.content_hash: each.source.path.stem for each in every})
    monkeypatch.setattr(auditing, "PresetConverter", lambda _: contextlib.nullcontext(browsers))
    monkeypatch.setattr(auditing, "open_executor", lambda *_: contextlib.nullcontext(hooks))
    prober = CompatProber(studio, Limits(), CompatSettings())
    assert prober.open(every).startswith("compat:")
    found = {each.source.path.stem: quality for each, quality in prober.judge(every)}
    reasons = {name: quality and quality.reasons for name, quality in found.items()}
    assert reasons == {
        "0": [],
        "1": ["probe-timeout"],
        "2": None,
        "3": ["render-failed"],
        "4": [],
        "broken": ["render-failed"],
    }
    assert hooks.asked["preset"] == 5


def test_other_settings_of_the_hook_are_another_probe(library, studio):
    every = presets(library)
    names = {
        CompatProber(studio, limits, settings).open(every)
        for limits in (Limits(), Limits(min_avg_luma=0.1))
        for settings in (CompatSettings(), CompatSettings(probe_width=64))
    }
    assert len(names) == 4
