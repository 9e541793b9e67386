"""Features read from the base values of a preset."""

from collections.abc import Mapping

from aivj.presets.milk import Milk

BASE_DEFAULTS: Mapping[str, float] = {
    "zoom": 1.0,
    "rot": 0.0,
    "warp": 1.0,
    "cx": 0.5,
    "cy": 0.5,
    "dx": 0.0,
    "dy": 0.0,
    "sx": 1.0,
    "sy": 1.0,
    "fZoomExponent": 1.0,
    "fWarpAnimSpeed": 1.0,
    "fWarpScale": 1.0,
    "fGammaAdj": 2.0,
    "fDecay": 0.98,
    "fVideoEchoZoom": 2.0,
    "fVideoEchoAlpha": 0.0,
    "nVideoEchoOrientation": 0.0,
    "bTexWrap": 1.0,
    "bDarkenCenter": 0.0,
    "bBrighten": 0.0,
    "bDarken": 0.0,
    "bSolarize": 0.0,
    "bInvert": 0.0,
    "fWaveAlpha": 0.8,
    "fWaveScale": 1.0,
    "fWaveSmoothing": 0.75,
    "fWaveParam": 0.0,
    "fModWaveAlphaStart": 0.75,
    "fModWaveAlphaEnd": 0.95,
    "bModWaveAlphaByVolume": 0.0,
    "bAdditiveWaves": 0.0,
    "bWaveDots": 0.0,
    "bWaveThick": 0.0,
    "bMaximizeWaveColor": 1.0,
    "wave_r": 1.0,
    "wave_g": 1.0,
    "wave_b": 1.0,
    "wave_x": 0.5,
    "wave_y": 0.5,
    "ob_size": 0.01,
    "ob_r": 0.0,
    "ob_g": 0.0,
    "ob_b": 0.0,
    "ob_a": 0.0,
    "ib_size": 0.01,
    "ib_r": 0.25,
    "ib_g": 0.25,
    "ib_b": 0.25,
    "ib_a": 0.0,
    "nMotionVectorsX": 12.0,
    "nMotionVectorsY": 9.0,
    "mv_dx": 0.0,
    "mv_dy": 0.0,
    "mv_l": 0.9,
    "mv_r": 1.0,
    "mv_g": 1.0,
    "mv_b": 1.0,
    "fShader": 0.0,
    "bRedBlueStereo": 0.0,
}
"""The base parameters that are features, and MilkDrop's value where a preset is silent."""

_BASE_FEATURES = [
    (f"base.{name}", name.lower(), default) for name, default in BASE_DEFAULTS.items()
]
_NUM_WAVE_MODES = 8


def base_value(milk: Milk, name: str) -> float:
    """Returns a parameter of `BASE_DEFAULTS`, or its default where the preset is silent."""
    return milk.values.get(name.lower(), BASE_DEFAULTS[name])


def base_features(milk: Milk) -> dict[str, float]:
    """Returns features by name, the same names in the same order for every preset."""
    return {
        "format.preset_version": float(milk.milkdrop_preset_version),
        "format.ps_version": float(milk.ps_version),
        **{name: milk.values.get(key, default) for name, key, default in _BASE_FEATURES},
        "base.mv_a": _motion_vector_alpha(milk),
        **_wave_mode(milk),
    }


def _motion_vector_alpha(milk: Milk) -> float:
    """Returns `mv_a`; before it existed, `bMotionVectorsOn` said whether they are seen."""
    return milk.values.get("mv_a", float(milk.values.get("bmotionvectorson", 0.0) != 0.0))


def _wave_mode(milk: Milk) -> dict[str, float]:
    """Returns one flag for each of the wave modes, which have no order among themselves."""
    chosen = int(milk.values.get("nwavemode", 0.0)) % _NUM_WAVE_MODES
    return {f"base.nWaveMode.{mode}": float(mode == chosen) for mode in range(_NUM_WAVE_MODES)}
