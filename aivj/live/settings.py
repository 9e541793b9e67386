"""How a runtime's page is driven: where it is, how long it may take, how it is measured."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field


@dataclass(frozen=True)
class LiveSettings:
    """The classic sampler's options, with its defaults but for what is said.

    Those with an alias are options of `aivj sample --runtime-url`, under it and under our spelling.

    Attributes:
        url: The runtime's page; what its query says stays.
        runtime_dir: The runtime's project, whose server is started if none answers; None for none.
        num_workers: Pages at a time, each in a browser of its own; the classic has one.
        preset_library_source: Library that the page is told to open.
        run_manifest_url: Where the page finds what was found out about presets.
        width: Of the window, in CSS pixels.
        height: The same.
        device_scale_factor: Pixels of the screen for one of the window.
        interval_ms: Shortest time between two samples of a pair.
        warmup_samples: Intervals before the samples that count.
        measure_samples: Intervals that are measured.
        downsample_size: Noted in `meta.json`; the page samples as it does.
        pick_timeout_ms: Longest time for a pair to appear.
        stuck_max_consecutive: Picks in a row that may time out before the page is loaded anew.
        stuck_max_restarts: How often that, and a failed bootstrap, may happen for a pack.
        browser_max_restarts: How often a browser may be replaced in a run.
        goto_timeout_ms: Longest time for one of four tries to load the page, under each name.
        server_timeout_ms: How long the server may take to answer at all; one that is started has
            90 s at least, as the classic's.
        attach_timeout_ms: Longest time for the page's elements to be there.
        ready_timeout_ms: Longest time for its hooks, for its readiness and for its pack.
        draw_timeout_ms: Longest time for its first ten frames.
        audio_timeout_ms: Longest time for the music to be heard.
        audio_tries: How often the music is started.
        settle_timeout_ms: Longest time for the status line to say that nothing loads.
        self_test_timeout_ms: Shortest longest time for a pick of the self-test.
    """

    url: str
    runtime_dir: Annotated[str | None, Field(alias="runtimeDir")] = None
    num_workers: int = 1
    preset_library_source: Annotated[str, Field(alias="presetLibrarySource")] = (
        "run3-crashsafe-15000"
    )
    run_manifest_url: Annotated[str, Field(alias="runManifestUrl")] = "/run-manifest.json"
    width: Annotated[int, Field(alias="viewportWidth", ge=640, le=7680)] = 1280
    height: Annotated[int, Field(alias="viewportHeight", ge=480, le=4320)] = 720
    device_scale_factor: Annotated[float, Field(alias="deviceScaleFactor", ge=0.5, le=2)] = 1.5
    interval_ms: Annotated[int, Field(alias="intervalMs", ge=50, le=5000)] = 250
    warmup_samples: Annotated[int, Field(alias="warmupSamples", ge=0, le=20)] = 2
    measure_samples: Annotated[int, Field(alias="measureSamples", ge=1, le=60)] = 6
    downsample_size: Annotated[int, Field(alias="downsampleSize", ge=2, le=64)] = 12
    pick_timeout_ms: Annotated[int, Field(alias="pickTimeoutMs", ge=500, le=60_000)] = 10_000
    stuck_max_consecutive: Annotated[int, Field(alias="stuckMaxConsecutive", ge=1, le=50)] = 3
    stuck_max_restarts: Annotated[int, Field(alias="stuckMaxRestarts", ge=0, le=50)] = 6
    browser_max_restarts: Annotated[int, Field(alias="browserMaxRestarts", ge=0, le=200)] = 20
    goto_timeout_ms: Annotated[int, Field(alias="gotoTimeoutMs", ge=1000, le=300_000)] = 30_000
    server_timeout_ms: Annotated[int, Field(alias="viteReadyTimeoutMs", ge=5000, le=600_000)] = (
        10_000
    )
    attach_timeout_ms: int = 90_000
    ready_timeout_ms: int = 60_000
    draw_timeout_ms: int = 90_000
    audio_timeout_ms: int = 10_000
    audio_tries: int = 3
    settle_timeout_ms: int = 10_000
    self_test_timeout_ms: int = 30_000

    @property
    def warmup_ms(self) -> int:
        """Time before what counts."""
        return self.warmup_samples * self.interval_ms

    @property
    def measure_ms(self) -> int:
        """Time that is measured."""
        return self.measure_samples * self.interval_ms

    @property
    def measure_timeout_ms(self) -> int:
        """Longest time for the samples of a pair: what a page that samples slowly needs."""
        return 2 * (self.warmup_ms + self.measure_ms) + 5000
