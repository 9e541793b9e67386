"""Music for the page, and the proof that it is heard."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from aivj.contracts.run_folder import MIN_SOUND_RMS
from aivj.errors import SilentAudioError
from aivj.live.music import LiveMusic
from aivj.live.page_answers import Heard
from aivj.live.runtime_page import RuntimePage
from aivj.live.settings import LiveSettings

_FILE_INPUT = "#audio-file"
_ANYWHERE = 10
# A page may begin to play by itself; its button says so a moment later, and would pause it.
_BY_ITSELF_MS = 1000


@dataclass(frozen=True)
class SoundCheck:
    """What a check of the sound found.

    Attributes:
        ok: Whether music was heard, or none was wanted.
        rms: The loudest that the page heard, 0 to 1; None: it does not say.
        peak: The same.
        took_s: How long it took.
    """

    ok: bool
    rms: float | None
    peak: float | None
    took_s: float


async def drive_audio(
    page: RuntimePage,
    music: LiveMusic,
    live: LiveSettings,
    on_checked: Callable[[SoundCheck], None],
) -> None:
    """Gives the page its music, plays it as a person would, and waits until it is heard.

    Raises:
        SilentAudioError: It is not heard.
        WorkerLostError: Page or browser died.
    """
    if music.file is None:
        shown = await page.shown()
        on_checked(SoundCheck(True, shown.audio_rms, shown.audio_peak, 0))
        return
    trouble = "the page does not say lastAudioRms"
    for _ in range(live.audio_tries):
        started = time.monotonic()
        try:
            await page.page.set_file(_FILE_INPUT, music.file, live.audio_timeout_ms / 1000)
        except TimeoutError as error:
            trouble = str(error)
        await page.page.click_at(_ANYWHERE, _ANYWHERE)
        await page.turn_up()
        heard = await page.hear(MIN_SOUND_RMS, _BY_ITSELF_MS)
        if not _is_music(heard):
            await page.play()
            heard = await page.hear(MIN_SOUND_RMS, live.audio_timeout_ms)
        ok, took_s = _is_music(heard), time.monotonic() - started
        on_checked(SoundCheck(ok, heard.audio_rms, heard.audio_peak, took_s))
        if ok:
            return
        if heard.audio_rms is not None:
            trouble = f"lastAudioRms {heard.audio_rms:.6f}"
    raise SilentAudioError(
        f"{music.name} heard by the page: lastAudioRms of {MIN_SOUND_RMS} or more in one of "
        f"{live.audio_tries} tries of {live.audio_timeout_ms / 1000:g} s",
        trouble,
        "open the page and play the file by hand, choose another with --audio, or say --audio none",
    )


def _is_music(heard: Heard) -> bool:
    return (heard.audio_rms or 0) >= MIN_SOUND_RMS
