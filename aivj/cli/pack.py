"""`aivj pack`: a coupled pack drawn from a folder of presets."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import bar, err, out
from aivj.cli.next_steps import gpu_option, say_next
from aivj.cli.options import MAX_PAIRS, PackOption, SeedOption

if TYPE_CHECKING:
    from aivj.settings import Settings


def pack(
    context: typer.Context,
    name: PackOption,
    presets: Annotated[Path, typer.Option("--presets", help="Folder of .milk files.")],
    pairs: Annotated[
        int, typer.Option("--pairs", min=1, max=MAX_PAIRS, help="How many pairs.")
    ] = 32,
    seed: SeedOption = 0,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Replace a pack of that name that was drawn otherwise. If people judged it, or it "
            "was scored, it is kept in another place.",
        ),
    ] = False,
) -> None:
    """Draw pairs of presets from a folder and lay them out as a pack.

    Presets that do not convert whole are passed over. The same call again changes nothing.
    Example: aivj pack --pack mine --presets ~/milkdrop --pairs 200 --seed 7
    """
    from aivj.packs.pairing import draw_coupled_pack
    from aivj.packs.scan import scan_presets
    from aivj.stage.conversion import PresetConverter

    settings: Settings = context.obj
    passed_over: Counter[str] = Counter()
    library = scan_presets(presets, passed_over=passed_over)
    num_drawn = 0
    with PresetConverter(settings.conversion_cache) as converter, bar("drawing") as progress:

        def accept(_: object, data: bytes) -> bool:
            nonlocal num_drawn
            is_whole = not converter.convert(data).degraded
            num_drawn += is_whole
            progress.update(num_drawn, 2 * pairs)
            return is_whole

        drawn = draw_coupled_pack(
            library,
            pack=name,
            num_pairs=pairs,
            seed=seed,
            packs_root=settings.packs_root,
            generated_at=datetime.now(UTC),
            accept=accept,
            passed_over=passed_over,
            replace=replace,
        )
    skipped = [f"{number} {why}" for why, number in sorted(drawn.provenance.skipped.items())]
    if skipped:
        err.print(f"passed over: {', '.join(skipped)}", markup=False)
    if drawn.kept is not None:
        err.print(f"the pack that was there is kept in {drawn.kept}", markup=False)
    there = ", as before: this very pack was there already" if drawn.was_there else ""
    out.print(f"{len(drawn.manifest.pairs)} pairs in {drawn.folder}{there}")
    say_next(context, "sample", "--pack", name, *gpu_option())
