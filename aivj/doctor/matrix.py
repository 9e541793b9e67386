"""Every launch profile on the same presets: what it draws on, how fast, and what it survives.

A profile is fit for work if what it draws is the same to the byte whenever it is drawn again, and
if a GPU process that dies is noticed and costs nothing but its take.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aivj.audio.groove import groove
from aivj.browser.choice import RendererChoice, choose_renderer
from aivj.browser.profiles import GpuPolicy, ProfileName, candidate_profiles
from aivj.browser.renderer import without_launch
from aivj.browser.session import BrowserSession
from aivj.errors import AivjError, InputError, WorkerLostError
from aivj.packs.scan import scan_presets
from aivj.presets.digest import content_hash
from aivj.stage.conversion import PresetConverter
from aivj.stage.server import StageServer
from aivj.takes.render import TakeJob, planar_clip, take_request
from aivj.takes.self_test import presets
from aivj.takes.settings import RenderSettings

CLIP = "matrix"
"""Name of the clip that jobs of a trial hear."""

_STRIDE = 101
_PAGE = "preset-probe.html"
_TAKE = "text => window.__aivj_stage.renderTake(JSON.parse(text)).then(JSON.stringify)"
_TAKE_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Aftermath:
    """What became of a take that was asked for after the GPU process was killed.

    Attributes:
        said: What the call came to: the fault, or which picture the page answered.
        after_s: Seconds from the kill until then.
        is_noticed: Whether the session knows that the process that drew has died. If not, whatever
            the page answered would be taken for a picture.
        is_repeated: Whether a new browser drew the same bytes as before.
    """

    said: str
    after_s: float
    is_noticed: bool
    is_repeated: bool


@dataclass(frozen=True)
class ProfileTrial:
    """One launch profile's trial.

    Attributes:
        profile: Which.
        renderer: What it draws on; None if it was refused.
        refused: Why it draws on nothing fit; empty if it does.
        takes_per_min: Takes a minute of one browser by the clock, after each preset's first.
        num_takes: How many that is measured by.
        differing: Presets, by their place, that were drawn differently when drawn again.
        digests: SHA-256 of what each preset looks like, shortened to 16 digits.
        aftermath: Of a killed GPU process; None without one.
    """

    profile: ProfileName
    renderer: str | None
    refused: str = ""
    takes_per_min: float = 0.0
    num_takes: int = 0
    differing: tuple[int, ...] = ()
    digests: tuple[str, ...] = ()
    aftermath: Aftermath | None = None

    @property
    def is_fit(self) -> bool:
        """Whether it may be worked with."""
        after = self.aftermath
        survives = after is None or (after.is_noticed and after.is_repeated)
        return self.renderer is not None and not self.differing and survives


def own_jobs() -> list[TakeJob]:
    """Returns presets of our own, for machines that have none: those of a worker's self-test."""
    return [TakeJob(CLIP, f"self-test {place}", text) for place, text in enumerate(presets())]


def library_jobs(library: Path, cache: Path, num_presets: int) -> list[TakeJob]:
    """Returns presets of a library, taken evenly from its list, that convert without a loss.

    Args:
        library: Folder of `.milk` files, walked whole.
        cache: Where converted presets are remembered.
        num_presets: How many at most.

    Raises:
        InputError: There is none in that folder.
    """
    found = scan_presets(library)
    jobs: dict[str, TakeJob] = {}
    with PresetConverter(cache) as converter:
        # Neighbours may be remixes of one content: from several places of the list, a few each.
        for preset in (each for start in range(_STRIDE) for each in found[start::_STRIDE]):
            if len(jobs) == num_presets:
                break
            data = preset.path.read_bytes()
            converted = converter.convert(data)
            if not converted.degraded:
                text = json.dumps(converted.butterchurn, separators=(",", ":"))
                jobs.setdefault(content_hash(data), TakeJob(CLIP, content_hash(data), text))
    if not jobs:
        raise InputError(
            f"a preset in {library} that converts",
            f"{len(found)} that do not",
            "name another folder, or leave --presets out",
        )
    return list(jobs.values())


def try_profiles(
    policy: GpuPolicy, jobs: Sequence[TakeJob], *, seconds: float, settings: RenderSettings
) -> list[ProfileTrial]:
    """Tries the profiles of a policy, one after the other, each in browsers of its own.

    Args:
        policy: Which profiles.
        jobs: Presets to draw, which hear `CLIP`; one or more.
        seconds: How long each profile draws, besides its first round and what follows the kill.
        settings: How presets are drawn.
    """

    async def all_of_them() -> list[ProfileTrial]:
        clips = {CLIP: planar_clip(groove(), settings)}
        async with StageServer(clips=clips) as server:
            page = f"{server.origin}/{_PAGE}"
            requests = [take_request(job, settings) for job in jobs]
            return [
                await _tried(profile, page, requests, seconds)
                for profile in candidate_profiles(policy)
            ]

    return asyncio.run(all_of_them())


async def _tried(
    profile: ProfileName, page: str, requests: Sequence[str], seconds: float
) -> ProfileTrial:
    try:
        choice = await choose_renderer("auto", profile=profile)
    except AivjError as error:
        found = without_launch(error.found.removeprefix(f"{profile}: "))
        return ProfileTrial(profile, None, f"found {found}")
    renderer = choice.report.renderer
    try:
        async with BrowserSession(choice.plan, choice.policy) as session:
            digests = [await _drawn(session, page, request) for request in requests]
            again, num_takes, elapsed_s = await _repeated(session, page, requests, seconds)
        aftermath = await _killed(choice, page, requests[0], digests[0])
    except AivjError as error:
        return ProfileTrial(profile, None, f"{renderer}: {error.found}")
    differing = [place for place, seen in enumerate(again) if seen - {digests[place]}]
    return ProfileTrial(
        profile=profile,
        renderer=renderer,
        takes_per_min=60 * num_takes / elapsed_s,
        num_takes=num_takes,
        differing=tuple(differing),
        digests=tuple(digests),
        aftermath=aftermath,
    )


async def _drawn(session: BrowserSession, page: str, request: str) -> str:
    """Draws a preset and returns the digest of what it looks like.

    Raises:
        WorkerLostError: The browser, its page or its WebGL context was lost.
    """
    reply = await session.call(page, _TAKE, request, _TAKE_TIMEOUT_S, fresh=False)
    answer: dict[str, Any] = json.loads(str(reply.value))
    if not answer["ok"]:
        raise WorkerLostError.because("context-lost", f"{answer['kind']}: {answer['message']}")
    seen = [answer["reading"][name] for name in ("cells", "pictures")]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


async def _repeated(
    session: BrowserSession, page: str, requests: Sequence[str], seconds: float
) -> tuple[list[set[str]], int, float]:
    """Draws presets in turn for a while, each at least once.

    Returns:
        The digests of each, the number of takes, and the seconds that they took.
    """
    seen: list[set[str]] = [set() for _ in requests]
    num_takes, started = 0, time.monotonic()
    while num_takes < len(requests) or time.monotonic() - started < seconds:
        place = num_takes % len(requests)
        seen[place].add(await _drawn(session, page, requests[place]))
        num_takes += 1
    return seen, num_takes, time.monotonic() - started


async def _killed(choice: RendererChoice, page: str, request: str, digest: str) -> Aftermath | None:
    """Kills the GPU process under a page that has drawn, asks for a take, and again elsewhere."""
    async with BrowserSession(choice.plan, choice.policy) as session:
        await _drawn(session, page, request)
        if not await asyncio.to_thread(session.kill_gpu_process):
            return None
        killed_at = time.monotonic()
        try:
            is_same = await _drawn(session, page, request) == digest
            said = f"the page answered {'the same' if is_same else 'another'} picture"
        except AivjError as error:
            said = error.found
        after_s, is_noticed = time.monotonic() - killed_at, session.gpu_process_died()
    async with BrowserSession(choice.plan, choice.policy) as session:
        again = await _drawn(session, page, request)
    return Aftermath(said, after_s, is_noticed, is_repeated=again == digest)
