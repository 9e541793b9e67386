"""What the verbs that learn share: a name of a run, and the words that name its labels again."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aivj.pipeline.requests import LabelRequest


def run_name(verb: str, packs: Sequence[str], *details: str) -> str:
    """Returns a run's name: what was done with which packs, when, and what sets it apart."""
    now = datetime.now().astimezone()
    return " ".join([verb, "+".join(packs), f"{now:%Y-%m-%d %H:%M:%S}", *details])


def label_words(labels: "LabelRequest") -> list[str]:
    """Returns the options that name these labels again."""
    named = {
        "--pack": labels.packs,
        "--extra-eval-jsonl": labels.eval_paths,
        "--elite-dir": [] if labels.elite_dir is None else [labels.elite_dir],
        "--preferences": labels.preference_paths,
        "--preset-features": [] if labels.preset_features is None else [labels.preset_features],
    }
    words = [word for name, values in named.items() for v in values for word in (name, str(v))]
    return [*words, "--mix-renderers"] if labels.mix_renderers else words


def cpu_words(*, allow_cpu: bool) -> list[str]:
    """Returns the option that was given, for the next command."""
    return ["--allow-cpu"] if allow_cpu else []
