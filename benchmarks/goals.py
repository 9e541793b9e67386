"""What a benchmark is to reach, beside what it reached."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table

from benchmarks.screen import console


@dataclass(frozen=True)
class Goal:
    """One figure and its bound.

    Attributes:
        name: What is counted, with its unit.
        value: What came out.
        bound: What it is to be at least, or at most.
        is_floor: Whether `bound` is the least that is wanted, not the most.
        form: How both are written.
    """

    name: str
    value: float
    bound: float
    is_floor: bool = True
    form: str = ".2f"

    @property
    def is_reached(self) -> bool:
        """Whether the figure is on the right side; a figure that is no number is not."""
        return self.value >= self.bound if self.is_floor else self.value <= self.bound


def print_goals(goals: Iterable[Goal]) -> None:
    """Prints a table of goals."""
    table = Table("goal", "wanted", "found", "reached")
    for goal in goals:
        sign = ">=" if goal.is_floor else "<="
        wanted, found = f"{sign} {goal.bound:{goal.form}}", f"{goal.value:{goal.form}}"
        reached = "[green]yes[/]" if goal.is_reached else "[bold red]no[/]"
        table.add_row(goal.name, wanted, found, reached)
    console.print(table)
