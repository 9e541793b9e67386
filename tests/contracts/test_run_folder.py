"""What is known of a run's folder is the same for who writes it and for who reads it."""

import pytest

from aivj.contracts.run_folder import (
    AUDIO_LINE,
    DONE_LINE,
    ERROR_CODES,
    LOG_PREFIX,
    SAMPLING_LINE,
    SELF_TEST_OK,
    WEBGL_LINE,
    is_known_phase,
    log_entries,
    page_events_name,
    page_message,
    picture_name,
)


def entry(text):
    [found] = log_entries([f"{LOG_PREFIX}{text}"])
    return found


def test_lines_of_others_are_no_entries():
    log = ["  VITE ready", f"{LOG_PREFIX}pack=one {SELF_TEST_OK}", "[page] crash", f"{LOG_PREFIX}x"]
    assert [(each.number, each.pack, each.text) for each in log_entries(log)] == [
        (2, "one", SELF_TEST_OK),
        (4, None, "x"),
    ]


@pytest.mark.parametrize(
    ("text", "is_known"),
    [
        (f"pack=one {SELF_TEST_OK}", True),
        (SELF_TEST_OK, False),
        ("pack=one self-test:failed", False),
        ("FATAL UNKNOWN why", True),
        ("pack=one FATAL UNKNOWN why", False),
        ("ERROR pack=one iter=3 err=why", True),
        ("pack=one iter=50 visited=50/120 elapsedMin=3.1", True),
        ("pack=one iter=50 visited=50", False),
    ],
)
def test_lines_of_the_run_and_of_a_pack_have_their_own_forms(text, is_known):
    assert entry(text).has_known_form == is_known


def test_lines_that_are_taken_apart_tell_their_figures():
    heard = AUDIO_LINE.fullmatch(
        "audio:click(fallback) ok=true muted=0 lastAudioRms=0.1 lastAudioPeak=1 x"
    )
    assert heard is not None
    assert heard.groupdict() == {
        "mode": "click(fallback)",
        "ok": "true",
        "muted": "0",
        "rms": "0.1",
        "peak": "1",
    }
    all_pairs = DONE_LINE.fullmatch("done visited=3/4")
    so_many = DONE_LINE.fullmatch("done samples=9/9 unique=5/5")
    assert all_pairs is not None
    assert so_many is not None
    assert (all_pairs["visited"], so_many["unique"]) == ("3", "5")
    told = WEBGL_LINE.fullmatch('webgl={"ok":true}')
    assert told is not None
    assert told["told"] == '{"ok":true}'


@pytest.mark.parametrize(
    "text", ["iter=3 visited=1/2 elapsedMin=0", "RECOVER x", "done visited=1/2"]
)
def test_lines_that_are_written_while_pairs_are_picked(text):
    assert SAMPLING_LINE.fullmatch(text)
    assert not SAMPLING_LINE.fullmatch(f"bootstrap {text}")


def test_a_page_says_what_stands_behind_its_kind():
    assert page_message("[console.error] it broke") == "it broke"
    assert page_message(f"{LOG_PREFIX}it broke") is None


@pytest.mark.parametrize(
    ("phase", "is_known"),
    [
        ("init", True),
        ("server", True),
        ("sampling", True),
        ("goto:one", True),
        ("goto:two", False),
        ("goto", False),
        ("elsewhere", False),
    ],
)
def test_phases_are_of_the_run_or_of_one_of_its_packs(phase, is_known):
    assert is_known_phase(phase, {"one"}) == is_known


def test_files_of_pairs_and_pages():
    assert picture_name("one", 7) == "thumbnails/one/7.webp"
    assert page_events_name("fatal") == "playwright-events-fatal.log"
    assert {"UNKNOWN", "FATAL_NO_FREE_PORT"} < ERROR_CODES
