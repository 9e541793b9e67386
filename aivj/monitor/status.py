"""What is known of a run in the two forms in which it is told: the old one, and our own."""

from collections.abc import Sequence

from aivj.contracts.fields import finite_number
from aivj.contracts.monitor_status import (
    CheckpointOutput,
    DerivedRows,
    FileFacts,
    MissingQuality,
    MonitorEval,
    MonitorGpu,
    MonitorOutputs,
    MonitorPaths,
    MonitorStage,
    MonitorStatus,
    PackVisits,
    QualityOutput,
)
from aivj.contracts.monitored_run import (
    MonitoredRun,
    PackState,
    RunChoice,
    RunSeries,
    WallTile,
    WorkersState,
)
from aivj.contracts.run_folder import EVAL_NAME
from aivj.monitor.alerts import contract_alerts, own_alerts
from aivj.monitor.documents import iso_of
from aivj.monitor.logs import log_path, logs_there
from aivj.monitor.places import RunPlace
from aivj.monitor.run_watch import RunLook, number_at, pack_digest, time_of


def monitor_status(look: RunLook, last: dict[str, object] | None) -> MonitorStatus:
    """Returns the answer that other programs read.

    Args:
        look: What is known of the run.
        last: Its last row.
    """
    qualities, checkpoint = look.outputs.qualities(), look.outputs.checkpoint()
    own = own_alerts(look) if look.told.get("driver") is not None else []
    return MonitorStatus(
        at=iso_of(look.now_s),
        stamp=look.place.stamp if look.place.id else "",
        eval_dir=str(look.place.folder) if look.place.id else "",
        stage=_stage(look, qualities, checkpoint),
        run_started_at=_text(look.told.get("startedAt")),
        alerts=[*contract_alerts(look), *own],
        paths=_paths(look.place),
        eval=MonitorEval(
            meta=look.meta.value,
            meta_error=look.meta.error,
            derived=_derived(look),
            derived_error=_derived_error(look),
            last=last,
            eval_jsonl=_file_facts(look),
        ),
        outputs=MonitorOutputs(qualities=qualities, model_checkpoint=checkpoint),
        gpu=MonitorGpu(nvidia_smi=look.gpus),
    )


def monitored_run(look: RunLook, runs: Sequence[RunPlace]) -> MonitoredRun:
    """Returns all that is known.

    Args:
        look: What is known of the run.
        runs: All that can be looked at.
    """
    digest = look.digest
    num_done = digest.num_rows + digest.num_failures
    series = digest.steps.series()
    packs = _packs(look)
    rate = digest.steps.num_in_last_minute(look.now_s)
    meta = look.known_meta
    started = time_of(look.told.get("startedAt"))
    return MonitoredRun(
        at=iso_of(look.now_s),
        run=_choice(look.place) if look.place.id else None,
        runs=[_choice(place) for place in runs],
        stage=_stage(look, look.outputs.qualities(), look.outputs.checkpoint()),
        standing=look.standing,
        started_at=None if started is None else iso_of(started),
        finished_at=_text(look.told.get("finishedAt")),
        read_share=look.read_share,
        last_row_at=None if look.rows.size is None else iso_of(look.rows.mtime_s),
        num_rows=digest.num_rows,
        num_failures=digest.num_failures,
        num_bad_lines=digest.num_bad_lines,
        ok_share=digest.num_ok / digest.num_rows if digest.num_rows else None,
        rate_per_min=float(rate),
        overall_per_min=_overall(series, num_done),
        eta_s=_eta_s(packs, rate) if look.standing == "running" else None,
        driver=None if meta is None else meta.driver,
        renderer=look.renderer or None,
        renderer_class=None
        if meta is None or meta.renderer is None
        else meta.renderer.renderer_class,
        packs=packs,
        series=series,
        histograms=[each.told() for each in digest.histograms],
        reasons=dict(digest.reasons.most_common()),
        failures=dict(digest.failures.most_common()),
        wall=_wall(look),
        workers=WorkersState(
            num_opened=int(number_at(look.told, "timing", "audioCheckCount")),
            num_replaced=look.num_replaced,
            num_replaced_lately=look.num_replaced_lately,
        ),
        gpus=look.gpus.gpus or [],
        disk=look.disk,
        training=look.outputs.training(),
        scores=look.outputs.scores(),
        evidence=look.outputs.evidence(),
        alerts=sorted(
            [*contract_alerts(look), *own_alerts(look)], key=lambda alert: alert.level != "error"
        ),
        logs=logs_there(look.place),
    )


def _stage(
    look: RunLook,
    qualities: Sequence[QualityOutput | MissingQuality],
    checkpoint: CheckpointOutput,
) -> MonitorStage:
    """Returns how far the night has come: what is found last wins."""
    stage: MonitorStage = "unknown"
    is_trained = checkpoint.fresh_for_run is True
    there = (quality for quality in qualities if isinstance(quality, QualityOutput))
    is_scored = any(quality.fresh_for_run for quality in there)
    if look.is_of_kind:
        stage = "eval"
    if look.is_finished:
        stage = "eval_done"
    if is_trained:
        stage = "trained"
    if is_scored:
        stage = "scored"
    if look.is_finished and not is_trained and not is_scored:
        stage = "eval_done"
    if look.outputs.is_verified_or_running:
        stage = "verified_or_running"
    return stage


def _paths(place: RunPlace) -> MonitorPaths:
    def shown(kind: str) -> str:
        path = log_path(place, kind)
        return str(path) if path is not None and path.is_file() else ""

    if not place.id:
        return MonitorPaths()
    return MonitorPaths(
        run_log=shown("run"),
        monitor_log=shown("monitor"),
        watch_log=shown("watch"),
        meta_json=str(log_path(place, "meta")),
        eval_jsonl=str(log_path(place, "evaljsonl")),
        eval_vite_log=str(log_path(place, "evalvite")),
    )


def _derived(look: RunLook) -> DerivedRows | None:
    if look.rows.size is None or look.read_share < 1:
        return None
    lines, parse_fail, visited = look.digest.derived(look.rows.rest)
    return DerivedRows(
        lines=lines,
        parse_fail=parse_fail,
        by_pack={pack: PackVisits(visited_unique=num) for pack, num in visited.items()},
    )


def _derived_error(look: RunLook) -> str | None:
    if look.rows.size is None:
        return f"{EVAL_NAME} missing"
    if look.read_share < 1:
        return f"{EVAL_NAME} is being read: {look.read_share:.0%}"
    return None


def _file_facts(look: RunLook) -> FileFacts | None:
    if look.rows.size is None or look.age_s is None:
        return None
    return FileFacts(size_bytes=look.rows.size, mtime=iso_of(look.rows.mtime_s), age_sec=look.age_s)


def _packs(look: RunLook) -> list[PackState]:
    targets = {}
    if look.known_meta is not None:
        meta = look.known_meta
        targets = {target.pack: meta.num_target(target) for target in meta.packs}
    names = list(dict.fromkeys([*look.packs, *look.digest.packs]))
    states = []
    for name in names:
        pack = pack_digest(look.digest, name)
        states.append(
            PackState(
                pack=name,
                num_rows=pack.num_rows,
                num_visited=pack.done.num,
                num_failed=pack.num_failed,
                num_target=targets.get(name),
                ok_share=pack.num_ok / pack.num_rows if pack.num_rows else None,
            )
        )
    return states


def _eta_s(packs: Sequence[PackState], rate_per_min: float) -> float | None:
    if not rate_per_min or any(pack.num_target is None for pack in packs):
        return None
    left = sum(max(0, (pack.num_target or 0) - pack.num_visited) for pack in packs)
    return left / rate_per_min * 60


def _overall(series: RunSeries, num_done: int) -> float:
    """Returns pairs a minute over all steps; of less than a second there is no rate."""
    return num_done / (max(1, len(series.rows)) * series.width_s) * 60 if num_done else 0.0


def _wall(look: RunLook) -> list[WallTile]:
    tiles = []
    for row in reversed(look.digest.wall):
        reasons = row.get("reasons")
        t_ms = finite_number(row.get("tMs")) or 0
        pair = int(row["pair"])
        tiles.append(
            WallTile(
                t_ms=int(t_ms) if 0 <= t_ms < 2**53 else 0,
                pack=row["pack"].encode(errors="backslashreplace").decode(),
                pair=min(pair, 2**53 - 1),
                ok=row.get("okHeuristic") is True,
                reasons=[str(each) for each in reasons] if isinstance(reasons, list) else [],
                luma=finite_number(row.get("vizAvgLuma")),
                motion=finite_number(row.get("vizAvgFrameDelta")),
                response=finite_number(row.get("audioResponse")),
                flash_unsafe=row.get("flashUnsafe") is True,
                has_picture=(row["pack"], pair) in look.pictures,
            )
        )
    return tiles


def _choice(place: RunPlace) -> RunChoice:
    return RunChoice(id=place.id, path=str(place.folder), touched_at=iso_of(place.touched_s))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
