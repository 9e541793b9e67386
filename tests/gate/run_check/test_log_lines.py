import pytest

from aivj.gate.run_check import check_run

PACK_LINES = (
    "coupledManifest=pairs-manifest.v0.json pairCount=12 url=http://127.0.0.1:5174/?coupled=1",
    "bootstrap phase=start",
    "preflight:ok 200 12ms",
    "preflight:error ECONNREFUSED 3.5ms",
    "goto:start host=127.0.0.1",
    "goto:try1/4",
    "goto:ok",
    "goto:warn2 net::ERR",
    "goto:failed net::ERR",
    "goto:host-fallback localhost",
    "preset-next:attached",
    "preset-auto-toggle:off",
    "verify-hooks:ok",
    "verify-ready:timeout",
    "coupledInit ok=1",
    "coupled-enabled:ok",
    "coupled-ready:timeout",
    "seed-shuffle ok=1 missingFirst=3/12",
    "audio:click(fallback) ok=1 muted=1 lastAudioRms=0.08 lastAudioPeak=0.6",
    'webgl={"ok":true,"vendor":"Google Inc.","renderer":"ANGLE (NVIDIA)"}',
    "projectm-ready:timeout",
    "projectm-ready ok=1 frames=12 aborted=0",
    'self-test snapshot:after {"pair":3}',
    "iter=3 WARN pick-timeout phase=pick err=timeout n=1/3 disabled=0 status=loading diag={}",
    "RECOVER pick-timeout recoveries=1/6",
    "reload iter=800",
    "RESTART browser count=1/20 reason=closed err=Target closed",
    "iter=50 visited=50/120 elapsedMin=3.1",
    "WARN renderer is SwiftShader",
)
GENERAL_LINES = (
    "Reusing existing dev server: http://127.0.0.1:5174/",
    "Starting Vite on port 5174",
    "resume: loaded eval.jsonl totalLines=50 packs=tested",
    "resume: pack=tested lines=50 uniquePairs=50",
    "time budget exhausted; visited=10",
    "FATAL no-samples-collected",
    "ERROR pack=tested iter=3 err=Target closed",
)


def judge(run, line):
    run.append(run.log_path, f"{line}\n")
    return check_run(run.path).checks["logForm"]


@pytest.mark.parametrize("line", PACK_LINES)
def test_lines_of_a_pack(good_run, line):
    result = judge(good_run, f"[eval] pack=tested {line}")
    assert result.verdict == "pass", result.found
    assert result.found == "9 lines of the sampler"


@pytest.mark.parametrize("line", GENERAL_LINES)
def test_lines_of_the_whole_run(good_run, line):
    result = judge(good_run, f"[eval] {line}")
    assert result.verdict == "pass", result.found


@pytest.mark.parametrize("line", ["  VITE ready", "[page] crash", "", "x" * 900])
def test_what_the_sampler_did_not_say_has_any_form(good_run, line):
    result = judge(good_run, line)
    assert (result.verdict, result.found) == ("pass", "8 lines of the sampler")


@pytest.mark.parametrize(
    "line",
    [
        "[eval] pack=tested self-test:failed",
        "[eval] pack=tested audio:click ok=1",
        "[eval] self-test:ok",
        "[eval] pack=tested iter=50 visited=50",
        "[eval] pack=tested Starting Vite",
    ],
)
def test_other_lines_of_the_sampler_are_odd(good_run, line):
    assert judge(good_run, line).verdict == "fail"
