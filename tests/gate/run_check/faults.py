"""Runs spoilt in one way each, and which checks must find it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from gate.run_check.good_run import (
    FIRST_MS,
    NUM_ROWS,
    PACK,
    PAIRS,
    RunFolder,
    failure,
    luma_of,
    picture,
    row,
)

from aivj.contracts.eval_rows import EvalLog, ok_heuristic, read_eval_rows
from aivj.contracts.failures import FailureLog
from aivj.contracts.json_text import row_bytes
from aivj.runs.table import write_table


@dataclass(frozen=True)
class Fault:
    """One way to spoil a run.

    Attributes:
        name: What is wrong.
        check: The check that is there to find it.
        plant: Spoils a good run.
        found: A part of what the check says.
        others: Checks that rightly fail too, since the same fault breaks their rule as well.
    """

    name: str
    check: str
    plant: Callable[[RunFolder], object]
    found: str
    others: frozenset[str] = frozenset()


def _without_rows(run):
    run.eval_path.write_text("")


def _swapped_keys(line):
    return line.replace('"warpDiff":0.04,"cxDiff":0.05', '"cxDiff":0.05,"warpDiff":0.04')


def _too_dark(run, **changes):
    """Makes the third row one with a luma of 0.02, and says so in its reasons."""
    dark = {"vizAvgLuma": 0.02, "okHeuristic": False, "reasons": ["too-dark"]}
    run.edit_row(3, **{**dark, **changes})


def _null_pair(run):
    run.edit_row(3, pair=None, presetFgId="coupled:tested:None:fg")


def _again(run):
    again = row(0).model_copy(update={"t_ms": row(9).t_ms, "viz_avg_luma": 0.05})
    with EvalLog(run.eval_path) as log:
        log.append(again)
    run.make_table()


def _table_with(run, index, **changes):
    rows = list(read_eval_rows(run.eval_path).rows)
    rows[index] = rows[index].model_copy(update=changes)
    write_table(rows, run.table_path)


def _stuck(run):
    run.edit_meta(lambda meta: meta.update(coupledPick="random"))
    for number in range(2, NUM_ROWS + 1):
        run.edit_row(
            number,
            pair=0,
            presetFgId=f"coupled:{PACK}:0:fg",
            presetBgId=f"coupled:{PACK}:0:bg",
        )


def _renamed_in_manifest(run):
    document = json.loads(run.manifest_path.read_text())
    document["pairs"][1]["pair"] = 4
    run.manifest_path.write_text(json.dumps(document))


def _failed(run, pair):
    with FailureLog(run.failures_path) as log:
        log.append(failure(pair))


def _live_and_constant(run):
    run.edit_rows(driver="live")
    run.edit_meta(lambda meta: meta.update(driver="live"))


def _frozen(run, **figures):
    for index in range(NUM_ROWS):
        good = row(index)
        luma = figures.get("vizAvgLuma", good.viz_avg_luma)
        motion = figures.get("vizAvgFrameDelta", good.viz_avg_frame_delta)
        ok, reasons = ok_heuristic(luma, motion, 0, 0)
        changes = {**figures, "okHeuristic": ok, "reasons": reasons}
        data = row_bytes({**json.loads(row_bytes(good)), **changes})
        lines = run.eval_path.read_bytes().splitlines(keepends=True)
        lines[index] = data
        run.write_rows(b"".join(lines))


def _null_taken_for_zero(run):
    run.edit_row(
        3,
        vizAvgLuma=0,
        vizAvgFrameDelta=0,
        pmAvgLumaFg=None,
        pmAvgLumaBg=None,
        okHeuristic=False,
        reasons=["too-dark", "low-motion"],
    )


def _figures_of_the_row_before(run):
    earlier = json.loads(run.eval_path.read_text().splitlines()[3])
    names = ("vizAvgLuma", "vizAvgFrameDelta", "pmAvgLumaFg", "pmAvgLumaBg")
    run.edit_row(5, **{name: earlier[name] for name in names})


def _swiftshader(run):
    renderer = "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device), SwiftShader driver)"
    run.edit_log("ANGLE (NVIDIA GeForce RTX 4090)", renderer)
    run.edit_log("Google Inc. (NVIDIA)", "Google Inc.")

    def edit(meta):
        meta["runtime"]["webgl"].update(vendor="Google Inc.", renderer=renderer)
        meta["renderer"]["rendererClass"] = "swiftshader"

    run.edit_meta(edit)
    run.edit_rows(rendererClass="swiftshader")


def _visited_less(run):
    def edit(meta):
        meta["progress"][PACK].update(visited=10, done=False)

    run.edit_meta(edit)
    run.edit_log("done visited=11/11", "done visited=10/11")


def _error(**changes):
    error = {
        "code": "FATAL_AUDIO",
        "pack": PACK,
        "iter": 3,
        "phase": "sampling",
        "message": "audio-silent",
        "stack": None,
        "lastUrl": None,
        "lastPreflight": None,
        "at": "2026-03-01T01:01:00.000Z",
    }
    return {**error, **changes}


def _earlier_error(**changes):
    return _meta(lambda meta: meta.update(errors=[_error(**changes)]))


def _meta(edit):
    return lambda run: run.edit_meta(edit)


def _row(number, **changes):
    return lambda run: run.edit_row(number, **changes)


def _line(number, edit):
    return lambda run: run.edit_line(number, edit)


def _log(old, new):
    return lambda run: run.edit_log(old, new)


def _black(index, *unknown):
    def without(line):
        known = {key: value for key, value in json.loads(line).items() if key not in unknown}
        return row_bytes(known).decode()

    def plant(run):
        run.edit_line(index + 1, without)
        run.picture_path(PAIRS[index]).write_bytes(picture(0))

    return plant


def _swap(one, other):
    aside = one.with_suffix(".aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


_ROWS_LOST = frozenset({"progressVisited", "tableRows"})
# The one picture is that of the first row.
_STUCK = _ROWS_LOST | {"picturesShow"}
_SELF_TEST = f"[eval] pack={PACK} self-test:ok\n"

FAULTS = (
    # Rows that are gone are missed by whatever counts them.
    Fault("no rows", "evalRows", _without_rows, "no row", _ROWS_LOST),
    Fault("no log", "evalRows", lambda run: run.eval_path.unlink(), "no eval.jsonl", _ROWS_LOST),
    Fault(
        "no newline",
        "lastLineWhole",
        _line(NUM_ROWS, str.rstrip),
        "line 10: it has no newline",
    ),
    Fault(
        "torn row",
        "lastLineWhole",
        lambda run: run.append(run.eval_path, '{"tMs":17'),
        "line 11: it has no newline",
    ),
    Fault(
        "space after a comma",
        "compactLines",
        _line(2, lambda line: line.replace(',"pair"', ', "pair"')),
        "line 2: a space at column",
    ),
    Fault(
        "a line that is no JSON",
        "compactLines",
        _line(2, lambda line: f"{line}rubbish\n"),
        "line 3: no JSON",
    ),
    Fault("a list", "compactLines", _line(2, lambda line: f"{line}[]\n"), "line 3: no JSON object"),
    Fault("an empty line", "compactLines", _line(2, lambda line: f"{line}\n"), "line 3: no JSON"),
    Fault(
        "byte order mark",
        "compactLines",
        _line(1, lambda line: f"\ufeff{line}"),
        "line 1: it begins with",
    ),
    Fault(
        "windows' line end",
        "compactLines",
        lambda run: run.eval_path.write_bytes(run.eval_path.read_bytes().replace(b"\n", b"\r\n")),
        "7 more",
    ),
    Fault(
        "NaN",
        "compactLines",
        _line(4, lambda line: line.replace('"warpDiff":0.04', '"warpDiff":NaN')),
        "line 4: no JSON: NaN",
        _ROWS_LOST,
    ),
    Fault(
        "escapes in the pack",
        "monitorLines",
        _line(5, lambda line: line.replace('"pack":"tested"', r'"pack":"\u0074ested"')),
        "line 5: found is pack",
    ),
    Fault(
        "a pack before the own one",
        "monitorLines",
        _line(5, lambda line: line.replace('"pack"', '"pack":"x","pair":1,"pack"')),
        "line 5: found is pack 'x', pair 1",
        frozenset({"keyOrder"}),
    ),
    # A row without a pair is a row of no pair: nothing that counts or compares pairs takes it.
    Fault(
        "no pair",
        "monitorLines",
        _null_pair,
        "line 3: not found; pack 'tested', pair None",
        frozenset({"presetIds", "progressVisited", "tableRows"}),
    ),
    Fault("swapped keys", "keyOrder", _line(1, _swapped_keys), "line 1: key 4 is 'cxDiff'"),
    Fault(
        "a missing key",
        "keyOrder",
        _line(1, lambda line: line.replace('"quality01":null,', "")),
        "line 1: key 6 is 'intensity01', not 'quality01'",
    ),
    Fault(
        "a repeated key",
        "keyOrder",
        _line(1, lambda line: line.replace('"seed":1', '"seed":1,"seed":1')),
        "line 1: seed more than once",
    ),
    Fault("a peak above 1", "rowFields", _row(2, audioPeak=1.5), "line 2: audioPeak is 1.5"),
    Fault("a count with a point", "rowFields", _row(2, pageErrorsSinceLast=0.0), "is 0.0"),
    Fault("text for a number", "rowFields", _row(2, compositeAvgLuma="0.1"), "'0.1'"),
    Fault("true for a number", "rowFields", _row(2, warpDiff=True), "warpDiff is True"),
    Fault("null for an own key", "rowFields", _row(2, compositeAvgLuma=None), "is None"),
    Fault(
        "an unknown reason",
        "reasonWords",
        lambda run: _too_dark(run, reasons=["too-dark", "ugly"]),
        "line 3: reasons are ['too-dark', 'ugly']",
    ),
    Fault(
        "reasons in disorder",
        "reasonWords",
        _row(2, reasons=["low-motion", "too-dark"]),
        "line 2: reasons are ['low-motion', 'too-dark']",
    ),
    Fault(
        "ok with reasons", "okHeuristic", _row(1, okHeuristic=True), "line 1: okHeuristic is True"
    ),
    Fault("not ok without", "okHeuristic", _row(4, okHeuristic=False), "line 4: okHeuristic is F"),
    Fault(
        "dark and ok",
        "reasonsFollow",
        lambda run: _too_dark(run, okHeuristic=True, reasons=[]),
        "line 3: reasons are [], luma 0.02",
    ),
    Fault(
        "another threshold",
        "reasonsFollow",
        _meta(lambda meta: meta["heuristic"].update(lumaMin=0.03)),
        "line 1: reasons are ['too-dark'], luma 0.04",
    ),
    Fault(
        "after the run",
        "timesInRun",
        _row(NUM_ROWS, tMs=FIRST_MS + 10**9),
        "line 10: tMs 1773326830000 is after the run",
    ),
    Fault("before the run", "timesInRun", _row(1, tMs=FIRST_MS - 10**9), "is before the run"),
    Fault("seconds for ms", "timesInRun", _row(1, tMs=FIRST_MS // 1000), "is before the run"),
    Fault("back in time", "timesAscend", _row(4, tMs=FIRST_MS), "line 4: tMs 1772326830000 comes"),
    Fault("another seed", "rowStamps", _row(4, seed=2), "line 4: seed is 2, the run's is 1"),
    Fault("another driver", "rowStamps", _row(4, driver="live"), "line 4: driver is live"),
    Fault(
        "another pair's preset",
        "presetIds",
        _row(4, presetBgId="coupled:tested:3:bg"),
        "line 4: 'coupled:tested:3:bg', not 'coupled:tested:9:bg'",
    ),
    Fault("no preset", "presetIds", _row(4, presetFgId=None), "line 4: None"),
    Fault(
        "a pair that the manifest has not",
        "pairsKnown",
        _renamed_in_manifest,
        "line 2: eval.jsonl has pair 3, the manifest has not",
        frozenset({"manifestsSame"}),
    ),
    Fault(
        "no manifest",
        "pairsKnown",
        lambda run: run.manifest_path.unlink(),
        "found no pack at all",
    ),
    # The failure of another pack is none of this pack's.
    Fault(
        "another pack",
        "pairsKnown",
        lambda run: run.failures_path.write_text(
            run.failures_path.read_text().replace(PACK, "other")
        ),
        "line 1: failures.jsonl has pack 'other'",
        frozenset({"progressVisited"}),
    ),
    Fault(
        "a manifest written anew",
        "manifestsSame",
        lambda run: run.append(run.manifest_path, "\n"),
        "tested was ",
    ),
    Fault(
        "a preset edited since",
        "presetsSame",
        lambda run: run.preset_path("bg").write_text("per_frame_1=wave_r=1;"),
        "pair 0: /presets/tested/bg/p.milk is another file now",
    ),
    Fault("a pair again", "pairsOnce", _again, "line 11: pair 0 of tested again"),
    # All rows but one have lost their pair.
    Fault("a stuck page", "pairsChange", _stuck, "all 10 rows are of pair 0", _STUCK),
    Fault(
        "a failure that is none",
        "failureRows",
        lambda run: run.append(run.failures_path, "{}\n"),
        "line 2: no failure: {}",
    ),
    Fault(
        "a torn failure",
        "failureRows",
        lambda run: run.append(run.failures_path, '{"tMs":17'),
        "line 2: it has no newline",
    ),
    Fault(
        "measured and failed",
        "failuresApart",
        lambda run: _failed(run, 0),
        "pair 0 of tested is in both",
    ),
    Fault(
        "failed twice",
        "failuresApart",
        lambda run: _failed(run, failure().pair),
        "pair 30 of tested failed 2 times",
    ),
    Fault("silence", "audioHeard", _row(6, audioRms=0.0001), "line 6: audioRms is 0.0001"),
    Fault("nothing heard", "audioHeard", _row(6, audioPeak=None), "line 6: audioPeak is null"),
    Fault("a constant tone", "audioVaries", _live_and_constant, "audioPeak is 0.62 in all 10 rows"),
    Fault(
        "frozen luma", "lumaVaries", lambda run: _frozen(run, vizAvgLuma=0.5), "0.5 in all 10 rows"
    ),
    Fault(
        "frozen motion",
        "motionVaries",
        lambda run: _frozen(run, vizAvgFrameDelta=0.001),
        "vizAvgFrameDelta is 0.001 in all 10 rows",
    ),
    Fault(
        "null taken for 0", "zerosMeasured", _null_taken_for_zero, "line 3: luma and motion are 0"
    ),
    Fault(
        "no switch",
        "figuresOwn",
        _figures_of_the_row_before,
        "line 5: pair 12 has the figures of pair 9",
    ),
    Fault("no probe", "rendererProbed", _meta(lambda meta: meta.pop("runtime")), "no runtime"),
    Fault("no GPU", "rendererAllowed", _swiftshader, "SwiftShader"),
    Fault(
        "a row of another renderer",
        "rendererClass",
        _row(7, rendererClass="llvmpipe"),
        "line 7: rendererClass is llvmpipe, the run's is nvidia",
    ),
    Fault(
        "a run that names another renderer",
        "rendererClass",
        lambda run: (
            run.edit_rows(rendererClass="amd"),
            run.edit_meta(lambda meta: meta["renderer"].update(rendererClass="amd")),
        ),
        "the run names amd, its page's answer is nvidia",
    ),
    Fault("broken", "metaReadable", lambda run: run.meta_path.write_text("{"), "at line 1"),
    Fault("none", "metaReadable", lambda run: run.meta_path.unlink(), "nothing there"),
    Fault(
        "a mark",
        "metaReadable",
        lambda run: run.meta_path.write_bytes(b"\xef\xbb\xbf" + run.meta_path.read_bytes()),
        "byte order mark",
    ),
    Fault("another kind", "metaKind", _meta(lambda meta: meta.update(kind="x.v0")), "'x.v0'"),
    Fault("no kind", "metaKind", _meta(lambda meta: meta.pop("kind")), "kind is None"),
    Fault("a key less", "metaKeys", _meta(lambda meta: meta.pop("stuck")), "no stuck"),
    Fault(
        "a key less within",
        "metaKeys",
        _meta(lambda meta: meta["packs"][0].pop("manifestFile")),
        "no packs.0.manifestFile",
    ),
    Fault("a bad pick", "metaKeys", _meta(lambda meta: meta.update(coupledPick="best")), "'best'"),
    Fault(
        "a bound",
        "metaOptions",
        _meta(lambda meta: meta["sample"].update(intervalMs=9000)),
        "sample.intervalMs is 9000, not 0 to 5000",
    ),
    Fault(
        "a GPU mode",
        "metaOptions",
        _meta(lambda meta: meta["runtime"].update(gpuMode="fast")),
        "runtime.gpuMode is 'fast'",
    ),
    Fault(
        "the end first",
        "metaTimes",
        _meta(lambda meta: meta.update(resumedAt="2026-03-01T02:00:00.000Z")),
        "finishedAt is before resumedAt",
    ),
    Fault(
        "a time without offset",
        "metaTimes",
        _meta(lambda meta: meta.update(startedAt="2026-03-01T01:00:00")),
        "startedAt is '2026-03-01T01:00:00'",
    ),
    Fault(
        "no time",
        "metaTimes",
        _meta(lambda meta: meta["timing"].update(sampleLoopStartIso="today")),
        "timing.sampleLoopStartIso is 'today'",
    ),
    Fault("no end", "runEnded", _meta(lambda meta: meta.update(finishedAt=None)), "is null"),
    Fault(
        "an error",
        "runEnded",
        _meta(lambda meta: meta.update(error=_error())),
        "FATAL_AUDIO in sampling: audio-silent",
    ),
    Fault(
        "raised without need",
        "budgetClamp",
        _meta(lambda meta: meta["budget"].update(wasClamped=True)),
        "wasClamped is True, not False",
    ),
    Fault(
        "not raised",
        "budgetClamp",
        _meta(
            lambda meta: meta["budget"].update(
                inputMaxHours=0.1,
                effectiveMaxHours=0.1,
                wasClamped=True,
                deadlineTimeIso="2026-03-01T01:06:00.000Z",
            )
        ),
        "effectiveMaxHours is 0.1, not 0.12",
    ),
    Fault(
        "no time at all",
        "budgetDeadline",
        _meta(lambda meta: meta["budget"].update(deadlineTimeIso=meta["startedAt"])),
        "deadlineTimeIso is 0:00:00 after startTimeIso, not 0:12:00",
    ),
    Fault(
        "another target",
        "packTargets",
        _meta(lambda meta: meta["packs"][0].update(targetCoverage=0.99)),
        "targetUniquePairs of tested is 11, not 12",
    ),
    Fault(
        "another number of pairs",
        "packTargets",
        _meta(lambda meta: meta["packs"][0].update(pairCount=13, targetCoverage=0.8)),
        "pairCount of tested is 13, its manifest has 12",
    ),
    Fault(
        "visited less", "progressVisited", _visited_less, "visited of tested is 10, there are 11"
    ),
    # What is done is not known of a pack without progress; the log's last word has no counterpart.
    Fault(
        "no progress",
        "progressVisited",
        _meta(lambda meta: meta.update(progress={})),
        "no progress of tested",
        frozenset({"logEnd"}),
    ),
    Fault(
        "not done",
        "progressDone",
        _meta(lambda meta: meta["progress"][PACK].update(done=False)),
        "done of tested is False, with 11 of 11 visited",
    ),
    Fault(
        "another mode",
        "progressDone",
        _meta(lambda meta: meta["progress"][PACK].update(targetMode="samples")),
        "targetMode of tested is samples, not coverage",
    ),
    Fault("a code", "errorCodes", _earlier_error(code="FATAL_SUN"), "errors.0: code 'FATAL_SUN'"),
    Fault("a phase", "errorCodes", _earlier_error(phase="goto:x"), "errors.0: phase 'goto:x'"),
    Fault("a long text", "errorCodes", _earlier_error(stack="x" * 4001), "stack of 4001"),
    Fault(
        "an unknown line",
        "logForm",
        lambda run: run.append(run.log_path, f"[eval] pack={PACK} all is well\n"),
        "line 11: vite.log says 'all is well'",
    ),
    Fault(
        "a long message",
        "logForm",
        lambda run: run.append(run.log_path, f"[pageerror] {'x' * 601}\n"),
        "line 11: vite.log has a message of 601",
    ),
    Fault("no self-test", "logSelfTest", _log(_SELF_TEST, ""), "no self-test:ok of tested"),
    Fault("no log", "logSelfTest", lambda run: run.log_path.unlink(), "no vite.log"),
    Fault(
        "self-test too late",
        "logSelfTest",
        lambda run: (
            run.edit_log(_SELF_TEST, ""),
            run.append(run.log_path, _SELF_TEST),
        ),
        "line 7: vite.log has rows of tested before its self-test:ok",
    ),
    Fault("another GPU", "logRenderer", _log("RTX 4090", "RTX 3090"), "RTX 3090"),
    Fault(
        "no webgl", "logRenderer", _log("webgl=", "bootstrap phase=webgl="), "no webgl of tested"
    ),
    Fault("not heard", "logAudio", _log("ok=1 muted", "ok=0 muted"), "audio of tested: ok=0"),
    Fault("silent", "logAudio", _log("Rms=0.0832", "Rms=0"), "lastAudioRms=0"),
    Fault("loud", "logAudio", _log("muted=1", "muted=0"), "muted=0, the run has muteAudio True"),
    Fault(
        "another source", "logAudio", _log("audio:click", "audio:file"), "file, the run has click"
    ),
    Fault(
        "another end",
        "logEnd",
        _log("done visited=11/11", "done visited=9/11"),
        "line 10: vite.log says 9 visited of tested, 11 is noted",
    ),
    Fault(
        "a table of earlier rows",
        "tableRows",
        lambda run: (
            _again(run),
            run.eval_path.write_text(
                "".join(run.eval_path.read_text().splitlines(True)[:NUM_ROWS])
            ),
        ),
        "11 rows in the table, 10 in the log",
    ),
    Fault(
        "a table of another figure",
        "tableValues",
        lambda run: _table_with(run, 4, viz_avg_luma=luma_of(4) + 1e-12),
        "line 5: pair 12: viz_avg_luma is 0.30000000000000004 in the log, 0.300000000001 in",
    ),
    Fault(
        "a table of other words",
        "tableValues",
        lambda run: _table_with(run, 0, reasons=[]),
        "line 1: pair 0: reasons is ['too-dark'] in the log, [] in the table",
    ),
    Fault("no table", "tableRows", lambda run: run.table_path.write_bytes(b"PAR1"), "arquet"),
    Fault(
        "no picture",
        "pictures",
        lambda run: run.picture_path(PAIRS[4]).unlink(),
        "line 5: no whole picture of pair 12",
    ),
    Fault(
        "half a picture",
        "pictures",
        lambda run: run.picture_path(PAIRS[4]).write_bytes(b"RIFF\x08\x00\x00\x00WEBP"),
        "line 5: no whole picture of pair 12",
    ),
    Fault(
        "no folder of pictures",
        "pictures",
        lambda run: shutil.rmtree(run.picture_path(0).parent),
        "line 1: no whole picture of pair 0",
    ),
    Fault(
        "a black picture",
        "picturesShow",
        lambda run: run.picture_path(PAIRS[6]).write_bytes(picture(0)),
        "line 7: pair 18: its file has SHA-256",
    ),
    Fault(
        "a black picture of a row that knows no digest",
        "picturesShow",
        _black(6, "thumbnailDigest"),
        "line 7: pair 18: luma 0.000 in the picture, 0.400 in its frame",
    ),
    Fault(
        "a black picture of a row that knows no last frame",
        "picturesShow",
        _black(6, "thumbnailDigest", "lastLuma"),
        "line 7: pair 18: luma 0.000 in the picture, 0.400 in its frames, 0.050 apart",
    ),
    Fault(
        "two pictures of nearly one luma, swapped",
        "picturesShow",
        lambda run: _swap(run.picture_path(PAIRS[0]), run.picture_path(PAIRS[1])),
        "line 1: pair 0: its file has SHA-256",
    ),
)
