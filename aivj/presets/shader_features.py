"""Features read from the warp and composite shaders of a preset."""

import re
from collections import Counter

from aivj.presets.equation_features import input_features, size_features
from aivj.presets.milk import Milk
from aivj.presets.tokens import count_groups, read_code

_FUNCTIONS = {
    "trigonometry": ("sin", "cos", "tan", "atan", "atan2", "sincos"),
    "power": ("pow", "exp", "log", "sqrt"),
    "mix": ("lerp", "saturate", "clamp", "smoothstep"),
    "lum": ("lum",),
    "branch": ("if", "for", "while"),
}
_LOOKUPS = {
    "tex2d": ("tex2d", "tex2dlod", "tex2dbias", "tex2dproj", "tex2dgrad"),
    "blur1": ("getblur1", "sampler_blur1"),
    "blur2": ("getblur2", "sampler_blur2"),
    "blur3": ("getblur3", "sampler_blur3"),
}
# A prefix says how a sampler filters and wraps; the rest says what picture it reads.
_SAMPLER = re.compile(r"sampler_(?:[fp][cw]_)?(.+)")
_OWN_PICTURE = re.compile(r"main|blur[1-3]")
_NOISE = re.compile(r"noise(?:vol)?_.+")


def shader_features(milk: Milk) -> dict[str, float]:
    """Returns features by name, the same names in the same order for every preset."""
    warp = read_code(milk.warp_shader)
    comp = read_code(milk.comp_shader)
    both = warp + comp
    return {
        **size_features("warp", warp),
        **size_features("comp", comp),
        **input_features("shaders", both),
        **_lookups("warp", warp.reads),
        **_lookups("comp", comp.reads),
        **_outside_pictures(both.reads),
        **count_groups("shaders", _FUNCTIONS, both.reads),
    }


def _lookups(shader: str, reads: Counter[str]) -> dict[str, float]:
    """Counts how a shader looks at the last frame and at its blurred copies."""
    main = sum(count for name, count in reads.items() if _picture(name) == "main")
    return {
        **count_groups(shader, _LOOKUPS, reads),
        f"{shader}.main": main + reads["getpixel"] + reads["getmain"],
    }


def _outside_pictures(reads: Counter[str]) -> dict[str, float]:
    """Counts the different noises and user textures that the shaders name."""
    pictures = {picture for name in reads if (picture := _picture(name))}
    noises = {picture for picture in pictures if _NOISE.fullmatch(picture)}
    textures = {picture for picture in pictures - noises if not _OWN_PICTURE.fullmatch(picture)}
    return {"shaders.num_noises": len(noises), "shaders.num_textures": len(textures)}


def _picture(name: str) -> str:
    """Returns what a sampler reads from, or nothing for other names."""
    match = _SAMPLER.fullmatch(name)
    return match[1] if match else ""
