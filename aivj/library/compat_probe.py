"""Quality by the page's own hook, `__nw_probePresetQuality`, as the original's audit has it.

8 frames of warm-up and 24 measured ones on a clock of 60 frames a second. One browser with its own
loopback server probes one preset after another.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import Field

from aivj.browser.profiles import GpuPolicy, LaunchPlan
from aivj.browser.renderer import RendererReport
from aivj.contracts.json_text import parse_json, validated
from aivj.contracts.preset_audit import AuditQuality
from aivj.contracts.preset_audit_reasons import PROBE_REASONS
from aivj.errors import RunError, WorkerLostError
from aivj.executor.protocol import WorkPolicy
from aivj.library.quality import Limits
from aivj.takes import self_test
from aivj.takes.page_worker import PageWorker

_SCRIPT = "text => window.__nw_probePresetQuality(JSON.parse(text)).then(JSON.stringify)"
# After the page's own time is up, it has so long to say so.
_GRACE_S = 2.5
_TEST_TIMEOUT_S = 60.0
_MIN_LUMA, _MIN_DIFFERENCE = 0.005, 0.01


@dataclass(frozen=True)
class CompatSettings:
    """How the hook is asked; the values are the runtime's."""

    probe_width: Annotated[int, Field(ge=16, le=3840, description="Pixels, compat only.")] = 256
    probe_height: Annotated[int, Field(ge=16, le=2160, description="Pixels, compat only.")] = 144
    num_warmup: int = 8
    num_sampled: int = 24
    probe_timeout_ms: Annotated[
        int, Field(ge=1000, le=120_000, description="For a preset's frames, compat only.")
    ] = 4500
    probe_refresh_every: Annotated[
        int, Field(ge=1, le=100_000, description="Presets probed in one document, compat only.")
    ] = 300

    @property
    def timeout_s(self) -> float:
        """For a preset, as seen from outside the page."""
        return self.probe_timeout_ms / 1000 + _GRACE_S

    @property
    def policy(self) -> WorkPolicy:
        """When an executor stops waiting for one."""
        return WorkPolicy(deadline_s=self.timeout_s, first_deadline_min_s=self.timeout_s)


@dataclass(frozen=True)
class ProbeJob:
    """One preset to probe.

    Attributes:
        content: Its content hash.
        preset: Butterchurn's preset as JSON text.
    """

    content: str
    preset: str


@dataclass(frozen=True)
class CompatPlan:
    """What every worker is made from.

    Attributes:
        launch: How the browser is started.
        policy: Which renderer it must have.
        expected: The renderer that was proved before; another one is refused.
        settings: How the hook is asked.
        limits: What a picture must be like.
    """

    launch: LaunchPlan
    policy: GpuPolicy
    expected: RendererReport
    settings: CompatSettings
    limits: Limits


class CompatWorker(PageWorker):
    """Probes presets in one browser."""

    def __init__(self, plan: CompatPlan) -> None:
        self._plan = plan
        super().__init__(
            plan.launch,
            plan.policy,
            plan.expected,
            reload_every=plan.settings.probe_refresh_every,
            one_kind="use nodes of one kind for one audit",
        )

    async def open(self) -> None:
        """Starts server and browser, and proves that what it measures shows.

        Raises:
            RendererRefusedError: The renderer is not what the audit was started for.
            RunError: It is another renderer than that of the other workers, or what it draws is
                dark, or the same whatever is asked for.
        """
        await super().open()
        tests = [ProbeJob("self-test", preset) for preset in self_test.presets()]
        _refuse_blind(*[await self._probe(test, _TEST_TIMEOUT_S) for test in tests])

    async def run(self, item: ProbeJob, timeout_s: float) -> AuditQuality:
        """Probes a preset; see `Worker.run`."""
        quality = await self._probe(item, timeout_s)
        self.refuse_dead_gpu()
        if PROBE_REASONS.intersection(quality.reasons):
            raise WorkerLostError.because("context-lost", quality.error_text or "no reason given")
        return quality

    async def _probe(self, job: ProbeJob, timeout_s: float) -> AuditQuality:
        request = probe_request(job, self._plan.settings, self._plan.limits)
        reply = await self.ask(_SCRIPT, request, timeout_s)
        answer = parse_json(str(reply.value).encode(), "the page's answer")
        quality = validated(AuditQuality, answer, "the page's answer")
        if quality.render_ok:
            self.keep_document()
        return quality


def probe_request(job: ProbeJob, settings: CompatSettings, limits: Limits) -> str:
    """Returns as JSON what the hook is asked."""
    asked: Mapping[str, Any] = {
        "width": settings.probe_width,
        "height": settings.probe_height,
        "warmupFrames": settings.num_warmup,
        "sampleFrames": settings.num_sampled,
        "timeoutMs": settings.probe_timeout_ms,
        "statsKey": "audit",
        **{_camel(name): value for name, value in asdict(limits).items() if value is not None},
    }
    # The preset is JSON text already: it is pasted in, not parsed and written again.
    return f'{json.dumps(asked)[:-1]},"preset":{job.preset}}}'


def _refuse_blind(first: AuditQuality, second: AuditQuality) -> None:
    """Checks what was found of the self-test's presets, a red one and a green one.

    Raises:
        RunError: They are dark, or alike.
    """
    lumas = [quality.avg_luma or 0.0 for quality in (first, second)]
    if min(lumas) < _MIN_LUMA or abs(lumas[0] - lumas[1]) < _MIN_DIFFERENCE:
        raise RunError(
            "two bright pictures that differ in the self-test of a browser",
            f"mean luma {lumas[0]:.4f} and {lumas[1]:.4f}",
            "run `aivj doctor`, then give the same command again",
        )


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
