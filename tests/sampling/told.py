"""An executor that draws what it is told, into the real store."""

from takes.made import drawn

from aivj.errors import ItemError, WorkerLostError
from aivj.executor.protocol import Outcome, WorkerOpened
from aivj.presets.digest import content_hash
from aivj.takes.compose import compose
from aivj.takes.render import Kept, ProofJob
from aivj.takes.take import Take


def pairs_by_content(packs_root, pack):
    """Which pair and layer each preset of a pack is, by its content."""
    found = {}
    for path in (packs_root / "presets" / pack).rglob("*.milk"):
        pair, _, layer = path.stem.partition("_")
        found[content_hash(path.read_bytes())] = (int(pair.lstrip("p")), layer)
    return found


class ToldExecutor:
    """Draws every preset, or what `faults` says of its pair's foreground.

    Attributes:
        seen: Pairs in the order in which their foregrounds were drawn.
        num_runs: How often workers were asked for.
    """

    num_workers = 1

    def __init__(self, packs_root, faults=None, *, pack="real"):
        self._where = pairs_by_content(packs_root, pack)
        self._faults = faults or {}
        self.seen = []
        self.num_runs = 0

    def run(self, make_worker, items, *, on_event, **_):
        (plan,) = make_worker.args
        self.num_runs += 1
        writers = {clip: place.writer() for clip, place in plan.places.items()}
        on_event(WorkerOpened(0))
        try:
            for item in items:
                yield self._outcome(item, plan, writers)
        finally:
            for writer in writers.values():
                writer.close()

    def _outcome(self, item, plan, writers):
        if isinstance(item, ProofJob):
            layers = [self._told(job, plan) for job in (item.foreground, item.background)]
            error = next((told for told in layers if isinstance(told, ItemError)), None)
            cells = None if error else compose(*(told.cells for told in layers))
            return Outcome(item, cells, error, 1)
        pair, layer = self._where[item.content]
        if layer == "fg":
            self.seen.append(pair)
        told = self._told(item, plan)
        if isinstance(told, ItemError):
            return Outcome(item, None, told, 3 if isinstance(told, WorkerLostError) else 1)
        report = plan.expected
        take = Take(item.content, told, report.renderer, report.chromium_version)
        writers[item.clip].add(take)
        written = writers[item.clip].flush() if layer == "bg" else None
        return Outcome(item, Kept(written, told.load_ms, 1.0), None, 1)

    def _told(self, job, plan):
        pair, layer = self._where[job.content]
        told = self._faults.get(pair) if layer == "fg" else None
        if isinstance(told, BaseException) and not isinstance(told, ItemError):
            raise told
        return told or drawn(plan.settings, degraded=job.degraded)
