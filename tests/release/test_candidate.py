import dataclasses
import json
import statistics
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release.release_fixtures import (
    PACK,
    UNVERIFIED,
    verified,
    write_manifest,
    write_scores,
)

from aivj.errors import GateError, InputError, StorageError
from aivj.release import PromotionEvidence, candidate
from aivj.release.candidate import admit
from aivj.storage import sha256_hex


@pytest.fixture
def scores(tmp_path):
    return write_scores(tmp_path / "pairs-quality.v0.json")


def admitted(path, evidence=UNVERIFIED, *, manifest_path=None, **options):
    return admit(path, pack=PACK, manifest_path=manifest_path, evidence=evidence, **options)


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
        admitted(tmp_path / "x.json")


def test_scores_for_pairs_that_the_manifest_lacks_are_refused(scores, tmp_path):
    manifest_path = write_manifest(tmp_path / "pairs-manifest.v0.json", num_pairs=3)
    with pytest.raises(GateError, match=r"1 others, first \[3\]"):
        admitted(scores, manifest_path=manifest_path)


def test_a_manifest_of_another_pack_is_refused(scores, tmp_path):
    manifest_path = write_manifest(tmp_path / "m.json", num_pairs=9, pack="day")
    with pytest.raises(InputError, match="pack 'day'"):
        admitted(scores, manifest_path=manifest_path)


def test_scores_without_a_check_are_refused_unless_allowed(scores):
    with pytest.raises(GateError, match="no such check"):
        admitted(scores, PromotionEvidence())
    assert admitted(scores, UNVERIFIED).report is None


@pytest.mark.parametrize("allow_unverified", [False, True])
def test_a_check_that_failed_always_refuses(scores, allow_unverified):
    evidence = dataclasses.replace(
        verified(scores, passed=False), allow_unverified=allow_unverified
    )
    with pytest.raises(GateError, match="one that failed"):
        admitted(scores, evidence)


def test_a_check_of_other_scores_is_none(scores):
    evidence = verified(scores)
    edited(scores, lambda d: d.update(generatedAt="2026-03-02T00:00:00.000Z"))
    with pytest.raises(GateError, match="a check of other scores"):
        admitted(scores, evidence)


def test_a_check_whose_report_is_gone_is_none(scores):
    evidence = verified(scores)
    evidence.verify.report_path.unlink()
    with pytest.raises(InputError, match="nothing there"):
        admitted(scores, evidence)


def test_a_file_that_changes_while_it_is_judged_is_refused(scores, monkeypatch):
    read = candidate.read_pairs_quality

    def read_then_change(path: Path):
        quality = read(path)
        edited(path, lambda d: d["pairs"][0].update(quality01=0.0))
        return quality

    monkeypatch.setattr(candidate, "read_pairs_quality", read_then_change)
    with pytest.raises(StorageError, match="changed meanwhile"):
        admitted(scores)
