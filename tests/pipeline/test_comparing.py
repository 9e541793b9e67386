import json
from datetime import UTC, datetime

import pytest
from pipeline.compared_pack import PACK, ComparedPack

from aivj.cli.compare import _MEANINGS
from aivj.contracts.comparison import DESCRIPTIVE, JUDGED_BY, FigureName
from aivj.contracts.json_text import document_bytes
from aivj.errors import InputError
from aivj.pipeline.comparing import compare
from aivj.pipeline.releasing import read_evidence
from aivj.pipeline.requests import CompareRequest, LabelFiles
from aivj.release import Force, PromotionEvidence, promote
from aivj.storage import open_bucket

NOW = datetime(2026, 3, 1, 11, tzinfo=UTC)


@pytest.fixture
def pack(tmp_path):
    return ComparedPack(tmp_path).write()


@pytest.fixture
def bucket(tmp_path):
    return open_bucket(str(tmp_path / "bucket"))


def judged(pack, bucket, *, labels=None, **options):
    request = CompareRequest(
        pack=PACK,
        packs_root=pack.packs_root,
        bucket_uri=bucket.uri,
        labels=labels or LabelFiles(),
        **options,
    )
    return compare(request, lambda *_: None)


def promoted(pack, bucket, scores, evidence=None):
    return promote(
        bucket,
        pack=PACK,
        quality_path=pack.write_scores(scores),
        manifest_path=pack.folder / "pairs-manifest.v0.json",
        evidence=PromotionEvidence(verify=evidence),
        force=Force(reason="a test", by="ada"),
        now=NOW,
    )


def measured(pack):
    return LabelFiles(eval_jsonl=[pack.write_eval()], eval_target="compat")


def test_a_better_candidate_is_told_from_what_the_bucket_serves(pack, bucket):
    champion = promoted(pack, bucket, pack.noisy_scores(0.7)).pointer
    pack.write_scores(pack.noisy_scores(0.05, seed=1))
    found = judged(pack, bucket, labels=measured(pack))
    assert found.champion.digest == champion.digest
    assert found.champion.source == f"{bucket.uri}/{champion.object}"
    assert found.candidate.source.endswith("pairs-quality.v0.json")
    assert (found.num_common, found.common_share, found.num_measured) == (60, 1.0, 60)
    assert (found.verdict, found.judged_by) == ("better", "pick_uplift")
    assert found.figures["pick_uplift"].low95 > 0
    assert found.figures["eval_spearman"].candidate > 0.9
    assert set(found.figures) == {
        "pick_uplift",
        "top20_hit_rate",
        "eval_spearman",
        "score_std",
        "score_p50",
    }


def test_a_worse_candidate_is_told_too(pack, bucket, tmp_path):
    champion = pack.write_scores(pack.noisy_scores(0.05), tmp_path / "champion.json")
    pack.write_scores(pack.noisy_scores(0.7))
    found = judged(pack, bucket, labels=measured(pack), champion_path=champion)
    assert found.verdict == "worse"


def test_the_champion_against_itself_differs_in_nothing(pack, bucket):
    promoted(pack, bucket, pack.noisy_scores(0.3))
    labels = LabelFiles(
        eval_jsonl=[pack.write_eval()],
        eval_target="compat",
        elite_dir=pack.write_elite(),
        preferences_path=pack.write_preferences(),
    )
    found = judged(pack, bucket, labels=labels)
    assert set(found.figures) == set(_MEANINGS)
    for difference in found.figures.values():
        assert (difference.difference, difference.low95, difference.high95) == (0, 0, 0)
    assert found.verdict == "not to be told apart"
    assert "both sides are the same scores" in found.notes


def test_peoples_judgements_decide_before_measurements(pack, bucket, tmp_path):
    champion = pack.write_scores(pack.noisy_scores(0.7), tmp_path / "champion.json")
    pack.write_scores(pack.noisy_scores(0.02))
    labels = LabelFiles(
        eval_jsonl=[pack.write_eval()],
        eval_target="compat",
        preferences_path=pack.write_preferences(),
    )
    found = judged(pack, bucket, labels=labels, champion_path=champion)
    assert found.num_judgements == 36
    assert found.judged_by == "preference_agreement"
    assert found.figures["preference_agreement"].candidate > 0.9
    assert found.verdict == "better"


def test_an_elite_list_is_found_by_the_content_of_its_presets(pack, bucket, tmp_path):
    champion = pack.write_scores(pack.noisy_scores(1.0), tmp_path / "champion.json")
    pack.write_scores(pack.noisy_scores(0.02))
    seen = []
    request = CompareRequest(
        pack=PACK,
        packs_root=pack.packs_root,
        bucket_uri=bucket.uri,
        labels=LabelFiles(elite_dir=pack.write_elite()),
        champion_path=champion,
    )
    found = compare(request, lambda *now: seen.append(now))
    assert found.num_elite == 40
    assert found.judged_by == "elite_auc"
    assert found.figures["elite_auc"].candidate == 1.0
    assert found.figures["elite_auc"].champion < 0.95
    assert seen[59] == ("presets", 60, 60)
    assert seen[-1] == ("figures", 3, 3)


def test_without_labels_only_the_spread_is_compared(pack, bucket):
    promoted(pack, bucket, pack.noisy_scores(0.3))
    found = judged(pack, bucket)
    assert set(found.figures) == set(DESCRIPTIVE)
    assert (found.verdict, found.judged_by) == ("not to be told apart", None)
    assert any("no label was found" in note for note in found.notes)


def test_only_pairs_that_both_score_are_judged(pack, bucket, tmp_path):
    champion = pack.write_scores(pack.noisy_scores(0.1)[:40], tmp_path / "champion.json")
    pack.write_scores(pack.noisy_scores(0.1))
    found = judged(pack, bucket, labels=measured(pack), champion_path=champion)
    assert (found.num_common, found.num_measured) == (40, 40)
    assert found.common_share == pytest.approx(2 / 3)
    assert (found.champion.num_pairs, found.candidate.num_pairs) == (40, 60)


def test_pairs_that_a_net_was_trained_on_are_not_judged_by(pack, bucket, tmp_path):
    """The champion knows by heart what it was trained on, and has the rest upside down."""
    by_heart = 1 - pack.worth01
    by_heart[:20] = pack.worth01[:20]
    champion = pack.write_scores(by_heart, tmp_path / "champion.json", held_out=range(20, 60))
    pack.write_scores(pack.noisy_scores(0.05, seed=1), held_out=range(10, 50))
    options = {"labels": measured(pack), "champion_path": champion}
    found = judged(pack, bucket, **options)
    assert (found.num_held_out, found.num_judged, found.num_measured) == (30, 30, 30)
    assert found.verdict == "better"
    assert any("judged only by pairs held out" in note for note in found.notes)
    every = judged(pack, bucket, with_trained=True, **options)
    assert (every.num_held_out, every.num_judged, every.num_measured) == (30, 60, 60)
    assert every.figures["eval_spearman"].champion > found.figures["eval_spearman"].champion
    assert any("are judged by too" in note for note in every.notes)


def test_one_file_that_says_what_was_held_out_is_heeded(pack, bucket, tmp_path):
    champion = pack.write_scores(pack.noisy_scores(0.5), tmp_path / "champion.json")
    pack.write_scores(pack.noisy_scores(0.1), held_out=range(40))
    found = judged(pack, bucket, labels=measured(pack), champion_path=champion)
    assert (found.num_held_out, found.num_measured) == (40, 40)
    assert any(note.startswith("the champion may have been trained") for note in found.notes)


def test_where_nothing_was_held_out_nothing_is_judged(pack, bucket, tmp_path):
    champion = pack.write_scores(pack.noisy_scores(0.5), tmp_path / "champion.json", held_out=[])
    pack.write_scores(pack.noisy_scores(0.1))
    found = judged(pack, bucket, labels=measured(pack), champion_path=champion)
    assert set(found.figures) == set(DESCRIPTIVE)
    assert any("--with-trained" in note for note in found.notes)


def test_scores_for_other_pairs_have_nothing_in_common(pack, bucket, tmp_path):
    path = tmp_path / "champion.json"
    path.write_text(json.dumps({"pack": PACK, "pairs": [{"pair": 0, "quality01": 0.5}]}))
    candidate = tmp_path / "candidate.json"
    candidate.write_text(json.dumps({"pack": PACK, "pairs": [{"pair": 1, "quality01": 0.5}]}))
    with pytest.raises(InputError, match="none in common"):
        judged(pack, bucket, champion_path=path, candidate_path=candidate)


@pytest.mark.parametrize("text", ["[]", '{"pack": "other", "pairs": []}', "{}"])
def test_what_is_no_score_of_the_pack_is_refused(pack, bucket, tmp_path, text):
    pack.write_scores(pack.noisy_scores(0.3))
    path = tmp_path / "champion.json"
    path.write_text(text)
    with pytest.raises(InputError, match="scores for pairs of pack 'judged'"):
        judged(pack, bucket, champion_path=path)


def test_without_a_promotion_a_champion_must_be_named(pack, bucket):
    pack.write_scores(pack.noisy_scores(0.3))
    with pytest.raises(InputError, match="a promotion of pack"):
        judged(pack, bucket)


def test_what_was_left_out_and_what_is_few_is_said(tmp_path, bucket):
    pack = ComparedPack(tmp_path, num_pairs=12).write()
    promoted(pack, bucket, pack.noisy_scores(0.3))
    labels = LabelFiles(eval_jsonl=[pack.write_eval(degraded=["fg.comp"])], eval_target="compat")
    assert (
        "12 eval rows left out since a part was not drawn"
        in judged(pack, bucket, labels=labels).notes
    )
    few = judged(pack, bucket, labels=measured(pack))
    assert any(note.startswith("only 12 measured pairs") for note in few.notes)
    assert any("the champion and the candidate may have been" in note for note in few.notes)


def test_rows_of_several_renderers_are_not_mixed_unasked(pack, bucket):
    pack.write_scores(pack.noisy_scores(0.3))
    path = pack.write_eval()
    path.write_text(path.read_text() + path.read_text().replace("}", ',"rendererClass":"gpu"}'))
    labels = LabelFiles(eval_jsonl=[path], eval_target="compat")
    with pytest.raises(InputError, match="--mix-renderers"):
        judged(pack, bucket, labels=labels, champion_path=pack.folder / "pairs-quality.v0.json")


def test_another_manifest_than_the_champions_is_said(pack, bucket):
    promoted(pack, bucket, pack.noisy_scores(0.3))
    manifest = pack.folder / "pairs-manifest.v0.json"
    manifest.write_text(manifest.read_text() + "\n")
    assert any("another manifest" in note for note in judged(pack, bucket).notes)


def test_checks_in_a_browser_are_laid_side_by_side(pack, bucket, tmp_path):
    scores = pack.noisy_scores(0.3)
    evidence = pack.write_report(tmp_path / "old", pack.write_scores(scores))
    promoted(pack, bucket, scores, read_evidence(evidence))
    path = pack.write_scores(pack.noisy_scores(0.1))
    failed = pack.write_report(tmp_path / "new", path, passed=False, seed=1)
    found = judged(pack, bucket, candidate_evidence=failed)
    assert found.champion.evidence.verdict == "passed"
    assert found.champion.evidence.uplift.mean == pytest.approx(1 / 6)
    assert found.candidate.evidence.verdict == "failed"
    assert found.candidate.evidence.failed_checks == {"pageDraws": "a black page"}
    assert any("differ in renderer, gamma or seed" in note for note in found.notes)


def test_a_check_of_other_scores_is_refused(pack, bucket, tmp_path):
    promoted(pack, bucket, pack.noisy_scores(0.3))
    evidence = pack.write_report(tmp_path / "old", pack.folder / "pairs-quality.v0.json")
    pack.write_scores(pack.noisy_scores(0.1))
    with pytest.raises(InputError, match="a check of other scores"):
        judged(pack, bucket, candidate_evidence=evidence)
    assert judged(pack, bucket, champion_evidence=evidence).champion.evidence is not None


def test_programs_read_the_same(pack, bucket):
    promoted(pack, bucket, pack.noisy_scores(0.3))
    document = json.loads(document_bytes(judged(pack, bucket, labels=measured(pack))))
    assert document["verdict"] == "not to be told apart"
    assert document["judgedBy"] == "pick_uplift"
    assert set(document["figures"]["pick_uplift"]) == {
        "champion",
        "candidate",
        "difference",
        "low95",
        "high95",
    }
    assert document["numMeasured"] == 60


def test_every_figure_has_a_meaning():
    assert set(_MEANINGS) == set(FigureName.__args__)
    assert set(JUDGED_BY) | set(DESCRIPTIVE) < set(_MEANINGS)
