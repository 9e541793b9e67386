import json
import statistics
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release.release_fixtures import (
    FORCE,
    PACK,
    SPREAD,
    UNVERIFIED,
    verified,
    write_manifest,
    write_scores,
)

from aivj.contracts.pointer import Forced
from aivj.errors import GateError, InputError, StorageError
from aivj.release import Force, candidate
from aivj.release.candidate import admit
from aivj.storage import sha256_hex


@pytest.fixture
def scores(tmp_path):
    return write_scores(tmp_path / "pairs-quality.v0.json")


def admitted(path, evidence=None, *, manifest_path=None, **options):
    return admit(
        path,
        pack=PACK,
        manifest_path=manifest_path,
        evidence=evidence or verified(path),
        **options,
    )


def edited(path, edit):
    document = json.loads(path.read_text())
    edit(document)
    path.write_text(json.dumps(document))
    return path


def test_scores_and_their_evidence_are_let_through(scores, tmp_path):
    manifest_path = write_manifest(tmp_path / "pairs-manifest.v0.json", num_pairs=9)
    evidence = verified(scores)
    let_through = admitted(scores, evidence, manifest_path=manifest_path)
    assert let_through.data == scores.read_bytes()
    assert let_through.digest == sha256_hex(scores.read_bytes())
    assert let_through.report == evidence.verify.report_path.read_bytes()
    assert let_through.manifest_digest == sha256_hex(manifest_path.read_bytes())
    assert let_through.verified
    assert let_through.num_pairs == 4
    assert let_through.quality_std == statistics.pstdev(SPREAD)
    assert let_through.forced is None


@settings(max_examples=40)
@given(scores01=st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_the_spread_of_the_scores_decides(tmp_path_factory, scores01):
    path = write_scores(tmp_path_factory.mktemp("scores") / "x.json", scores01)
    if statistics.pstdev(scores01) >= 0.03:
        assert admitted(path).data == path.read_bytes()
    else:
        with pytest.raises(GateError, match="they rank nothing"):
            admitted(path)


def test_how_much_spread_is_wanted_can_be_said(tmp_path):
    path = write_scores(tmp_path / "x.json", [0.5, 0.52])
    assert admitted(path, min_quality_std=0.009)
    with pytest.raises(GateError, match=r"at least 0\.011"):
        admitted(path, min_quality_std=0.011)


def test_scores_of_another_pack_are_refused(tmp_path):
    path = write_scores(tmp_path / "x.json", pack="day")
    with pytest.raises(GateError, match="scores of pack 'day'"):
        admitted(path)


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["pairs"][0].update(quality01=1.1),
        lambda d: d["pairs"][0].update(quality01=-0.1),
        lambda d: d["pairs"][0].update(quality01="0.5"),
        lambda d: d["pairs"][0].update(quality01=None),
        lambda d: d["pairs"][0].update(pair="0"),
        lambda d: d["pairs"][0].update(pair=1),
        lambda d: d["pairs"].append(7),
    ],
)
def test_scores_that_the_runtime_would_bend_or_skip_are_refused(scores, edit):
    with pytest.raises(GateError, match="one score from 0 to 1 for each pair"):
        admitted(edited(scores, edit))


def test_statistics_that_belong_to_other_scores_are_refused(scores):
    edited(scores, lambda d: d["qualityStats"].update(std=0.02))
    with pytest.raises(GateError, match=r"std 0\.0200 written there, 0\.2915 by the scores"):
        admitted(scores)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999"])
def test_a_score_that_is_no_number_is_refused(scores, text):
    scores.write_text(scores.read_text().replace("0.9\n", f"{text}\n"))
    assert text in scores.read_text()
    with pytest.raises((InputError, GateError)):
        admitted(scores)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(InputError, match="nothing there"):
        admitted(tmp_path / "x.json", UNVERIFIED)


def test_scores_for_pairs_that_the_manifest_lacks_are_refused(scores, tmp_path):
    manifest_path = write_manifest(tmp_path / "pairs-manifest.v0.json", num_pairs=3)
    with pytest.raises(GateError, match=r"1 others, first \[3\]"):
        admitted(scores, manifest_path=manifest_path)


def test_a_manifest_of_another_pack_is_refused(scores, tmp_path):
    manifest_path = write_manifest(tmp_path / "m.json", num_pairs=9, pack="day")
    with pytest.raises(InputError, match="pack 'day'"):
        admitted(scores, manifest_path=manifest_path)


@pytest.mark.parametrize("said", ["manifest", "presets"])
def test_scores_of_another_pack_of_that_name_are_refused(scores, tmp_path, said):
    manifest_path = write_manifest(tmp_path / "pairs-manifest.v0.json", num_pairs=9)
    edited(scores, lambda d: d.update(provenance={f"{said}Digest": "0" * 64}))
    with pytest.raises(GateError, match=f"its .*{said}.* sha256 000000000000.*aivj score"):
        admitted(scores, manifest_path=manifest_path)
    forced = admitted(scores, manifest_path=manifest_path, force=FORCE).forced
    assert forced.overruled == ["pack"]


def test_scores_of_this_very_pack_are_let_through(scores, tmp_path):
    manifest_path = write_manifest(tmp_path / "pairs-manifest.v0.json", num_pairs=9)
    digest = sha256_hex(manifest_path.read_bytes())
    edited(scores, lambda d: d.update(provenance={"manifestDigest": digest}))
    assert admitted(scores, manifest_path=manifest_path).forced is None


def test_scores_without_a_check_are_refused(scores):
    with pytest.raises(GateError, match=r"no such check.*--force --reason"):
        admitted(scores, UNVERIFIED)


def test_a_check_that_failed_refuses(scores):
    with pytest.raises(GateError, match="one that failed"):
        admitted(scores, verified(scores, passed=False))


def test_a_check_of_other_scores_is_none(scores):
    evidence = verified(scores)
    edited(scores, lambda d: d.update(generatedAt="2026-03-02T00:00:00.000Z"))
    with pytest.raises(GateError, match="a check of other scores"):
        admitted(scores, evidence)


@pytest.mark.parametrize("force", [None, FORCE])
def test_a_check_whose_report_is_gone_is_none(scores, force):
    evidence = verified(scores)
    evidence.verify.report_path.unlink()
    with pytest.raises(InputError, match="nothing there"):
        admitted(scores, evidence, force=force)


def test_a_file_that_changes_while_it_is_judged_is_refused(scores, monkeypatch):
    read = candidate.read_pairs_quality

    def read_then_change(path: Path):
        quality = read(path)
        edited(path, lambda d: d["pairs"][0].update(quality01=0.0))
        return quality

    monkeypatch.setattr(candidate, "read_pairs_quality", read_then_change)
    with pytest.raises(StorageError, match="changed meanwhile"):
        admitted(scores)


def test_a_force_overrules_every_gate_and_says_which(tmp_path):
    path = write_scores(tmp_path / "x.json", [0.5, 0.51])
    edited(path, lambda d: d["qualityStats"].update(std=0.2))
    failed = verified(path, passed=False)
    through = admitted(path, failed, force=Force(reason=" tonight's show\n", by=" ada "))
    assert through.forced == Forced(
        reason="tonight's show", by="ada", overruled=["statistics", "spread", "verify"]
    )
    assert not through.verified
    assert through.report == failed.verify.report_path.read_bytes()
    assert through.quality_std == pytest.approx(0.005)


def test_a_force_overrules_no_more_than_what_refused(tmp_path):
    flat = write_scores(tmp_path / "x.json", [0.5, 0.51])
    through = admitted(flat, verified(flat), force=FORCE)
    assert through.forced.overruled == ["spread"]
    assert through.verified


def test_a_force_where_nothing_is_refused_is_none(scores):
    assert admitted(scores, force=FORCE).forced is None


def test_the_report_of_other_scores_is_not_published_by_force(scores, tmp_path):
    other = write_scores(tmp_path / "other.json", [0.2, 0.8])
    through = admitted(scores, verified(other), force=FORCE)
    assert through.forced.overruled == ["verify"]
    assert through.report is None


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d.update(pack="day"),
        lambda d: d["pairs"][0].update(quality01=1.1),
        lambda d: d["pairs"][0].update(quality01=None),
        lambda d: d["pairs"][0].update(pair="0"),
        lambda d: d["pairs"][0].update(pair=1),
        lambda d: d["pairs"][0].update(pair=99),
    ],
)
def test_no_force_makes_the_runtime_read_what_it_cannot(scores, tmp_path, edit):
    manifest_path = write_manifest(tmp_path / "m.json", num_pairs=9)
    with pytest.raises(GateError) as caught:
        admitted(edited(scores, edit), force=FORCE, manifest_path=manifest_path)
    assert "--force" not in caught.value.remedy


@pytest.mark.parametrize("text", ["NaN", "Infinity"])
def test_no_force_promotes_what_is_no_number(scores, text):
    scores.write_text(scores.read_text().replace("0.9\n", f"{text}\n"))
    with pytest.raises(InputError):
        admitted(scores, force=FORCE)


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_force_names_reason_and_person(blank):
    with pytest.raises(InputError, match=r"the reason that goes on record.*--reason"):
        Force(reason=blank, by="ada")
    with pytest.raises(InputError, match=r"the name that goes on record.*--by"):
        Force(reason="tonight's show", by=blank)


def test_more_than_any_scores_need_is_not_published(scores, monkeypatch):
    num_bytes = scores.stat().st_size
    monkeypatch.setattr(candidate, "MAX_PUBLISHED_BYTES", num_bytes)
    assert admitted(scores).num_pairs == 4
    monkeypatch.setattr(candidate, "MAX_PUBLISHED_BYTES", num_bytes - 1)
    with pytest.raises(GateError, match="bytes of scores to publish"):
        admitted(scores)
