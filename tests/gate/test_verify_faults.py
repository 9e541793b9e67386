"""Packs and pages with one fault each: it fails its own check, and no other."""

import shutil

import pytest
import pytest_asyncio
from gate.tested_packs import BLANK, BROKEN, MOVING, STILL, write_pack

from aivj.browser.session import BrowserSession
from aivj.gate import arms, playing
from aivj.stage import assets

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCORES = [0.2, 0.4, 0.6, 0.9]


class KeptSession(BrowserSession):
    """A browser that stays open from one verification to the next."""

    async def open(self):
        if not self.is_open:
            self._report = await super().open()
        return self._report

    @property
    def is_open(self):
        return self._browser is not None and self._browser.is_connected()

    async def close(self):
        """Closes what was shown."""
        for context in self._browser.contexts if self.is_open else ():
            await context.close()
        self._tab = None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kept_session(software_renderer):
    session = KeptSession(software_renderer.plan, software_renderer.policy)
    yield session
    await super(KeptSession, session).close()


@pytest.fixture(autouse=True)
def one_browser(kept_session, monkeypatch):
    """Faults of packs and pages leave the browser as it was, and starting one costs more."""
    monkeypatch.setattr(playing, "BrowserSession", lambda *_: kept_session)


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """What is blank or stands still does so at once, and nobody looks at the pictures."""
    monkeypatch.setattr(arms, "_WATCH_FRAMES", 12)
    monkeypatch.setattr(arms, "_SCREENSHOT_AFTER_FRAMES", 1)


async def failed_checks(verify, pack):
    """What failed by the report, and by the gate's table as well."""
    done = await verify(pack.name, packs_root=pack.root)
    assert not done.report.passed
    assert not done.gate.passed
    assert set(done.report.failed_checks) <= set(done.gate.failed_checks)
    return done.report.failed_checks


async def test_a_missing_quality_file_fails_the_scores(verify, tmp_path):
    pack = write_pack(tmp_path, [MOVING] * 4, SCORES)
    pack.quality.unlink()
    report = (await verify(pack.name, packs_root=pack.root)).report
    assert list(report.failed_checks) == ["scoresMerged"]
    assert "nothing there" in report.failed_checks["scoresMerged"]
    assert report.checks["pickUplift"].ok is None
    assert not report.passed


async def test_a_quality_file_of_another_pack_fails_the_scores(verify, tmp_path):
    pack = write_pack(tmp_path, [MOVING] * 4, SCORES)
    pack.quality.write_text(pack.quality.read_text().replace('"tested"', '"other"'))
    failed = await failed_checks(verify, pack)
    assert list(failed) == ["scoresMerged"]
    assert "is for pack 'other'" in failed["scoresMerged"]


async def test_a_nan_in_the_quality_file_fails_the_scores(verify, tmp_path):
    pack = write_pack(tmp_path, [MOVING] * 4, SCORES)
    pack.quality.write_text(
        pack.quality.read_text().replace('"quality01": 0.9', '"quality01": NaN')
    )
    failed = await failed_checks(verify, pack)
    assert list(failed) == ["scoresMerged"]
    assert "NaN at line" in failed["scoresMerged"]


async def test_equal_scores_fail_the_uplift(verify, tmp_path):
    pack = write_pack(tmp_path, [MOVING] * 4, [0.5] * 4)
    failed = await failed_checks(verify, pack)
    assert list(failed) == ["pickUplift"]
    assert "uplift +0.0000" in failed["pickUplift"]


async def test_presets_that_never_draw_fail_the_frames(verify, tmp_path):
    pack = write_pack(tmp_path, [BROKEN] * 4, SCORES)
    failed = await failed_checks(verify, pack)
    assert list(failed) == ["projectMFramesRendered", "coupledNext"]
    assert "weighted: 0 frames (Coupled pair" in failed["projectMFramesRendered"]
    assert "not loaded" in failed["coupledNext"]


async def test_blank_pictures_fail_the_output(verify, tmp_path):
    pack = write_pack(tmp_path, [BLANK] * 4, SCORES)
    failed = await failed_checks(verify, pack)
    assert list(failed) == ["finalOutputNonEmpty", "coupledNext"]
    assert "blank" in failed["finalOutputNonEmpty"]


async def test_frozen_pictures_fail_the_change(verify, tmp_path):
    pack = write_pack(tmp_path, [STILL] * 4, SCORES)
    failed = await failed_checks(verify, pack)
    assert list(failed) == ["finalOutputChanges", "coupledNext"]
    assert "stood still" in failed["finalOutputChanges"]


async def test_one_pair_that_falls_short_is_told_but_does_not_fail(verify, tmp_path):
    pack = write_pack(tmp_path, [BROKEN, MOVING, MOVING, MOVING], SCORES)
    report = (await verify(pack.name, packs_root=pack.root)).report
    assert report.passed, report.failed_checks
    assert report.checks["everyNext"].ok is False
    assert "pair 0 failed" in report.checks["everyNext"].reason


async def test_a_page_error_fails_its_check(verify, tmp_path, monkeypatch):
    pack = write_pack(tmp_path, [MOVING] * 4, SCORES)
    dist = tmp_path / "dist"
    shutil.copytree(assets.DIST, dist)
    with (dist / "player.js").open("a") as player:
        player.write('\nsetTimeout(() => { throw new Error("boom"); }, 0);\n')
    monkeypatch.setattr(assets, "DIST", dist)
    failed = await failed_checks(verify, pack)
    assert list(failed) == ["pageErrors"]
    assert "weighted: boom" in failed["pageErrors"]
    assert "boom" in (tmp_path / "evidence" / "page-errors.log").read_text()


async def test_a_run_manifest_by_which_nothing_was_selected_fails_the_release_gate(
    verify, tmp_path
):
    pack = write_pack(tmp_path, [MOVING] * 4, SCORES)
    done = await verify(
        pack.name,
        packs_root=pack.root,
        preset_library="run3-crashsafe-15000",
        run_manifest_url="/run-manifest.json",
        mode="release",
    )
    assert "runManifestUrl=%2Frun-manifest.json" in done.report.url
    assert done.gate.failed_checks["selection"] == "no log of selected presets"
    assert not done.report.passed


async def test_a_player_that_does_not_start_fails_the_opening(verify, tmp_path, monkeypatch):
    pack = write_pack(tmp_path, [MOVING] * 4, SCORES)
    monkeypatch.setattr("aivj.gate.arms._READY_TIMEOUT_S", 0.5)
    dist = tmp_path / "dist"
    shutil.copytree(assets.DIST, dist)
    (dist / "player.js").write_text("")
    monkeypatch.setattr(assets, "DIST", dist)
    failed = await failed_checks(verify, pack)
    assert list(failed) == ["pageOpened"]


async def test_a_converter_that_fails_is_a_page_error(verify, tmp_path):
    pack = write_pack(tmp_path, [MOVING] * 4, SCORES)

    def convert(_: bytes) -> bytes:
        raise OSError("the converter is gone")

    report = (await verify(pack.name, packs_root=pack.root, convert=convert)).report
    assert "status of 500" in report.failed_checks["pageErrors"]
    assert "HTTP 500" in report.failed_checks["coupledNext"]


@pytest.mark.parametrize("text", ['{"version": "v0", "pack": "tested", "pairs": [', "[]"])
async def test_a_broken_manifest_fails_its_check(verify, tmp_path, text):
    pack = write_pack(tmp_path, [MOVING] * 4, SCORES)
    pack.manifest.write_text(text)
    failed = await failed_checks(verify, pack)
    assert list(failed) == ["manifestActive", "scoresMerged"]
    assert "pairs-manifest.v0.json" in failed["manifestActive"]
