"""What stands for renderer, converter and browsers where presets are drawn outside a run."""

import contextlib
from collections import Counter
from dataclasses import dataclass

from takes.made import drawn

from aivj.executor.protocol import Outcome
from aivj.pipeline import known_renderer, taking
from aivj.takes.render import Kept
from aivj.takes.take import Take

BROKEN = b"broken=1"


@dataclass
class Converted:
    butterchurn: dict[str, int]
    degraded_reasons: tuple[str, ...] = ()


class Browsers:
    """Stand for what proves a renderer, converts and draws; note what was asked of them."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def convert(self, data: bytes) -> Converted:
        return Converted({} if data.startswith(BROKEN) else {"warp": 1})

    def run(self, make_worker, items, **_):
        (plan,) = make_worker.args
        (place,) = plan.places.values()
        writer = place.writer()
        try:
            for item in items:
                self.asked["preset"] += 1
                report = plan.expected
                outcome = drawn(plan.settings)
                writer.add(Take(item.content, outcome, report.renderer, report.chromium_version))
                yield Outcome(item, Kept(None, 1.0, 1.0), None, 1)
        finally:
            writer.close()


def stand_in(browsers, monkeypatch, tmp_path, renderer) -> None:
    """Puts `browsers` in the place of what `aivj.pipeline.taking` opens."""
    (tmp_path / "chromium").write_text("one build")
    monkeypatch.setattr(known_renderer, "find_chromium", lambda: tmp_path / "chromium")

    def prove(_options):
        browsers.asked["renderer"] += 1
        return renderer

    monkeypatch.setattr(taking, "prove_renderer", prove)
    monkeypatch.setattr(taking, "PresetConverter", lambda _: contextlib.nullcontext(browsers))
    monkeypatch.setattr(taking, "open_executor", lambda *_: contextlib.nullcontext(browsers))
