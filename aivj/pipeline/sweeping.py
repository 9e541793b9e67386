"""A sweep: many configurations on Ray Tune, each an MLflow run, and the winner a candidate."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aivj.coupling.config import FitConfig
from aivj.coupling.device import choose_device
from aivj.coupling.sweep import STRUCTURE, SWEPT, SweepResult
from aivj.coupling.training_set import TrainingSet
from aivj.errors import RunError
from aivj.fleet.cluster import cluster
from aivj.fleet.sweep import SweepPlan, sweep_on_ray
from aivj.pipeline.labels import LabelRequest, read_told, record_labels
from aivj.pipeline.releasing import register_scores
from aivj.pipeline.scoring import ScoreRequest, score
from aivj.pipeline.training import TrainRequest, train
from aivj.release.tracking import TrackedRun, Tracker
from aivj.report.axis import linear_axis, log_axis
from aivj.report.plot import BOTTOM, LEFT, RIGHT, TOP, Chart, Plot
from aivj.report.scatter import Point, scatter
from aivj.report.study import StudyPage, TableRow, write_study
from aivj.storage import write_atomic

TABLE_NAME = "sweep.json"
PAGE_NAME = "sweep.html"
_NUM_IN_TABLE = 20
_CAUTION = (
    "The best of many is flattered by having been chosen: judge it anew with `aivj evaluate` under "
    "other seeds."
)
_SHOWN = (*STRUCTURE, *SWEPT)


@dataclass(frozen=True)
class SweepRequest:
    """What to search.

    Attributes:
        labels: What to learn from.
        config: What is not swept, and the first seed.
        plan: How many configurations.
        output_dir: Gets the table and the page.
        allow_cpu: Whether to fit without CUDA.
        ray_address: Ray cluster to join; None runs one here.
    """

    labels: LabelRequest
    config: FitConfig
    plan: SweepPlan
    output_dir: Path
    allow_cpu: bool = False
    ray_address: str | None = None


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
            "measure more pairs, or give an elite list: synthetic negatives judge nothing",
        )
    say(f"recording {len(results)} configurations")
    _record(tracker, run, request, results)
    table_path, page_path = request.output_dir / TABLE_NAME, request.output_dir / PAGE_NAME
    document = {"version": "v1", "results": [result.as_dict() for result in results]}
    write_atomic(table_path, (json.dumps(document, indent=2, allow_nan=False) + "\n").encode())
    write_study(page_path, _page(results, plan, training_set))
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


def _page(results: Sequence[SweepResult], plan: SweepPlan, training_set: TrainingSet) -> StudyPage:
    winner = results[0]
    return StudyPage(
        title="Which weights and sizes serve best?",
        generated_at=datetime.now(UTC),
        facts=[
            ("configurations", f"{len(results):,}"),
            ("seeds each", str(plan.num_seeds)),
            ("structures", str(plan.num_trials)),
            ("rows", f"{len(training_set):,}"),
            ("best objective", _objective(winner)),
        ],
        conclusions=[
            "Best: " + ", ".join(f"{name} {value}" for name, value in _options(winner)),
            _CAUTION,
        ],
        notes=training_set.notes,
        columns=["objective", *(name.replace("_", " ") for name in _SHOWN)],
        rows=[
            TableRow(
                label=f"{rank}",
                cells=[_objective(result), *(value for _, value in _options(result))],
                is_ours=rank == 1,
            )
            for rank, result in enumerate(results[:_NUM_IN_TABLE], 1)
        ],
        charts=[_chart(results, name) for name in SWEPT],
    )


def _objective(result: SweepResult) -> str:
    return "-" if result.objective is None else f"{result.objective:.3f} ± {result.spread:.3f}"


def _options(result: SweepResult) -> list[tuple[str, str]]:
    return [(name, f"{getattr(result.config, name):.3g}") for name in _SHOWN]


def _chart(results: Sequence[SweepResult], name: str) -> Chart:
    """Draws the objective of each configuration against one swept option."""
    least, most, is_log = SWEPT[name]
    judged = [(result, result.objective) for result in results if result.objective is not None]
    values = [objective for _, objective in judged]
    axis = log_axis if is_log else linear_axis
    label = name.replace("_", " ")
    plot = Plot(
        axis(least, most, LEFT, RIGHT),
        linear_axis(min(values), max(values), BOTTOM, TOP),
        label,
        "objective",
    )
    points = [
        Point(
            getattr(result.config, name),
            objective,
            flagged=False,
            title=f"{label} {getattr(result.config, name):.3g}: {_objective(result)}",
        )
        for result, objective in judged
    ]
    svg = scatter(plot, points, name=f"objective of {len(points)} configurations against {label}")
    return Chart(f"Objective and {label}", svg, (), "Each disc is a configuration, over all seeds.")


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
        )
    )
    if not tracker.is_away:
        for quality, path in scored:
            register_scores(tracker, quality.pack, path)
    return [path for _, path in scored]
