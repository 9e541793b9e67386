"""A sweep: many configurations on Ray Tune, each an MLflow run, and the winner a candidate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.json_text import document_bytes
from aivj.contracts.sweep import SWEEP_NAME, SweepTable, SweptConfiguration
from aivj.coupling.device import choose_device
from aivj.coupling.sweep import STRUCTURE, SWEPT, SweepResult
from aivj.errors import RunError
from aivj.fleet.cluster import cluster
from aivj.fleet.sweep import sweep_on_ray
from aivj.pipeline.labels import read_told, record_labels
from aivj.pipeline.releasing import register_scores
from aivj.pipeline.requests import ScoreRequest, SweepRequest, TrainRequest
from aivj.pipeline.scoring import score
from aivj.pipeline.training import train
from aivj.release.tracking import TrackedRun, Tracker
from aivj.report.sweep import write_sweep_page
from aivj.storage import write_atomic

PAGE_NAME = "sweep.html"
_SHOWN = (*STRUCTURE, *SWEPT)


@dataclass(frozen=True)
class SweepOutcome:
    """A finished sweep.

    Attributes:
        results: All configurations, the best one first.
        notes: What was left out or reduced while the training set was built.
        table_path: All results as JSON.
        page_path: The objective against each swept option.
    """

    results: tuple[SweepResult, ...]
    notes: tuple[str, ...]
    table_path: Path
    page_path: Path

    @property
    def winner(self) -> SweepResult:
        """The best configuration."""
        return self.results[0]


def sweep(
    request: SweepRequest,
    tracker: Tracker,
    run: TrackedRun,
    on_trial: Callable[[int, int], None],
    say: Callable[[str], None] = lambda _: None,
) -> SweepOutcome:
    """Searches, and records a child of `run` for each configuration.

    Args:
        request: What to search.
        tracker: Where the children are recorded.
        run: Their parent.
        on_trial: Told how many trials of how many have ended.
        say: Told what is being done, and what was left out of the labels.

    Raises:
        DeviceRefusedError: No CUDA device and the CPU is not allowed.
        InputError: Labels cannot be used.
        RunError: Every trial failed, or no held-out pair has a label of people or measurements.
    """
    device = choose_device(allow_cpu=request.allow_cpu)
    training_set = read_told(request.labels, request.config, say)
    record_labels(run, request.labels, training_set)
    plan = request.plan
    say("starting Ray")
    with cluster(num_cpus=plan.max_concurrent + 1, address=request.ray_address):
        results = sweep_on_ray(
            training_set,
            request.config,
            plan,
            use_gpu=device.device.type == "cuda",
            report=on_trial,
        )
    if results[0].objective is None:
        raise RunError(
            "held-out pairs with labels of people or measurements",
            "none that could be ranked",
            "measure more pairs, or give an elite list: neither synthetic negatives nor measured "
            "pairs whose figures the net is told judge an order (`--figures none` tells nothing)",
        )
    say(f"recording {len(results)} configurations")
    _record(tracker, run, request, results)
    table_path, page_path = request.output_dir / SWEEP_NAME, request.output_dir / PAGE_NAME
    table = SweepTable(results=[SweptConfiguration(**result.as_dict()) for result in results])
    write_atomic(table_path, document_bytes(table))
    write_sweep_page(
        page_path,
        table,
        swept=SWEPT,
        structure=tuple(STRUCTURE),
        facts=[
            ("configurations", f"{len(results):,}"),
            ("seeds each", str(plan.num_seeds)),
            ("structures", str(plan.num_trials)),
            ("rows", f"{len(training_set):,}"),
        ],
        notes=training_set.notes,
    )
    for path in (table_path, page_path):
        run.log_artifact(path, "sweep")
    return SweepOutcome(tuple(results), training_set.notes, table_path, page_path)


def _record(
    tracker: Tracker, run: TrackedRun, request: SweepRequest, results: Sequence[SweepResult]
) -> None:
    fixed = request.config.model_dump(exclude=set(_SHOWN))
    plan = request.plan
    run.log_params({**fixed, "num_configs": plan.num_configs, "num_seeds": plan.num_seeds})
    for rank, result in enumerate(results, 1):
        params = result.config.model_dump(include=set(_SHOWN))
        name = f"{rank:03} neg {params['neg_weight']:.2g} eval {params['extra_eval_weight']:.2g}"
        child = tracker.start(name, params=params, tags={}, parent=run.run_id)
        with child:
            figures = {**result.metrics, "objective_std": result.spread, "rank": float(rank)}
            if result.objective is not None:
                figures["objective"] = result.objective
            child.log_metrics(0, figures)
    winner = results[0]
    run.log_metrics(0, {"best_objective": winner.objective or 0.0, **winner.metrics})


def crown(
    request: SweepRequest,
    winner: SweepResult,
    tracker: Tracker,
    run: TrackedRun,
    say: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Fits the winner once more, scores the packs with it, and makes the scores candidates.

    A tracking server that is away has no versions: then the scores are written and no more.

    Returns:
        The packs' quality files.

    Raises:
        GateError: The scores of a pack are too much alike; nothing is written or registered.
    """
    labels, config = request.labels, winner.config
    say("fitting the winner")
    name = f"winner {'+'.join(labels.packs)} seed {config.seed}"
    tags = {"packs": ",".join(labels.packs)}
    with tracker.start(name, params={}, tags=tags, parent=run.run_id) as child:
        trained = train(
            TrainRequest(
                labels=labels,
                output_dir=request.output_dir,
                config=config,
                allow_cpu=request.allow_cpu,
                num_workers=0,
            ),
            child,
            lambda _: None,
            say,
        )
    scored = score(
        ScoreRequest(
            checkpoint_path=trained.checkpoint_path,
            packs=labels.packs,
            packs_root=labels.packs_root,
            feature_store=labels.feature_store,
            preset_features=labels.preset_features,
            takes_uri=request.takes_uri,
        )
    )
    if not tracker.is_away:
        for quality, path in scored:
            register_scores(tracker, quality.pack, path)
    return [path for _, path in scored]
