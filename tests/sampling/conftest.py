from datetime import UTC, datetime

import pytest

from aivj.packs.pairing import draw_coupled_pack
from aivj.packs.scan import scan_presets


@pytest.fixture(scope="session")
def draw_pack(corpus, converter):
    """Draws a pack of real presets that convert into a packs root."""
    library = scan_presets(corpus)

    def draw(packs_root, num_pairs, *, pack="real", seed=0):
        return draw_coupled_pack(
            library,
            pack=pack,
            num_pairs=num_pairs,
            seed=seed,
            packs_root=packs_root,
            generated_at=datetime(2026, 1, 1, tzinfo=UTC),
            accept=lambda _, data: not converter.convert(data).degraded,
        )

    return draw
