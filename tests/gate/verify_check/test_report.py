import json

import pytest
from gate.verify_check.good_evidence import VERIFIED_AT
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.contracts.json_text import document_bytes
from aivj.errors import InputError, StorageError
from aivj.gate.expected import ExpectedPack
from aivj.gate.verify_check import (
    RULES,
    Evidence,
    judge_evidence,
    load_evidence,
    schema_check,
    write_schema_check,
)
from aivj.gate.verify_check.evidence import Document, ScoredPack


def checked(folder, **options):
    evidence = load_evidence(folder.path, mode="release", packs_root=folder.pack.root, **options)
    report = judge_evidence(evidence, source=str(folder.path))
    write_schema_check(folder.path, schema_check(evidence, report))
    return json.loads((folder.path / "schema-check.json").read_text())


def test_the_schema_check_of_good_evidence(good_evidence):
    path = good_evidence.path
    assert checked(good_evidence) == {
        "ok": True,
        "reportPath": str(path / "report.json"),
        "requireSchemaVersion": False,
        "selected": {
            "p95_frame_ms": {"path": "frame-time.json:p95Ms", "value": 33.0},
            "jitter_p95_ms": {"path": "frame-time.json:p95Ms-p50Ms", "value": 17.0},
        },
        "errors": [],
        "warnings": [],
    }


def test_figures_of_the_report_come_first(good_evidence):
    good_evidence.edit_report(perf={"p95_frame_ms": 20, "jitter_p95_ms": "x"}, p95_frame_ms=None)
    selected = checked(good_evidence)["selected"]
    assert selected["p95_frame_ms"] == {"path": "perf.p95_frame_ms", "value": 20.0}
    assert selected["jitter_p95_ms"]["path"] == "frame-time.json:p95Ms-p50Ms"


def test_a_version_that_is_missing_is_a_warning_and_may_be_an_error(good_evidence):
    good_evidence.edit("report.json", lambda report: report.pop("schemaVersion"))
    tolerant = checked(good_evidence)
    assert tolerant["ok"] is True
    assert tolerant["warnings"] == ["schemaVersion: no schemaVersion, as older writers have none"]
    strict = checked(good_evidence, require_schema_version=True)
    assert (strict["ok"], strict["requireSchemaVersion"]) == (False, True)
    assert strict["errors"] == ["schemaVersion: schemaVersion is None"]


def test_a_missing_report_is_an_error_in_it(good_evidence):
    (good_evidence.path / "report.json").unlink()
    document = checked(good_evidence)
    assert document["errors"] == ["report: no report.json"]


def test_the_result_as_a_document(good_evidence):
    good_evidence.edit_checks(finalOutputChanges=False)
    document = json.loads(document_bytes(good_evidence.judge()))
    assert (document["schemaVersion"], document["verdict"]) == (1, "failed")
    assert document["checks"]["finalOutputChanges"] == {
        "verdict": "fail",
        "required": True,
        "expected": "the picture does not stand still",
        "found": "false",
        "remedy": "look at the evidence, mend the page or the pack, then run `aivj verify` again",
    }
    assert "remedy" not in document["checks"]["finalOutputNonEmpty"]


@pytest.mark.parametrize("exists", [True, False])
def test_what_is_no_folder(tmp_path, exists):
    path = tmp_path / "evidence"
    if exists:
        path.write_text("")
    with pytest.raises(InputError, match="a file" if exists else "nothing there"):
        load_evidence(path, mode="dev", packs_root=tmp_path)


def test_a_folder_that_cannot_be_written(good_evidence):
    evidence = load_evidence(good_evidence.path, mode="dev", packs_root=good_evidence.pack.root)
    document = schema_check(evidence, judge_evidence(evidence, source="evidence"))
    with pytest.raises(StorageError):
        write_schema_check(good_evidence.path / "report.json", document)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
KEYS = (
    "url",
    "startedAt",
    "pack",
    "qualityDigest",
    "schemaVersion",
    "uplift",
    "renderer",
    "counts",
)


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(st.sampled_from(KEYS), JSON),
    JSON | st.dictionaries(st.sampled_from([rule.name for rule in RULES]), JSON),
    st.dictionaries(st.sampled_from(["n", "p95Ms", "p50Ms", "ok", "error"]), JSON),
)
def test_whatever_the_documents_say_there_is_a_result(values, checks, beside):
    document = Document(beside, written_at=VERIFIED_AT)
    report = Document({**values, "checks": checks}, written_at=VERIFIED_AT)
    pack = ScoredPack("tested", ExpectedPack(1, {0: 0.5}, quality_digest="0"), 0, VERIFIED_AT)
    for mode in ("dev", "release"):
        evidence = Evidence(mode, report=report, frame_time=document, budget=document, pack=pack)
        result = judge_evidence(evidence, source="evidence")
        assert not result.passed
        assert document_bytes(result)
        assert document_bytes(schema_check(evidence, result))


def test_a_deep_report_is_searched(good_evidence):
    depth = 900
    text = (good_evidence.path / "report.json").read_text()
    deep = '{"x":' * depth + '{"p95_frame_ms": 7}' + "}" * depth
    (good_evidence.path / "report.json").write_text(f'{text[:-1]}, "deep": {deep}}}')
    assert checked(good_evidence)["selected"]["p95_frame_ms"]["value"] == 7
