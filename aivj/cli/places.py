"""Paths that begin with `s3://`, and a home that does: at hand while a verb runs."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from aivj.cli.console import say
from aivj.errors import AivjError
from aivj.storage.places import as_uri

if TYPE_CHECKING:
    from aivj.pipeline.places import Places
    from aivj.settings import Settings

_PLACES = "aivj.places"
_NAMES_OF_PACKS = ("pack", "packs", "coupled_pack", "from_pack", "name")
# A name of our own music, or a path.
_MUSIC = "audio"
# Who look for packs that nobody has named to them, and for runs.
_LOOK_AT_PACKS = frozenset({"packs", "serve", "report", "demo"})
_LOOK_AT_RUNS = frozenset({"runs", "packs", "monitor", "status"})
# Who work on a pack's pictures, and on what is made of them.
_LOOK_AT_PICTURES = frozenset({"frames", "check-frames", "review-frames", "embed", "head", "lora"})


@contextlib.contextmanager
def at_hand(context: typer.Context) -> Iterator[None]:
    """Brings what a verb names to this disk, and after it what it wrote to the bucket.

    What it was given as `s3://...` is a path of this disk afterwards. What it wrote goes there
    whether it ends well or with an error of ours; not, if it is interrupted.

    Raises:
        InputError: A place is none.
        StorageError: The bucket does not answer, or does not take what was made.
    """
    settings: Settings | None = context.find_root().obj
    params = context.params
    has_s3 = any(as_uri(each) for name, value in params.items() for each in _paths(name, value))
    if settings is None or not (has_s3 or settings.home_uri):
        yield
        return
    from aivj.pipeline.places import Places

    places = context.meta[_PLACES] = Places(settings, say)
    for name, value in params.items():
        params[name] = _brought(places, name, value)
    named = [each for name in _NAMES_OF_PACKS for each in _split(params.get(name))]
    takes_all = not named and context.info_name in _LOOK_AT_PACKS
    with_runs = context.info_name in _LOOK_AT_RUNS
    places.restore_home(None if takes_all else named, with_runs=with_runs)
    if context.info_name in _LOOK_AT_PICTURES:
        places.restore_pictures(named)
    try:
        yield
    except (AivjError, typer.Exit):
        places.deliver()
        raise
    places.deliver()


@contextlib.contextmanager
def run_kept(context: typer.Context, out_dir: Path) -> Iterator[Callable[[], None]]:
    """Keeps a run in its bucket for the block, if its folder is at hand for one.

    Yields:
        What raises if another driver has taken the run; to be called now and then.

    Raises:
        RunError: Another driver writes it.
        StorageError: The bucket does not answer, or did not take the end of the run.
    """
    places: Places | None = context.meta.get(_PLACES)
    run = None if places is None else places.run(out_dir)
    if run is None:
        yield lambda: None
        return
    from aivj.runs.in_bucket import kept_in_bucket

    with kept_in_bucket(run, say) as check:
        yield check


def shown(context: typer.Context, path: Path) -> str:
    """Returns what a person calls a path: its address, where it is kept in a bucket."""
    places: Places | None = context.meta.get(_PLACES)
    return (None if places is None else places.uri(path)) or str(path)


def kept(settings: "Settings", path: Path) -> str:
    """Returns where what lies at a path of the home is kept: the path, or its address."""
    if settings.home_uri is None:
        return str(path)
    return f"{settings.home_uri}/{path.relative_to(settings.home).as_posix()}"


def here(settings: "Settings", place: str) -> Path:
    """Returns where a place of the home is at hand on this disk."""
    home = settings.home_uri or str(settings.home)
    return settings.home / place.removeprefix(home).lstrip("/")


def _brought(places: "Places", name: str, value: Any) -> Any:
    """Returns a parameter's value with paths of this disk in the place of addresses."""
    if isinstance(value, list | tuple):
        return [_brought(places, name, each) for each in value]
    uri = as_uri(value) if _paths(name, value) else None
    if uri is None:
        return value
    path = places.restore(uri)
    return str(path) if isinstance(value, str) else path


def _paths(name: str, value: Any) -> list[Any]:
    values = value if isinstance(value, list | tuple) else [value]
    return [each for each in values if isinstance(each, Path) or name == _MUSIC]


def _split(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    texts = (each for each in values if isinstance(each, str))
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]
