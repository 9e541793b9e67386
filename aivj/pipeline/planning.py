"""What so many presets and pairs need of a pool: hours, GPU hours, room, money, and what binds.

Formulas, for takes that a GPU, the CPUs beside it and its browsers each could draw:

    rate of a GPU = min(1 / gpu_s, CPUs / cpu_s, browsers / wall_s)
    work          = presets x (1 + fail share x (tries - 1))
    hours         = work / (rate x GPUs) + tail
    GPU hours     = GPUs x (hours + start + idle)

Pairs are composed by the run's driver, on its CPUs alone.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aivj.browser.renderer import SOFTWARE
from aivj.contracts.fields import Number
from aivj.contracts.json_text import ContractModel
from aivj.contracts.run_folder import META_NAME
from aivj.contracts.run_meta import read_run_meta
from aivj.errors import InputError
from aivj.takes.store import TakeStore, survey
from aivj.takes.take import TAKE_KB, Drawn

Resource = Literal["gpu", "cpu", "browsers"]

_HOUR_S = 3600
_LEAST = 1e-6
_KB_A_GB = 1e6
_FAIL_SHARE = 0.02
_NUM_SAMPLED = 200
# Of a shard: itself and its marker.
_WRITES_A_SHARD = 2
_TAKES_A_SHARD = 16

_frozen = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class PlanRequest(BaseModel):
    """How much is to be done, on what, and how long one of it takes."""

    model_config = _frozen

    presets: int = Field(ge=1, le=10**12, description="Different presets to be drawn.")
    pairs: int = Field(0, ge=0, le=10**15, description="Pairs to be composed of them.")
    gpus: int = Field(1, ge=1, le=1_000_000, description="GPUs that draw.")
    gpu_s: float | None = Field(
        None,
        ge=_LEAST,
        description="GPU seconds of a take, measured on such a GPU; never guessed.",
    )
    cpu_s: float = Field(
        0.1, ge=_LEAST, description="CPU seconds of a take without what draws: page and driver."
    )
    wall_s: float | None = Field(
        None,
        ge=_LEAST,
        description="Seconds of a browser for a take. Default: measured, or GPU + CPU s.",
    )
    cpus_per_gpu: float = Field(8, ge=_LEAST, description="CPUs beside each GPU.")
    browsers_per_gpu: int = Field(4, ge=1, description="Browsers that share a GPU.")
    fail_share: float | None = Field(
        None, ge=0, le=1, description="Share of takes that fail. Default: measured, else 0.02."
    )
    tries: int = Field(3, ge=1, le=100, description="How often a failed take is tried.")
    take_kb: float | None = Field(
        None,
        ge=_LEAST,
        description="Kilobytes of a take in the store. Default: measured, else 165.",
    )
    composed_per_min: float = Field(
        30_000, ge=_LEAST, description="Pairs that the driver composes a minute."
    )
    start_s: float = Field(180, ge=0, description="Seconds until a new node draws.")
    idle_s: float = Field(300, ge=0, description="Seconds that a node stays after its last take.")
    tail_s: float = Field(90, ge=0, description="Seconds that the last takes keep the pool.")
    gpu: str = Field("rtx-4090", description="Whose price an hour counts; a name in --prices.")
    bucket: str = Field("r2", description="Whose prices a GB and a write count; as --gpu.")


class GpuPrice(BaseModel):
    """Dollars for an hour of a GPU, the lowest and the highest that was seen."""

    model_config = _frozen

    low: float = Field(ge=0)
    high: float = Field(ge=0)
    seen: str


class BucketPrice(BaseModel):
    """Dollars for keeping, writing and reading elsewhere."""

    model_config = _frozen

    gb_month: float = Field(ge=0)
    million_writes: float = Field(ge=0)
    egress_gb: float = Field(ge=0)
    seen: str


Price = TypeVar("Price", GpuPrice, BucketPrice)


class Prices(BaseModel):
    """What things cost, by name, and when that was seen."""

    model_config = _frozen

    gpu_hour: Mapping[str, GpuPrice]
    bucket: Mapping[str, BucketPrice]


class MeasuredTakes(ContractModel):
    """What the takes of a store tell of those to come."""

    takes: str = Field(description="The store's address")
    conditions: str = Field(description="Digest of what they were drawn under")
    renderer_class: str
    num_takes: int
    num_sampled: int = Field(description="Takes whose seconds were read")
    wall_s: Number | None = Field(description="Mean seconds of a browser; null if none was drawn")
    fail_share: Number = Field(description="Share that failed")
    take_kb: Number = Field(description="Kilobytes of the store for each")

    @property
    def is_of_a_gpu(self) -> bool:
        """Whether a GPU drew them, so that their seconds tell something of a pool's."""
        return self.renderer_class not in SOFTWARE


class Plan(ContractModel):
    """What a pool needs. Money is in US dollars, from the lowest price to the highest."""

    version: str = "v0"
    request: PlanRequest
    measured: MeasuredTakes | None
    takes_per_s: dict[Resource, Number | None] = Field(
        description="What each could draw beside one GPU; null: not known"
    )
    binds: Resource = Field(description="The least of them")
    drawing_hours: Number = Field(description="Until the last preset is drawn, tail included")
    composing_hours: Number = Field(description="Of the driver; partly while the pool draws")
    gpu_hours: Number = Field(description="Billed: start and idle time included")
    gpu_cost: tuple[Number, Number]
    store_gb: Number
    num_writes: Number = Field(description="Objects written by workers")
    store_cost_a_month: Number
    write_cost: Number
    egress_cost: Number = Field(description="Of reading all takes once from elsewhere")
    notes: list[str] = Field(description="What the figures do not know")


def plan(request: PlanRequest, prices: Prices, measured: MeasuredTakes | None = None) -> Plan:
    """Returns what a pool needs.

    Args:
        request: What is to be done; what it leaves out is taken from `measured`.
        prices: What things cost.
        measured: What takes that exist tell.

    Raises:
        InputError: There is no price of that name.
    """
    gpu = _priced("GPU", request.gpu, prices.gpu_hour)
    bucket = _priced("bucket", request.bucket, prices.bucket)
    seen_fail_share, seen_kb = (
        (None, None) if measured is None else (measured.fail_share, measured.take_kb)
    )
    fail_share = _first(request.fail_share, seen_fail_share, _FAIL_SHARE)
    take_kb = _first(request.take_kb, seen_kb, TAKE_KB)
    rates: dict[Resource, float | None] = {
        "gpu": None if request.gpu_s is None else 1 / request.gpu_s,
        "cpu": request.cpus_per_gpu / request.cpu_s,
        "browsers": request.browsers_per_gpu / _wall_s(request, measured),
    }
    rate, binds = min((rate, name) for name, rate in rates.items() if rate is not None)
    work = request.presets * (1 + fail_share * (request.tries - 1))
    drawing_hours = (work / (rate * request.gpus) + request.tail_s) / _HOUR_S
    gpu_hours = request.gpus * (drawing_hours + (request.start_s + request.idle_s) / _HOUR_S)
    store_gb = request.presets * take_kb / _KB_A_GB
    num_writes = -(-request.presets // _TAKES_A_SHARD) * _WRITES_A_SHARD
    return Plan(
        request=request,
        measured=measured,
        takes_per_s=rates,
        binds=binds,
        drawing_hours=drawing_hours,
        composing_hours=request.pairs / request.composed_per_min / 60,
        gpu_hours=gpu_hours,
        gpu_cost=(gpu_hours * gpu.low, gpu_hours * gpu.high),
        store_gb=store_gb,
        num_writes=num_writes,
        store_cost_a_month=store_gb * bucket.gb_month,
        write_cost=num_writes / 1e6 * bucket.million_writes,
        egress_cost=store_gb * bucket.egress_gb,
        notes=_notes(request, measured, work / (rate * request.gpus)),
    )


def read_prices(path: Path | None = None) -> Prices:
    """Reads prices; those that come along if no file is named.

    Raises:
        InputError: Missing, no YAML, or not of the form of those that come along.
    """
    source = files("aivj.pipeline") / "prices.yaml" if path is None else path
    expected, remedy = "a YAML file of prices", "copy aivj/pipeline/prices.yaml and change it"
    try:
        return Prices.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(expected, f"{path}: {error}", remedy) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(expected, f"{path}: {place}: {first['msg']}", remedy) from error


def measure_run(folder: Path) -> MeasuredTakes:
    """Returns what the takes of a run tell.

    Raises:
        InputError: No run, or one that was not composed of takes, or its takes are gone.
        StorageError: The store does not answer.
    """
    meta = read_run_meta(folder / META_NAME)
    if meta.takes is None or not meta.takes.conditions:
        raise InputError(
            "a run that was composed of takes", f"{folder} was not", "name takes by --takes"
        )
    return measure_takes(meta.takes.uri, meta.takes.conditions[0])


def measure_takes(uri: str, conditions: str | None = None) -> MeasuredTakes:
    """Returns what the takes of a store tell; seconds are read from 200 of them.

    Args:
        uri: The store's address.
        conditions: Digest of what they were drawn under; those with most takes if None.

    Raises:
        InputError: There are none.
        StorageError: The store does not answer.
    """
    found = [
        status
        for folder in survey.store_folders(uri)
        if conditions is None or folder.digest == conditions
        if (status := survey.status(folder)).conditions is not None and status.num_takes
    ]
    most = max(found, key=lambda status: status.num_takes, default=None)
    store = None if most is None else TakeStore.find(uri, most.digest)
    if most is None or most.conditions is None or store is None:
        of = "" if conditions is None else f" under the conditions {conditions}"
        raise InputError("a store with takes", f"none in {uri}{of}", "draw some: `aivj takes draw`")
    seconds = _seconds(store)
    return MeasuredTakes(
        takes=store.place.uri,
        conditions=most.digest,
        renderer_class=most.conditions.renderer_class,
        num_takes=most.num_takes,
        num_sampled=len(seconds),
        wall_s=sum(seconds) / len(seconds) if seconds else None,
        fail_share=1 - most.num_drawn / most.num_takes,
        take_kb=most.num_bytes / 1000 / most.num_takes,
    )


def _seconds(store: TakeStore) -> list[float]:
    drawn = [content for content in store.contents() if store.failure(content) is None]
    # Hashes are as good as drawn by lot, and every n-th is the same ones each time.
    sampled = drawn[:: -(-len(drawn) // _NUM_SAMPLED) or 1]
    num_frames = store.conditions.settings.num_frames
    return [
        (take.outcome.load_ms + take.outcome.render_ms_per_frame * num_frames) / 1000
        for take in store.read(sampled)
        if isinstance(take.outcome, Drawn)
    ]


def _wall_s(request: PlanRequest, measured: MeasuredTakes | None) -> float:
    told = measured.wall_s if measured is not None and measured.is_of_a_gpu else None
    return _first(request.wall_s, told, (request.gpu_s or 0.0) + request.cpu_s)


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _priced(kind: str, name: str, prices: Mapping[str, Price]) -> Price:
    found = prices.get(name)
    if found is None:
        known = ", ".join(prices)
        raise InputError(
            f"a {kind} whose price is known: {known}",
            name,
            "choose one of them, or name a file that has its price by --prices",
        )
    return found


def _notes(request: PlanRequest, measured: MeasuredTakes | None, drawing_s: float) -> list[str]:
    notes = []
    if request.gpu_s is None:
        notes.append(
            "no GPU second of a take is known: hours are the least that CPUs and browsers allow; "
            "measure it on one of these GPUs and give it by --gpu-s"
        )
    if measured is not None and not measured.is_of_a_gpu:
        notes.append(
            f"the takes were drawn by {measured.renderer_class}: their seconds tell nothing of a "
            "GPU, only their failures and sizes count"
        )
    if drawing_s < request.start_s + request.idle_s:
        notes.append(
            f"the GPUs draw for {drawing_s:.0f} s, and start and stay for "
            f"{request.start_s + request.idle_s:.0f} s: fewer of them cost less"
        )
    if request.pairs / request.composed_per_min * 60 > drawing_s and request.pairs:
        notes.append(
            "composing takes longer than drawing, and no GPU is needed for it: let it end on "
            "the driver alone, or sample several packs at once, a driver each"
        )
    return notes
