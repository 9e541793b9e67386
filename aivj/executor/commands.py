"""What a dispatcher has a bench do."""

from dataclasses import dataclass
from typing import Generic

from aivj.executor.protocol import Item


@dataclass(frozen=True)
class OpenWorker:
    """Open a worker in the slot."""

    slot: int


@dataclass(frozen=True)
class RunItem(Generic[Item]):
    """Let the slot's worker do the item."""

    slot: int
    item: Item
    timeout_s: float


@dataclass(frozen=True)
class MoveSlot:
    """Close what the slot has, and start it anew, elsewhere if there is a choice."""

    slot: int


@dataclass(frozen=True)
class EndSlot:
    """Close what the slot has and end it, for good."""

    slot: int


Command = OpenWorker | RunItem[Item] | MoveSlot | EndSlot
