"""Everything that can go wrong with one item: the taxonomy, and how often each is tried.

A fault that a preset carries in itself is final at once. A fault of the machinery is tried again
on a fresh worker; what is left after the last try is quarantined, since it may well be the pair
that breaks the worker. Nobody else decides on retries.
"""

from dataclasses import dataclass

from aivj.errors import ItemError


@dataclass(frozen=True)
class Fault:
    """One entry of the taxonomy.

    Attributes:
        meaning: What happened.
        detected_by: Who notices, and how.
        max_attempts: Tries in all.
    """

    meaning: str
    detected_by: str
    max_attempts: int


FAULTS = {
    "bad-entry": Fault("the manifest's entry of a pair cannot be used", "reading the pack", 1),
    "missing-preset": Fault("a preset's file is not there", "reading the pack", 1),
    "unconvertible": Fault("a preset's text cannot be taken apart", "converting the preset", 1),
    "bad-equation": Fault("an equation does not compile", "the stage, when it loads a preset", 1),
    "shader-link": Fault("a shader does not compile or link", "the stage, first frame", 1),
    "script-error": Fault("an equation or Butterchurn throws", "the stage, any frame", 1),
    "wasm-trap": Fault("an equation traps in WebAssembly", "the stage, any frame", 1),
    "page-error": Fault("the page throws outside a preset", "the browser's driver", 2),
    "page-load": Fault("the page does not load", "the browser's driver", 3),
    "hung-page": Fault("no answer in time", "the worker's clock, outside the page", 2),
    "page-crash": Fault("the page's process died", "the browser's driver", 3),
    "context-lost": Fault("the WebGL context was lost", "the stage, after the frames", 3),
    "other-picture": Fault("the picture is not of the measured frame", "the worker, every pair", 3),
    "gpu-crash": Fault("the process that draws died", "the worker, after every pair", 3),
    "browser-crash": Fault("the browser died or did not start", "the browser's driver", 3),
    "worker-error": Fault("the worker has a defect of ours", "the slot", 2),
    "not-shown": Fault("a runtime's page could not show the pair", "the live driver", 1),
    "pick-timeout": Fault("a runtime's page did not show the pair in time", "the live driver", 2),
    "dead-actor": Fault("the worker's process died, or node after node under it", "Ray", 3),
    "overdue": Fault("a worker does not even say that it hangs", "the driver's clock", 2),
}
"""By kind, as written into `failures.jsonl`."""


def max_attempts(error: ItemError) -> int:
    """Returns how often an item is tried in all that fails like this."""
    fault = FAULTS.get(error.kind)
    return fault.max_attempts if fault is not None else 1
