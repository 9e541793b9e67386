"""The lines of `vite.log` that only a live run has."""

import json

from aivj.contracts.run_folder import MAX_LOG_CHARS
from aivj.live.page_answers import PickAnswer
from aivj.runs.log import RunLog


class LiveLog(RunLog):
    """Appends lines to the log of a run that drives a page."""

    def server(self, url: str, *, is_started: bool) -> None:
        """The runtime's server was there already, or was started for this run."""
        self._write(
            f"Starting Vite: {url}" if is_started else f"Reusing existing dev server: {url}"
        )

    def step(self, pack: str, text: str) -> None:
        """A step of a pack's bootstrap."""
        self._of(pack, " ".join(text.split()))

    def self_test_snapshot(self, pack: str, label: str, answer: PickAnswer) -> None:
        """What a pick of the self-test ended with."""
        self._of(pack, f"self-test snapshot:{label} {_diagnosis(answer)}")

    def stuck(self, pack: str, iteration: int, answer: PickAnswer, num: int, most: int) -> None:
        """A pick did not come to its end in time."""
        shown = answer.shown
        why = f"err={_flat(answer.error)} n={num}/{most} disabled={int(shown.disabled)}"
        self._of(
            pack,
            f"iter={iteration} WARN pick-timeout phase={answer.outcome} {why} "
            f"status={_flat(shown.status)} diag={_diagnosis(answer)}",
        )

    def set_aside(self, pack: str, iteration: int, pair: int, num: int, most: int) -> None:
        """A pair did not come although the page shows others."""
        what = "has failed" if num >= most else "is set aside"
        self._of(pack, f"iter={iteration} pair={pair} {what} timeouts={num}/{most}")

    def recovering(self, pack: str, num: int, most: int) -> None:
        """The page is loaded anew since picks do not advance."""
        self._of(pack, f"RECOVER pick-timeout recoveries={num}/{most}")

    def reloading(self, pack: str, iteration: int) -> None:
        """The page is loaded anew as planned."""
        self._of(pack, f"reload iter={iteration}")

    def event(self, kind: str, text: str) -> None:
        """The page let something on."""
        prefix = {"crash": "[page] crash", "close": "[page] close"}.get(kind, f"[{kind}]")
        self._line(f"{prefix} {_flat(text)[:MAX_LOG_CHARS]}")


def _diagnosis(answer: PickAnswer) -> str:
    told = answer.model_dump(mode="json", exclude={"unsettled_ms"})
    return json.dumps(told, separators=(",", ":"))


def _flat(text: str | None) -> str:
    return " ".join((text or "").split())
