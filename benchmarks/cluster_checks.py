"""What must be true of a run, of MLflow, of the bucket and of the runtime's origin afterwards."""

import hashlib
import time
import urllib.error
import urllib.request
from collections import Counter

from aivj.contracts.pointer import Pointer
from aivj.faults import FAULTS
from aivj.release import CHAMPION, PREVIOUS, Tracker, current, model_name
from aivj.release.pointer import pointer_key, read_pointer, runtime_key
from aivj.runs.directory import RunDirectory
from aivj.storage import open_bucket

_SERVED_TIMEOUT_S = 30
_PAUSE_S = 0.2


def not_once(directory: RunDirectory, num_pairs: int) -> list[str]:
    """Returns the pairs that did not end once, and those that the machinery lost."""
    rows, failures = directory.rows(), directory.failures()
    counts = Counter([row.pair for row in rows] + [failure.pair for failure in failures])
    wrong = {pair: counts.pop(pair, 0) for pair in range(num_pairs)}
    return [
        *(f"pair {pair} ended {count} times" for pair, count in wrong.items() if count != 1),
        *(f"pair {pair} is not of this pack" for pair in counts),
        *(
            f"pair {failure.pair} was lost: {failure.kind}, {failure.message}"
            for failure in failures
            # What a preset has in itself is tried once.
            if failure.kind not in FAULTS or FAULTS[failure.kind].max_attempts > 1
        ),
    ]


def not_served(origin: str, pack: str, serial: int) -> list[str]:
    """Returns what the runtime's origin does not serve of the promotion with that number.

    It has as long as its own cache may keep what was there before.
    """
    deadline = time.monotonic() + _SERVED_TIMEOUT_S
    while True:
        problems = _differences(origin, pack, serial)
        if not problems or time.monotonic() > deadline:
            return problems
        time.sleep(_PAUSE_S)


def _differences(origin: str, pack: str, serial: int) -> list[str]:
    text, pointer_rule = _got(f"{origin}/{pointer_key(pack)}")
    if text is None:
        return [f"{origin} serves no pointer of {pack}"]
    pointer = Pointer.model_validate_json(text)
    if pointer.serial != serial:
        return [f"{origin} serves promotion {pointer.serial}, not {serial}"]
    stored, stored_rule = _got(f"{origin}/{pointer.object}")
    served, served_rule = _got(f"{origin}/{runtime_key(pack)}")
    digests = [hashlib.sha256(data or b"").hexdigest() for data in (stored, served)]
    wrong = [digest for digest in digests if digest != pointer.digest]
    rules = [rule for rule in (pointer_rule, served_rule) if "max-age=5," not in rule]
    return [
        *(f"{origin} serves {digest[:12]}, the pointer says {pointer.digest}" for digest in wrong),
        *(f"{origin} lets what is swapped be kept: {rule!r}" for rule in rules),
        *([] if "immutable" in stored_rule else [f"{origin} says {stored_rule!r} of an object"]),
    ]


def _got(url: str) -> tuple[bytes | None, str]:
    """Returns what is at a URL, and how long it may be kept."""
    try:
        with urllib.request.urlopen(url, timeout=20) as reply:  # noqa: S310 - our own server
            return reply.read(), reply.headers.get("Cache-Control", "")
    except urllib.error.HTTPError as error:
        with error:
            return None, error.headers.get("Cache-Control", "")


def not_recorded(tracking: str, artifacts: str, releases: str, pack: str) -> list[str]:
    """Returns what MLflow does not know of the fit and of its champion.

    Args:
        tracking: The server's address.
        artifacts: The bucket that it keeps artifacts in.
        releases: The bucket that scores were promoted to.
        pack: The pack's name.
    """
    tracker = Tracker(tracking)
    name = model_name(pack)
    champion, previous = (current(tracker, name, alias) for alias in (CHAMPION, PREVIOUS))
    if champion is None or previous is None:
        return [f"MLflow has champion {champion} and previous {previous} of {name}"]
    version = tracker.client.get_model_version(name, str(champion))
    run_id = str(version.run_id)
    run = tracker.client.get_run(run_id)
    pointer, _ = read_pointer(open_bucket(releases), pointer_key(pack)) or (None, None)
    problems = []
    if pointer is None or version.tags.get("digest") != pointer.digest:
        problems.append(f"the champion is {version.tags}, the pointer says {pointer}")
    if run.info.status != "FINISHED" or not run.info.run_name.startswith("train "):
        problems.append(f"the champion came from {run.info.run_name}, {run.info.status}")
    keys = open_bucket(artifacts).list("")
    problems += [
        f"no {artifact} of run {run_id} in the bucket"
        for artifact in ("checkpoint/", "quality/")
        if not any(run_id in key and artifact in key for key in keys)
    ]
    return problems
