"""Which renderer a browser draws with, and whether that is the one that was asked for."""

from dataclasses import dataclass
from typing import Literal

from aivj.browser.profiles import GpuPolicy, LaunchPlan
from aivj.errors import RendererRefusedError

RendererClass = Literal[
    "nvidia", "amd", "intel", "apple", "llvmpipe", "swiftshader", "software", "unknown"
]

_LAUNCHED = " under profile "

# First match wins: software renderers name the API they imitate, so they are looked for first.
_MARKS: tuple[tuple[str, RendererClass], ...] = (
    ("swiftshader", "swiftshader"),
    ("llvmpipe", "llvmpipe"),
    ("lavapipe", "software"),
    ("softpipe", "software"),
    ("software rasterizer", "software"),
    ("basic render", "software"),
    ("virgl", "software"),
    ("nvidia", "nvidia"),
    ("geforce", "nvidia"),
    ("radeon", "amd"),
    ("amd", "amd"),
    ("intel", "intel"),
    ("apple", "apple"),
)
SOFTWARE: frozenset[RendererClass] = frozenset({"llvmpipe", "swiftshader", "software"})
"""Classes of which the CPU draws."""


@dataclass(frozen=True)
class RendererReport:
    """What the browser says of itself.

    Attributes:
        vendor: Unmasked WebGL vendor.
        renderer: Unmasked WebGL renderer.
        gl_version: Version string of the context.
        chromium_version: Version of the browser.
    """

    vendor: str
    renderer: str
    gl_version: str
    chromium_version: str

    @property
    def renderer_class(self) -> RendererClass:
        """The class within which measurements may be compared."""
        return classify_renderer(f"{self.vendor} {self.renderer}")

    @property
    def is_software(self) -> bool:
        """Whether the CPU draws."""
        return self.renderer_class in SOFTWARE


def classify_renderer(text: str) -> RendererClass:
    """Names the class of an unmasked vendor and renderer string."""
    lowered = text.lower()
    return next((name for mark, name in _MARKS if mark in lowered), "unknown")


def without_launch(found: str) -> str:
    """Returns what a refusal found without the profile and its long line of flags."""
    return found.partition(_LAUNCHED)[0]


def refuse_wrong_renderer(report: RendererReport, policy: GpuPolicy, plan: LaunchPlan) -> None:
    """Checks a report against the policy.

    Raises:
        RendererRefusedError: A GPU was required and the CPU or something unknown draws, or
            software was asked for and a GPU draws.
    """
    started = f"{report.renderer!r}{_LAUNCHED}{plan.profile} ({' '.join(plan.args)})"
    if policy == "require" and (report.is_software or report.renderer_class == "unknown"):
        raise RendererRefusedError(
            "a GPU renderer",
            started,
            "mend the driver, the container's graphics capability or the profile, check with "
            "`aivj doctor`, or say --gpu software if software rendering is what you want",
        )
    if policy == "software" and not report.is_software:
        raise RendererRefusedError(
            "a software renderer", started, "say --gpu require to measure on this GPU"
        )
