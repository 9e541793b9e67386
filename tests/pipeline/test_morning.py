"""The morning's checks: each fails by the one thing that it is about."""

import json
from datetime import UTC, datetime

import pytest
from gate.run_check.good_run import write_good_run
from pipeline.compared_pack import PACK, ComparedPack

from aivj.contracts.night import NightRecord, NightStage, StageProblem
from aivj.pipeline.morning import NightOnDisk, judge_morning
from aivj.release.candidate import Force, PromotionEvidence
from aivj.release.promotion import promote
from aivj.storage import open_bucket

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
LONG_AFTER = "2027-01-01T00:00:00.000Z"


class Night:
    """A night of one pack that ended well, and ways to spoil it."""

    def __init__(self, root):
        self.run = write_good_run(root / "run")
        self.pack = ComparedPack(root).write()
        self.bucket = f"file://{root}/bucket"
        self.quality = self.pack.folder / "pairs-quality.v0.json"
        self.evidence = root / "evidence"
        self.stages = ["sample", "score", "verify", "promote"]
        self.state, self.problem, self.refused = "done", None, None
        self.spool = root / "spool"
        self.score(0.3)
        self.promote()

    def score(self, noise, *, at=LONG_AFTER):
        self.pack.write_scores(self.pack.noisy_scores(noise))
        scores = [row["quality01"] for row in json.loads(self.quality.read_text())["pairs"]]
        mean = sum(scores) / len(scores)
        std = (sum((score - mean) ** 2 for score in scores) / len(scores)) ** 0.5
        self.edit_scores(
            generatedAt=at,
            qualityStats={
                "min": min(scores),
                "max": max(scores),
                "mean": mean,
                "std": std,
                "p50": mean,
                "p95": max(scores),
            },
            stats={"totalPairs": 60, "scoredPairs": 60, "missingFiles": 0},
        )

    def edit_scores(self, **values):
        document = json.loads(self.quality.read_text())
        self.quality.write_text(json.dumps({**document, **values}))
        self.pack.write_report(self.evidence, self.quality)

    def promote(self):
        promote(
            open_bucket(self.bucket),
            pack=PACK,
            quality_path=self.quality,
            manifest_path=self.quality.with_name("pairs-manifest.v0.json"),
            evidence=PromotionEvidence(verify=None),
            force=Force(reason="a test", by="ada"),
            now=NOW,
        )

    def judged(self):
        record = NightRecord(
            stamp="one",
            night_kind="coupled",
            packs=[PACK],
            command="aivj night",
            started_at="2026-03-01T00:00:00.000Z",
            finished_at="2026-03-01T09:00:00.000Z",
            places={},
            refused=self.refused,
            stages=[NightStage(name=name, verb=name, state="done") for name in self.stages[:-1]]
            + [
                NightStage(
                    name="promote",
                    verb="promote",
                    pack=PACK,
                    state=self.state,
                    problem=self.problem,
                )
            ],
        )
        return judge_morning(
            NightOnDisk(
                record=record,
                run=self.run.path,
                qualities={PACK: self.quality},
                reports={PACK: self.evidence / "report.json"},
                bucket_uri=self.bucket,
                packs_root=self.run.packs_root,
                spool=self.spool,
            )
        )


@pytest.fixture
def night(tmp_path):
    return Night(tmp_path)


def test_a_good_night_passes_every_check(night):
    report = night.judged()
    assert report.failed_checks == {}
    assert report.verdict == "passed"
    assert all(check.verdict == "pass" for check in report.checks.values())


def failed_stage(night):
    night.state = "failed"
    night.problem = StageProblem(exit_code=8, expected="a", found="b", remedy="free the disk")


def software(night):
    night.run.edit_meta(lambda meta: meta["renderer"].update(rendererClass="llvmpipe"))
    night.run.edit_meta(lambda meta: meta["runtime"].update(requireGpu=True))


def dark(night):
    night.run.edit_rows(okHeuristic=False, reasons=["too-dark"], audioPeak=0.123)
    night.run.make_table()


def other_picture(night):
    picture = night.run.picture_path(0)
    picture.write_bytes(night.run.picture_path(27).read_bytes())


def collapsed(night):
    night.edit_scores(
        qualityStats={"min": 0.5, "max": 0.5, "mean": 0.5, "std": 0.001, "p50": 0.5, "p95": 0.5}
    )
    night.promote()


def missing_files(night):
    night.edit_scores(stats={"totalPairs": 60, "scoredPairs": 59, "missingFiles": 1})
    night.promote()


def stale(night):
    night.score(0.2, at="2026-01-01T00:00:00.000Z")
    night.promote()


def not_verified(night):
    night.pack.write_report(night.evidence, night.quality, passed=False)


def verified_others(night):
    night.pack.write_report(night.evidence, night.pack.folder / "pairs-manifest.v0.json")


def serves_others(night):
    night.score(0.1)


def serves_nothing_known(night):
    night.bucket = "s3://a bucket/that is none"


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (failed_stage, "stages"),
        (lambda night: night.run.edit_meta(lambda meta: meta.update(finishedAt=None)), "run"),
        (software, "renderer"),
        (dark, "ok rate"),
        (other_picture, "pictures"),
        (collapsed, f"scores {PACK}"),
        (missing_files, f"scores {PACK}"),
        (stale, f"scores {PACK}"),
        (not_verified, f"verified {PACK}"),
        (verified_others, f"verified {PACK}"),
        (serves_others, f"served {PACK}"),
        (serves_nothing_known, f"served {PACK}"),
    ],
)
def test_a_fault_fails_its_check(night, spoil, check):
    spoil(night)
    report = night.judged()
    assert report.verdict == "failed"
    assert check in report.failed_checks
    assert set(report.failed_checks) <= {check, "pictures", "renderer"}
    assert report.checks[check].remedy


def test_what_was_not_asked_for_is_not_judged(night):
    night.stages = ["sample", "promote"]
    night.state = "skipped"
    found = night.judged().checks
    assert found[f"scores {PACK}"].verdict == found[f"served {PACK}"].verdict == "not-applicable"


def test_a_night_that_made_no_scores_is_told_of_to_its_end(night):
    night.quality.unlink()
    checks = night.judged().checks
    assert {name for name, check in checks.items() if check.verdict == "fail"} == {
        f"{check} {PACK}" for check in ("scores", "verified", "served")
    }
    assert "no scores are here" in checks[f"served {PACK}"].found


def test_a_night_that_was_refused_is_judged_by_nothing_else(night):
    night.refused = StageProblem(exit_code=5, expected="a GPU", found="llvmpipe", remedy="mend it")
    report = night.judged()
    assert report.failed_checks == {"begun": "llvmpipe"}
    assert list(report.checks) == ["begun"]


def test_runs_that_wait_for_mlflow_are_told_of_and_fail_nothing(night):
    night.stages = ["train", "sample", "score", "verify", "promote"]
    (night.spool / "1-spooled").mkdir(parents=True)
    (night.spool / "1-spooled" / "run.json").write_text("{}")
    report = night.judged()
    assert (report.verdict, report.checks["recorded"].verdict) == ("passed", "fail")
    assert "1 wait" in report.checks["recorded"].found
