"""The renderer that was proved a while ago: verbs of one night prove it once, not each.

Every browser still says what it draws with when it opens, and is refused if that is another.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from aivj.cli.console import say, working
from aivj.cli.next_steps import gpu_option
from aivj.cli.options import GpuOrAuto

if TYPE_CHECKING:
    from aivj.browser.choice import RendererChoice
    from aivj.pipeline.render_options import RenderOptions
    from aivj.settings import Settings

_PROVED = "aivj.proved"


def say_proved(context: typer.Context, choice: "RendererChoice") -> None:
    """Lets the verbs that this one runs know what was proved, with no other wishes.

    Raises:
        StorageError: It cannot be kept for later.
    """
    from aivj.pipeline.known_renderer import KnownRenderer
    from aivj.pipeline.render_options import RenderOptions

    settings: Settings = context.find_root().obj
    KnownRenderer(settings.home, RenderOptions(gpu=choice.policy)).keep(choice)
    # What was tried in vain is said once.
    context.meta[_PROVED] = replace(choice, rejected=())


def proved_before(context: typer.Context, gpu: str) -> "RendererChoice | None":
    """Returns what the verb that runs this one has proved for such a renderer; None if nothing."""
    choice: RendererChoice | None = context.meta.get(_PROVED)
    return choice if choice is not None and choice.policy == gpu else None


def prove(context: typer.Context, options: "RenderOptions") -> "RendererChoice":
    """Proves a renderer, unless the verb that runs this one has. Raises as `prove_renderer`."""
    from aivj.pipeline.rendering import prove_renderer

    has_wishes = options.profile is not None or options.headed or options.maximized
    known = None if has_wishes else proved_before(context, options.gpu)
    return known or prove_renderer(options)


def settled(context: typer.Context, gpu: GpuOrAuto | None, *, dry_run: bool) -> GpuOrAuto:
    """Returns what a demo draws with: a GPU where one is proved, and else the CPU, said aloud.

    Raises:
        RendererRefusedError: Neither draws.
        MissingDependencyError: Something that is needed is missing.
    """
    if gpu not in {None, "auto"}:
        return gpu
    if dry_run:
        return "software" if "software" in gpu_option() else "require"
    settings: Settings = context.obj
    with working("looking at this machine"):
        from aivj.pipeline.night_examination import prove_any

        choice = prove_any(settings.home)
    say_proved(context, choice)
    if choice.report.is_software:
        say(
            f"note: No GPU was proved, so this CPU renders ({choice.report.renderer}): fine "
            "for a look, not for a night."
        )
    return choice.policy
