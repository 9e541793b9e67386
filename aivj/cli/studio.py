"""What verbs that draw presets outside a run draw them with."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.music_option import playlist_of
from aivj.cli.options import num_workers_or_default
from aivj.cli.sampling_steps import announce_renderer

if TYPE_CHECKING:
    from aivj.browser.choice import RendererChoice
    from aivj.pipeline.render_options import RenderOptions
    from aivj.pipeline.taking import Studio
    from aivj.settings import Settings
    from aivj.takes.settings import RenderSettings

ClipOption = Annotated[
    str,
    typer.Option("--audio", help="Music: groove, click, or a file; of a folder, its first."),
]


def takes_uri(settings: "Settings", _given: object) -> str:
    """Returns where takes are kept unless told otherwise."""
    return settings.takes_uri


def studio_of(
    settings: "Settings",
    options: "RenderOptions",
    render: "RenderSettings",
    *,
    num_workers: int | None,
    audio: str,
    on_progress: Callable[[int, int], None],
    proved: "RendererChoice | None" = None,
) -> "Studio":
    """Returns what draws as the options say, and says what draws when it is known.

    Raises:
        InputError: The music cannot be used.
    """
    from aivj.pipeline.taking import Studio

    return Studio(
        home=settings.home,
        conversion_cache=settings.conversion_cache,
        options=options,
        num_workers=lambda is_software: num_workers_or_default(
            num_workers, is_software=is_software
        ),
        clip=playlist_of(audio, "file", render.duration_s).clips[0],
        settings=render,
        on_renderer=announce_renderer,
        on_progress=on_progress,
        proved=proved,
    )
