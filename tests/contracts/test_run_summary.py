import json
from pathlib import Path

import pytest

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.json_text import document_bytes
from aivj.contracts.run_summary import (
    RunSummary,
    SummaryFailure,
    SummaryInputs,
    read_run_summary,
    summary_outputs,
    write_run_summary,
)
from aivj.errors import InputError

SAMPLE = """
{"generatedAt":"2026-03-01T09:00:00.0000000+00:00","stamp":"2026-03-01_010000",
 "inputs":{"packs":["demo_pack"],"manifestFile":"pairs-manifest.v0.json","motionMin":0.000015,
  "lumaMin":0.06,"viteHost":"127.0.0.1","vitePortMode":"auto","gpuMode":"safe","headed":true,
  "coupledPick":"shuffle","targetCoverage":0.99,"maxHours":10.0},
 "env":{"nodeVersion":"v22.0.0","playwrightVersion":"1.50.0","webglRenderer":"ANGLE","os":"Linux"},
 "outputs":{"totalSamples":200,"okRate":0.42,"tooDarkPct":0.4,"lowMotionPct":0.22,
  "evalExitCode":0},
 "completedAt":"2026-03-01T10:00:00.0000000+00:00",
 "training":{"epochs":20,"batchSize":256,"lr":0.001,"exitCode":0},
 "verify":{"pack":"demo_pack","exitCode":0,"outDir":"artifacts/headless-coupled/x"},
 "gate":{"passed":true,"okRate":0.42,"verifyOk":true}}
"""


def row(*reasons: str) -> EvalRow:
    return EvalRow(t_ms=1, pack="p", pair=1, ok_heuristic=not reasons, reasons=list(reasons))


def test_sample_is_read_and_written_with_the_same_keys_in_the_same_order(tmp_path: Path):
    path = tmp_path / "run-summary.json"
    path.write_text(SAMPLE)
    write_run_summary(path, read_run_summary(path))
    assert path.read_bytes() == document_bytes(json.loads(SAMPLE))


def test_summary_after_sampling_has_no_later_stage():
    summary = RunSummary(
        generated_at="2026-03-01T09:00:00.000Z",
        stamp="2026-03-01_010000",
        inputs=SummaryInputs(packs=["p"]),
        outputs=summary_outputs([]),
        failure=SummaryFailure(code="FATAL_NO_SAMPLES", message="none"),
    )
    written = json.loads(document_bytes(summary))
    assert list(written) == ["generatedAt", "stamp", "inputs", "env", "outputs", "failure"]
    assert written["failure"] == {"code": "FATAL_NO_SAMPLES", "message": "none"}
    assert written["env"]["os"] == "unknown"


def test_shares_of_rows_have_four_decimals():
    outputs = summary_outputs([row(), row("too-dark", "low-motion"), row("low-motion")])
    assert json.loads(document_bytes(outputs)) == {
        "totalSamples": 3,
        "okRate": 0.3333,
        "tooDarkPct": 0.3333,
        "lowMotionPct": 0.6667,
        "evalExitCode": 0,
    }


def test_no_rows_are_a_failed_run():
    outputs = summary_outputs([])
    assert (outputs.total_samples, outputs.ok_rate, outputs.eval_exit_code) == (0, 0, 1)


def test_other_documents_are_refused(tmp_path: Path):
    path = tmp_path / "run-summary.json"
    path.write_text("{}")
    with pytest.raises(InputError, match="no such key"):
        read_run_summary(path)
