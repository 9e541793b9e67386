"""What plays is what the presets hear, and the hooks say how loud it is: section 21.4."""

import io
import wave

import numpy as np
import pytest
from gate.tested_packs import MOVING, write_pack
from stage.player_page import ALONE, COUPLED

pytestmark = pytest.mark.asyncio(loop_scope="session")

MIN_RMS = 0.0005
RMS = "window.__projectm_verify.lastAudioRms"
TOGGLE = "document.getElementById('audio-toggle').textContent"
STATUS = "document.getElementById('audio-status').textContent"

# What stands there in each frame in which the presets hear something.
WATCH_WORDS = f"""(() => {{
  window.heard = [];
  const look = () => {{
    requestAnimationFrame(look);
    const level = window.__projectm_verify?.lastAudioRms ?? 0;
    if (level >= {MIN_RMS}) window.heard.push(`${{{STATUS}}}, ${{{TOGGLE}}}`);
  }};
  requestAnimationFrame(look);
}})();"""


def tone(amplitude=0.25, frequency_hz=880, duration_s=5):
    """A WAV file of a sine in both channels."""
    times_s = np.arange(duration_s * 44_100) / 44_100
    samples = (32_767 * amplitude * np.sin(2 * np.pi * frequency_hz * times_s)).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setparams((2, 2, 44_100, 0, "NONE", ""))
        written.writeframes(np.repeat(samples, 2).tobytes())
    return file.getvalue()


def rms_of_tone(amplitude=0.25, frequency_hz=880):
    """Pre-emphasised, as the runtime measures it."""
    angle = 2 * np.pi * frequency_hz / 44_100
    return amplitude / np.sqrt(2) * abs(1 - 0.97 * np.exp(-1j * angle))


async def put_file(player, name="tone.wav", data=None):
    file = {"name": name, "mimeType": "audio/wav", "buffer": data or tone()}
    await player.page.set_input_files("#audio-file", [file])


@pytest.fixture
def open_silent(player, tmp_path):
    """Opens the player without the groove."""
    write_pack(tmp_path, [MOVING], [0.5])

    async def opened(**parameters):
        page = await player(**COUPLED, **ALONE, demoMusic="off", **parameters)
        await page.started()
        return page

    return opened


async def test_silence_is_shown_as_silence_until_a_file_plays(open_silent):
    page = await open_silent()
    await page.until(f"{STATUS}.includes('silence')")
    assert await page.call(f"() => {RMS}") == 0
    assert "play" in (await page.call(f"() => {TOGGLE}")).lower()
    await put_file(page)
    await page.page.mouse.click(10, 10)
    await page.until(f"{RMS} >= {MIN_RMS} && !/play/i.test({TOGGLE})")
    # A busy machine leaves gaps in the sound: between them it is as loud as it should be.
    peak = "window.__projectm_verify.lastAudioPeak"
    wanted = {RMS: rms_of_tone(), peak: rms_of_tone() * np.sqrt(2)}
    await page.until(
        " && ".join(f"Math.abs({found} / {value} - 1) < 0.05" for found, value in wanted.items())
    )
    await page.until(f"{STATUS} === 'tone.wav'")


async def test_the_button_pauses_and_plays_and_the_volume_changes_nothing_for_presets(open_silent):
    page = await open_silent()
    await put_file(page)
    await page.until(f"{RMS} >= {MIN_RMS}")
    mute = """() => {
      const volume = document.getElementById("audio-volume");
      volume.value = "0";
      volume.dispatchEvent(new Event("input"));
    }"""
    await page.call(mute)
    await page.page.wait_for_timeout(200)
    # A busy machine leaves gaps in the sound.
    await page.until(f"{RMS} >= {MIN_RMS}")
    await page.call("() => document.getElementById('audio-toggle').click()")
    await page.until(f"{RMS} === 0 && /play/i.test({TOGGLE})")
    await page.until(f"{STATUS}.endsWith('paused')")
    await page.call("() => document.getElementById('audio-toggle').click()")
    await page.until(f"{RMS} >= {MIN_RMS}")


async def test_a_file_that_cannot_be_played_is_told(open_silent):
    page = await open_silent()
    await put_file(page, "broken.wav", b"no music at all")
    await page.until(f"{STATUS}.includes('broken.wav cannot be played')")
    assert page.errors == []


async def test_the_microphone_is_heard_and_stopped(open_silent):
    page = await open_silent()
    await page.call("() => document.getElementById('audio-microphone').click()")
    await page.until(f"{RMS} >= {MIN_RMS}")
    await page.until(f"{STATUS}.startsWith('Microphone: Fake') && {TOGGLE} === 'Stop'")
    await page.call("() => document.getElementById('audio-toggle').click()")
    await page.until(f"{RMS} === 0")


async def test_a_microphone_that_is_refused_is_told_and_the_music_goes_on(open_silent):
    page = await open_silent()
    await put_file(page)
    await page.until(f"{RMS} >= {MIN_RMS}")
    refuse = """() => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException("Permission denied", "NotAllowedError");
      };
      document.getElementById("audio-microphone").click();
    }"""
    await page.call(refuse)
    await page.until(f"{STATUS} === 'Permission denied'")
    await page.until(f"{RMS} >= {MIN_RMS}")


async def test_what_is_shared_is_heard_and_silence_is_refused(open_silent):
    page = await open_silent()
    share = "() => document.getElementById('audio-mixxx-connect').click()"
    await page.call(share)
    await page.until(f"{RMS} >= {MIN_RMS} && {STATUS} === 'Another tab or program'")
    await page.call("() => document.getElementById('audio-toggle').click()")
    await page.until(f"{RMS} === 0")
    silent = "() => { navigator.mediaDevices.getDisplayMedia = async () => new MediaStream(); }"
    await page.call(silent)
    await page.call(share)
    await page.until(f"{STATUS}.includes('share audio')")


async def test_the_servers_music_plays_in_ranges(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    music = tmp_path / "music"
    music.mkdir()
    (music / "a tone.wav").write_bytes(tone())
    page = await player(music=music, **COUPLED, **ALONE, demoMusic="off")
    await page.until("document.getElementById('music-select').options.length === 2")
    choose = """() => {
      const music = document.getElementById("music-select");
      music.value = "0";
      music.dispatchEvent(new Event("change"));
    }"""
    await page.call(choose)
    await page.until(f"{RMS} >= {MIN_RMS}")
    await page.until(f"{STATUS} === 'a tone.wav'")
    assert "/__local_audio" in page.requests


async def test_the_groove_is_heard_by_presets_before_anybody_plays_it_aloud(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(init=WATCH_WORDS, **COUPLED, **ALONE)
    # In every frame the words are those of the level, from the first that is heard on.
    await page.until(f"window.heard?.length >= 30 && {RMS} >= {MIN_RMS}")
    assert set(await page.call("() => window.heard")) == {"Demo groove, unheard, Play"}
    await page.call("() => document.getElementById('audio-toggle').click()")
    await page.until(f"{TOGGLE} === 'Pause'")
    await page.until(f"{RMS} >= {MIN_RMS}")
    await page.until(f"{STATUS} === 'Demo groove'")
