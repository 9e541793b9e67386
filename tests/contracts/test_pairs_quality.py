import json
import math
import shutil
import statistics
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest
from aivj.contracts.pairs_quality import (
    Calibration,
    PairsQuality,
    Provenance,
    QualityPair,
    QualityStats,
    ScoringStats,
    merge_quality,
    quality_stats,
    read_pairs_quality,
    write_pairs_quality,
)
from aivj.errors import InputError

SAMPLE = """{
  "version": "v0",
  "generatedAt": "2026-03-01T11:00:00.000Z",
  "pack": "demo_pack",
  "qualityStats": {"min": 0.21, "max": 0.93, "mean": 0.55, "std": 0.17, "p50": 0.54, "p95": 0.88,
                   "calibration": {"method": "std_stretch.v0", "applied": false}},
  "stats": {"totalPairs": 2, "scoredPairs": 2, "missingFiles": 0},
  "pairs": [{"pair": 0, "quality01": 0.93}, {"pair": 7, "quality01": 0.21}]
}
"""

GOLDEN = """{
  "version": "v0",
  "generatedAt": "2026-03-01T11:00:00.000Z",
  "pack": "demo_pack",
  "qualityStats": {
    "min": 0.25,
    "max": 0.75,
    "mean": 0.5,
    "std": 0.25,
    "p50": 0.5,
    "p95": 0.725,
    "calibration": {
      "method": "std_stretch.v0",
      "applied": true,
      "scale": 1.5,
      "stdBefore": 0.2
    }
  },
  "stats": {
    "totalPairs": 3,
    "scoredPairs": 2,
    "missingFiles": 1
  },
  "provenance": {
    "runId": "r1",
    "featureSpec": "preset-features.v1"
  },
  "pairs": [
    {
      "pair": 7,
      "quality01": 0.75
    },
    {
      "pair": 0,
      "quality01": 0.25
    }
  ]
}
"""

# The loader's rules in the language it runs in, written from their description alone.
LOADER = """
const lines = require("fs").readFileSync(0, "utf8").split("\\n").filter(Boolean);
for (const line of lines) {
  const {manifest, quality} = JSON.parse(line);
  const scores = new Map();
  if (quality !== null && typeof quality === "object" && quality.pack === manifest.pack
      && Array.isArray(quality.pairs)) {
    for (const entry of quality.pairs) {
      if (Number.isFinite(entry?.pair) && Number.isFinite(entry?.quality01)) {
        scores.set(entry.pair, entry.quality01);
      }
    }
  }
  const merged = manifest.pairs.filter(p => scores.has(p.pair));
  console.log(JSON.stringify(merged.map(p => [p.pair, scores.get(p.pair)])));
}
"""


def demo_quality(**changes: object) -> PairsQuality:
    quality = PairsQuality(
        generated_at="2026-03-01T11:00:00.000Z",
        pack="demo_pack",
        quality_stats=quality_stats(
            [0.75, 0.25], calibration=Calibration(scale=1.5, std_before=0.2)
        ),
        stats=ScoringStats(total_pairs=3, scored_pairs=2, missing_files=1),
        provenance=Provenance(run_id="r1", feature_spec="preset-features.v1"),
        pairs=[QualityPair(pair=7, quality01=0.75), QualityPair(pair=0, quality01=0.25)],
    )
    return quality.model_copy(update=changes)


def manifest_of(ids: list[int], pack: str = "demo_pack") -> PairsManifest:
    return PairsManifest(
        generated_at="2026-03-01T09:00:00.000Z",
        pack=pack,
        pairs=[ManifestPair(pair=number, fg_url="/f", bg_url="/b") for number in ids],
    )


def stored(folder: Path, document: object) -> Path:
    path = folder / "pairs-quality.v0.json"
    path.write_text(json.dumps(document))
    return path


def test_written_text_is_golden(tmp_path: Path):
    path = tmp_path / "pairs-quality.v0.json"
    write_pairs_quality(path, demo_quality())
    assert path.read_bytes() == GOLDEN.encode()
    assert read_pairs_quality(path) == demo_quality()


def test_sample_reads(tmp_path: Path):
    path = tmp_path / "q.json"
    path.write_text(SAMPLE)
    quality = read_pairs_quality(path)
    assert quality.quality_stats == QualityStats(
        min=0.21, max=0.93, mean=0.55, std=0.17, p50=0.54, p95=0.88
    )
    assert quality.stats == ScoringStats(total_pairs=2, scored_pairs=2)
    assert quality.provenance == Provenance()
    assert merge_quality(manifest_of([7, 3, 0]), quality) == {7: 0.21, 0: 0.93}


def test_what_the_runtime_does_not_need_is_completed(tmp_path: Path):
    rows = [{"pair": n, "quality01": n / 4} for n in range(5)]
    quality = read_pairs_quality(stored(tmp_path, {"pack": "p", "pairs": rows}))
    assert quality.quality_stats == quality_stats([0, 0.25, 0.5, 0.75, 1])
    assert quality.stats == ScoringStats(total_pairs=5, scored_pairs=5)
    assert quality.generated_at.endswith("Z")


def test_calibration_of_a_foreign_file_counts_as_applied(tmp_path: Path):
    document = json.loads(SAMPLE)
    document["qualityStats"]["calibration"] = {"method": "std_stretch.v0", "targetStd": 0.03}
    calibration = read_pairs_quality(stored(tmp_path, document)).quality_stats.calibration
    assert calibration == Calibration(applied=True)


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({"pack": "p", "pairs": []}, "at least one finite score"),
        ({"pack": "p", "pairs": [{"pair": "1", "quality01": 0.5}]}, "at least one finite score"),
        ({"pack": "p"}, "at least one finite score"),
        ({"pairs": [{"pair": 1, "quality01": 0.5}]}, "at pack"),
        ([], "a JSON object"),
    ],
)
def test_useless_files_are_refused(tmp_path: Path, document, complaint):
    with pytest.raises(InputError, match=complaint):
        read_pairs_quality(stored(tmp_path, document))


@pytest.mark.parametrize(
    "changes",
    [
        {"pairs": [QualityPair(pair=1, quality01=1.01)]},
        {"pairs": [QualityPair(pair=1, quality01=-0.01)]},
        {"pairs": [QualityPair(pair=1, quality01=0.5), QualityPair(pair=1, quality01=0.6)]},
        {"pack": "../up"},
    ],
)
def test_scores_that_would_mislead_are_not_written(tmp_path: Path, changes):
    path = stored(tmp_path, {"before": True})
    with pytest.raises(InputError):
        write_pairs_quality(path, demo_quality(**changes))
    assert json.loads(path.read_text()) == {"before": True}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_statistics_describe_the_scores(scores):
    stats = quality_stats(scores)
    assert stats.min == min(scores)
    assert stats.max == max(scores)
    assert stats.min <= stats.mean <= stats.max
    assert stats.min <= stats.p50 <= stats.p95 <= stats.max
    assert math.isclose(stats.p50, statistics.median(scores), abs_tol=1e-12)
    assert math.isclose(stats.std, statistics.pstdev(scores), abs_tol=1e-12)
    assert stats.calibration == Calibration(applied=False)


def test_statistics_of_nothing_are_refused():
    with pytest.raises(InputError, match="at least one score"):
        quality_stats([])


ids = st.integers(0, 6) | st.sampled_from([2**53 - 1])
odd = st.none() | st.booleans() | st.sampled_from(["1", "", 1.0, -0.0, 2.5, -1, 10**400, 2**53])
scores = st.floats(-2, 2) | st.integers(-1, 2) | odd
entries = st.fixed_dictionaries({}, optional={"pair": ids | odd, "quality01": scores}) | odd
qualities = (
    st.fixed_dictionaries(
        {},
        optional={
            "pack": st.sampled_from(["demo_pack", "demo_pack", "other", None, 1]),
            "pairs": st.lists(entries, max_size=12) | odd,
            "qualityStats": odd,
        },
    )
    | st.lists(st.none())
    | odd
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.lists(ids, unique=True), qualities), min_size=20, max_size=60))
def test_merge_equals_the_loaders_rules_in_javascript(cases):
    node = shutil.which("node")
    assert node is not None
    text = "".join(
        json.dumps({"manifest": manifest_of(pairs).model_dump(), "quality": quality}) + "\n"
        for pairs, quality in cases
    )
    done = subprocess.run(
        [node, "-e", LOADER], input=text, capture_output=True, text=True, check=True, timeout=30
    )
    expected = [dict(json.loads(line)) for line in done.stdout.splitlines()]
    merged = [merge_quality(manifest_of(pairs), quality) for pairs, quality in cases]
    assert merged == expected


@given(pairs=st.lists(ids, unique=True), quality=qualities)
def test_reading_first_changes_no_merge(tmp_path_factory, pairs, quality):
    path = stored(tmp_path_factory.getbasetemp(), quality)
    try:
        read = read_pairs_quality(path)
    except InputError:
        return
    manifest = manifest_of(pairs)
    assert merge_quality(manifest, read) == merge_quality(manifest, quality)


def test_merge_ignores_another_pack_and_keeps_the_last_duplicate():
    rows = [{"pair": 1, "quality01": 0.2}, {"pair": 1, "quality01": 7}, {"pair": "1"}]
    assert merge_quality(manifest_of([1, 2]), {"pack": "demo_pack", "pairs": rows}) == {1: 7}
    assert merge_quality(manifest_of([1, 2]), {"pack": "Demo_pack", "pairs": rows}) == {}
