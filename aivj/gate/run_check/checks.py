"""All checks of a run: what each expects, who judges it, and what to do when it fails."""

from dataclasses import dataclass

from aivj.gate.run_check import (
    line_form,
    log_lines,
    log_proofs,
    measurements,
    meta_form,
    meta_times,
    pairs,
    progress,
    renderers,
    row_fields,
    row_sense,
    side_files,
)
from aivj.gate.run_check.sources import (
    Judge,
    of_lines,
    of_meta,
    of_rows,
    of_rows_and_meta,
    of_run_and_meta,
)
from aivj.stage.thumbnails import LUMA_TOLERANCE

_MEND_WRITER = "mend what writes the rows, then sample again: rows are not to be edited"
_DROP_ROWS = "sample these pairs again; until then train on no row of this run"
_RESUME = "complete the run with --resume and the same --out-dir"
_MEND_META = "mend what writes meta.json; readers decide by it whether rows may be compared"
_MEND_LOG = "mend what writes vite.log, then sample again: nothing proves the rows without it"


@dataclass(frozen=True)
class Check:
    """A rule for runs."""

    name: str
    expected: str
    remedy: str
    judge: Judge


CHECKS: tuple[Check, ...] = (
    # eval.jsonl as text
    Check(
        "evalRows",
        "eval.jsonl is there and has a row",
        "look at failures.jsonl and at meta.json's error, then sample again",
        line_form.judge_rows_exist,
    ),
    Check(
        "lastLineWhole",
        "the last line of eval.jsonl has its newline",
        _RESUME,
        line_form.judge_last_line,
    ),
    Check(
        "compactLines",
        "each line is one JSON object, begins with '{' and has no space between its parts",
        _MEND_WRITER,
        of_lines(line_form.judge_compact),
    ),
    Check(
        "monitorLines",
        f"each line lets {line_form.MONITOR_LINE.pattern} find its own pack and pair",
        _MEND_WRITER,
        of_lines(line_form.judge_monitor),
    ),
    Check(
        "keyOrder",
        f"the {line_form.NUM_CONTRACT_KEYS} keys of the contract in order, others after them",
        _MEND_WRITER,
        of_lines(line_form.judge_key_order),
    ),
    Check(
        "rowFields",
        "each field has its type, is in its range, and is null only where it may be",
        _MEND_WRITER,
        of_lines(row_fields.judge_fields),
    ),
    # Rows, each on its own and against the run
    Check(
        "reasonWords",
        f"reasons of {', '.join(row_sense.REASONS)}, in that order, each once",
        _MEND_WRITER,
        of_rows(row_sense.judge_reason_words),
    ),
    Check(
        "okHeuristic",
        "okHeuristic is true if and only if reasons is empty",
        _MEND_WRITER,
        of_rows(row_sense.judge_ok),
    ),
    Check(
        "reasonsFollow",
        "the reasons that the row's figures and the run's thresholds give",
        _MEND_WRITER,
        of_rows_and_meta(row_sense.judge_reasons_follow),
    ),
    Check(
        "timesInRun",
        "tMs between the run's start and its end",
        "find out which run these rows are of: logs of two runs are not to be joined",
        of_rows_and_meta(row_sense.judge_times_in_run),
    ),
    Check(
        "timesAscend",
        "tMs never falls from row to row",
        "set the clock right, and let one process write the log",
        of_rows(row_sense.judge_times_ascend),
    ),
    Check(
        "rowStamps",
        "driver and seed of each row are those of the run",
        "find out which run these rows are of: logs of two runs are not to be joined",
        of_rows_and_meta(row_sense.judge_row_stamps),
    ),
    # Pairs
    Check(
        "presetIds",
        "presetFgId and presetBgId are coupled:<pack>:<pair>:fg and :bg",
        _DROP_ROWS,
        of_rows(row_sense.judge_preset_ids),
    ),
    Check(
        "pairsKnown",
        "packs of the run, and pairs of their manifests, but none that was to be skipped",
        "sample with the manifest that the runtime loads; name its root with --packs-root",
        of_run_and_meta(pairs.judge_pairs_known),
    ),
    Check(
        "manifestsSame",
        "the packs have the manifests that the run was started with",
        "sample the packs as they are now into another folder",
        of_run_and_meta(pairs.judge_manifests_same),
    ),
    Check(
        "presetsSame",
        "the presets that were measured are those that the pairs have",
        _DROP_ROWS,
        pairs.judge_presets_same,
    ),
    Check(
        "pairsOnce",
        "in a shuffled run no pair comes again before all were there",
        "mend the resuming; readers take the mean of a pair's rows",
        of_run_and_meta(pairs.judge_pairs_once),
    ),
    Check(
        "pairsChange",
        f"{pairs.MIN_CHANGING_ROWS} rows or more are of several pairs",
        _DROP_ROWS,
        of_run_and_meta(pairs.judge_pairs_change),
    ),
    Check(
        "failureRows",
        "each line of failures.jsonl is a failure",
        _RESUME,
        side_files.judge_failures,
    ),
    Check(
        "failuresApart",
        "each pair is in eval.jsonl or once in failures.jsonl",
        "mend what writes the two logs; trust neither for these pairs",
        pairs.judge_failures_apart,
    ),
    # No rubbish
    Check(
        "audioHeard",
        f"audioRms and audioPeak of {measurements.MIN_AUDIO} or more, unless without audio",
        "mend the audio (muting the speakers is fine), then sample these pairs again",
        of_rows_and_meta(measurements.judge_audio_heard),
    ),
    Check(
        "audioVaries",
        "live audioPeak is not the same in all rows",
        "play music instead of a constant tone, and look whether the page hears it",
        of_rows_and_meta(measurements.judge_audio_varies),
    ),
    Check(
        "lumaVaries",
        "vizAvgLuma is not the same in all rows",
        _DROP_ROWS,
        measurements.judge_varies("viz_avg_luma"),
    ),
    Check(
        "motionVaries",
        "vizAvgFrameDelta is not the same in all rows",
        _DROP_ROWS,
        measurements.judge_varies("viz_avg_frame_delta"),
    ),
    Check(
        "zerosMeasured",
        "a luma and motion of 0 were measured, not null taken for 0",
        "write null with no-luma and no-motion-sample; train on no such row",
        of_rows(measurements.judge_zeros_measured),
    ),
    Check(
        "figuresOwn",
        "a moving picture's figures differ from those of the pair before",
        _DROP_ROWS,
        of_rows(measurements.judge_figures_own),
    ),
    # What drew
    Check(
        "rendererProbed",
        "a run with rows knows what drew them",
        _MEND_META,
        of_rows_and_meta(renderers.judge_probed),
    ),
    Check(
        "rendererAllowed",
        "a GPU, not SwiftShader, llvmpipe or something unknown, where one was required",
        "discard the run; prove the GPU with `aivj doctor`, then sample again",
        of_meta(renderers.judge_allowed),
    ),
    Check(
        "rendererClass",
        "rows and run name the class of the renderer that the page named",
        "keep rows of different renderers in runs of their own",
        of_rows_and_meta(renderers.judge_class),
    ),
    # meta.json
    Check(
        "metaReadable",
        "meta.json is a JSON object",
        _MEND_META,
        meta_form.judge_readable,
    ),
    Check("metaKind", "kind is coupled_eval.v0", _MEND_META, meta_form.judge_kind),
    Check(
        "metaKeys",
        "every key that a description always has, with a value that fits",
        _MEND_META,
        meta_form.judge_keys,
    ),
    Check(
        "metaOptions",
        "options within the sampler's bounds",
        "sample again with options that the sampler takes",
        of_meta(meta_form.judge_options),
    ),
    Check(
        "metaTimes",
        "ISO-8601 times with Z or an offset, startedAt <= resumedAt <= finishedAt",
        _MEND_META,
        of_meta(meta_times.judge_times),
    ),
    Check(
        "runEnded",
        "finishedAt is set and there is no error",
        _RESUME,
        of_meta(meta_times.judge_ended),
    ),
    Check(
        "budgetClamp",
        f"effectiveMaxHours is inputMaxHours but {meta_times.MIN_HOURS} at least, and "
        "wasClamped says so",
        _MEND_META,
        of_meta(meta_times.judge_budget),
    ),
    Check(
        "budgetDeadline",
        "deadlineTimeIso is startTimeIso and effectiveMaxHours",
        _MEND_META,
        of_meta(meta_times.judge_deadline),
    ),
    Check(
        "packTargets",
        "targetUniquePairs is pairCount less skippedPairs, times targetCoverage, rounded up",
        _MEND_META,
        of_run_and_meta(progress.judge_targets),
    ),
    Check(
        "progressVisited",
        "visited is the number of pairs with a row or a failure",
        _RESUME,
        of_run_and_meta(progress.judge_visited),
    ),
    Check(
        "progressDone",
        "done is true if and only if the target was reached",
        _MEND_META,
        of_meta(progress.judge_done),
    ),
    Check(
        "errorCodes",
        "errors with a known code and phase, of a pack of the run, cut to 4000 characters",
        _MEND_META,
        of_run_and_meta(progress.judge_errors),
    ),
    # vite.log
    Check(
        "logForm", "[eval] lines of vite.log have a known form", _MEND_LOG, log_lines.judge_log_form
    ),
    Check(
        "logSelfTest",
        "vite.log has self-test:ok of each pack before its rows",
        _MEND_LOG,
        of_run_and_meta(log_proofs.judge_self_test),
    ),
    Check(
        "logRenderer",
        "vite.log has the webgl of meta.json",
        _MEND_LOG,
        of_run_and_meta(log_proofs.judge_log_renderer),
    ),
    Check(
        "logAudio",
        "vite.log has the audio of the run, ok and heard, muted as asked for",
        _MEND_LOG,
        of_run_and_meta(log_proofs.judge_log_audio),
    ),
    Check(
        "logEnd",
        "what vite.log says was visited is what meta.json says",
        _MEND_LOG,
        of_run_and_meta(log_proofs.judge_log_end),
    ),
    # Beside the rows
    Check(
        "tableRows",
        "eval.parquet has the pairs of eval.jsonl",
        "resume the run, which makes the table again",
        side_files.judge_table,
    ),
    Check(
        "tableValues",
        "eval.parquet has the values of eval.jsonl, to the last digit",
        "resume the run, which makes the table again",
        side_files.judge_table_values,
    ),
    Check(
        "pictures",
        "each row has its whole picture below thumbnails",
        "sample these pairs again if their pictures are wanted",
        side_files.judge_pictures,
    ),
    Check(
        "picturesShow",
        f"each picture is its row's own, and its luma that of the frame within {LUMA_TOLERANCE}",
        "sample these pairs again: picture or figures are of something else",
        side_files.judge_pictures_show,
    ),
)
"""All checks, in the order in which they are told. None looks at another's result."""
