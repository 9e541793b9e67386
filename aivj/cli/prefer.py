"""`aivj prefer`: a page that asks which of two pairs is better, and writes what it is told."""

import asyncio
import contextlib
import getpass
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import err, out
from aivj.cli.next_steps import say_next
from aivj.cli.options import PackOption, SeedOption
from aivj.cli.verb import require_path
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.audio.clip import AudioClip
    from aivj.contracts.pairs_manifest import PairsManifest
    from aivj.preferences import JudgingSession, Prior
    from aivj.settings import Settings

_MUSIC_S = 120.0
_NUM_RANKED = 3


def prefer(
    context: typer.Context,
    pack: PackOption,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="Where to write. Default: preferences.jsonl in the pack."),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Who judges. Default: the user's name.")
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port of this machine; 0: any free one.")
    ] = 5175,
    audio: Annotated[
        str,
        typer.Option("--audio", help="groove, click, or a file, of which two minutes are heard."),
    ] = "groove",
    prior: Annotated[
        Path | None,
        typer.Option("--prior", help="A pairs-quality.v0.json to begin from, as a hint."),
    ] = None,
    seed: SeedOption = 0,
) -> None:
    """Ask which of two pairs is better, in a page at the printed address, until Ctrl-C.

    Example: aivj prefer --pack mine --by ada
    """
    from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, read_pairs_manifest
    from aivj.contracts.preferences import PREFERENCES_NAME
    from aivj.preferences import JudgingSession

    settings: Settings = context.obj
    folder = settings.packs_root / "presets" / pack
    manifest = read_pairs_manifest(folder / PAIRS_MANIFEST_NAME, pack=pack)
    if manifest.left_out:
        err.print(manifest.left_out, markup=False)
    clip = _clip(audio)
    log = file or folder / PREFERENCES_NAME
    with JudgingSession(
        log,
        pack=pack,
        pairs=[row.pair for row in manifest.pairs],
        by=by or _user_name(),
        clip=clip.name,
        prior=_prior(manifest, prior),
        seed=seed,
        now=lambda: datetime.now(UTC),
    ) as session:
        if session.num_bad_lines:
            err.print(f"{session.num_bad_lines} lines of {log} cannot be read and are left alone")
        with _until_stopped():
            asyncio.run(_serve(session, manifest, clip, settings, port))
        _print_result(session, log)
    say_next(context, "train", "--pack", pack, "--preferences", log)


async def _serve(
    session: "JudgingSession",
    manifest: "PairsManifest",
    clip: "AudioClip",
    settings: "Settings",
    port: int,
) -> None:
    from aivj.pipeline.verification import converting
    from aivj.preferences.page import serve_page
    from aivj.stage.conversion import PresetConverter

    def say_failure(pair: int, reason: str) -> None:
        err.print(f"pair {pair} cannot be drawn and is left out: {reason}", markup=False)

    with PresetConverter(settings.conversion_cache) as converter:
        async with serve_page(
            session,
            manifest,
            packs_root=settings.packs_root,
            clip=clip,
            convert=converting(converter),
            on_failure=say_failure,
            port=port,
        ) as address:
            out.print(address)
            err.print("open it in a browser; Ctrl-C ends")
            await asyncio.Event().wait()


@contextlib.contextmanager
def _until_stopped() -> Iterator[None]:
    """Lets Ctrl-C and SIGTERM end the block at once, whatever it waits for, as its normal end."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_result(session: "JudgingSession", log: Path) -> None:
    progress = session.progress()
    num = progress.num_comparisons
    out.print(
        f"{num} comparison{'s' if num != 1 else ''}, {progress.num_today} by {session.by} today, "
        f"order {progress.order_certainty01:.0%} sure: {log}",
        markup=False,
    )
    ranking = session.ranking()
    if len(ranking) > 2 * _NUM_RANKED:
        best, worst = ranking[:_NUM_RANKED], ranking[-_NUM_RANKED:]
        out.print(f"best {', '.join(map(str, best))}; least {', '.join(map(str, worst))}")


def _clip(source: str) -> "AudioClip":
    from aivj.audio.playlist import read_playlist

    require_path(Path(source))
    if Path(source).is_dir():
        raise InputError(
            "one piece of music",
            f"the folder {source}",
            "name a file: pairs are compared to the same music",
        )
    return read_playlist(source, _MUSIC_S).clips[0]


def _prior(manifest: "PairsManifest", path: Path | None) -> "Prior":
    from aivj.contracts.pairs_quality import merge_quality, read_pairs_quality
    from aivj.preferences import prior_from_scores

    scores = {} if path is None else merge_quality(manifest, read_pairs_quality(path))
    if path is not None and not scores:
        raise InputError(
            f"scores of pack {manifest.pack!r} in {path}",
            "none of its pairs",
            "name the pack's own file, or leave --prior out",
        )
    return prior_from_scores([row.pair for row in manifest.pairs], scores)


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a container's user without a name
        raise InputError("to know who judges", "a user without a name", "say --by NAME") from error
