"""Features read from the numbers of custom waves and custom shapes, those that are drawn."""

from collections.abc import Mapping, Sequence

from aivj.presets.milk import Milk

_WAVE_FLAGS = ("bspectrum", "busedots", "bdrawthick", "badditive")
_WAVE_DEFAULTS = {
    "samples": 512.0,
    "sep": 0.0,
    "scaling": 1.0,
    "smoothing": 0.5,
    "r": 1.0,
    "g": 1.0,
    "b": 1.0,
    "a": 1.0,
}
_SHAPE_FLAGS = ("additive", "textured", "thickoutline")
_SHAPE_DEFAULTS = {
    "sides": 4.0,
    "num_inst": 1.0,
    "x": 0.5,
    "y": 0.5,
    "rad": 0.1,
    "ang": 0.0,
    "r": 1.0,
    "g": 0.0,
    "b": 0.0,
    "a": 1.0,
    "r2": 0.0,
    "g2": 1.0,
    "b2": 0.0,
    "a2": 0.0,
    "border_a": 0.1,
    "tex_ang": 0.0,
    "tex_zoom": 1.0,
}


def part_features(milk: Milk) -> dict[str, float]:
    """Returns features by name, the same names in the same order for every preset."""
    waves = [wave for wave in milk.waves.values() if wave.is_enabled]
    shapes = [shape for shape in milk.shapes.values() if shape.is_enabled]
    return {
        **_features("waves", [wave.values for wave in waves], _WAVE_FLAGS, _WAVE_DEFAULTS),
        "waves.num_per_frame": sum(1 for wave in waves if wave.per_frame),
        "waves.num_per_point": sum(1 for wave in waves if wave.per_point),
        **_features("shapes", [shape.values for shape in shapes], _SHAPE_FLAGS, _SHAPE_DEFAULTS),
        "shapes.num_per_frame": sum(1 for shape in shapes if shape.per_frame),
        "shapes.num_drawn": sum(max(shape.values.get("num_inst", 1.0), 1.0) for shape in shapes),
    }


def _features(
    name: str,
    parts: Sequence[Mapping[str, float]],
    flags: Sequence[str],
    defaults: Mapping[str, float],
) -> dict[str, float]:
    """Counts the parts and those with each flag; averages their numbers, 0 without any part."""
    features = {f"{name}.num_enabled": float(len(parts))}
    for flag in flags:
        features[f"{name}.num_{flag}"] = sum(1 for part in parts if part.get(flag, 0.0) != 0.0)
    for key, default in defaults.items():
        total = sum([part.get(key, default) for part in parts])
        features[f"{name}.mean_{key}"] = total / max(len(parts), 1)
    return features
