"""Features read from the warp and composite shaders of a preset."""

import math
import re
from functools import cache

from aivj.presets.equation_features import input_features, size_features
from aivj.presets.milk import parse_number
from aivj.presets.program import Program
from aivj.presets.tokens import Code, Counts, NameGroups

_CALLS = NameGroups(
    "shaders.calls",
    {
        "trigonometry": ("sin", "cos", "tan", "atan", "atan2", "sincos"),
        "power": ("pow", "exp", "log", "sqrt"),
        "mix": ("lerp", "clamp", "smoothstep"),
        "saturate": ("saturate",),
        "step": ("frac", "floor", "ceil", "round", "fmod", "step", "sign"),
        "vector": ("dot", "cross", "length", "normalize", "distance", "reflect"),
        "matrix": ("mul", "float2x2", "float3x3"),
        "lum": ("lum",),
        "limit": ("min", "max", "abs"),
        "branch": ("if", "for", "while"),
    },
)
_SPECIAL_INPUTS = NameGroups(
    "shaders.reads",
    {
        "chance": ("rand_frame", "rand_preset"),
        "roam": ("roam_cos", "roam_sin", "slow_roam_cos", "slow_roam_sin"),
        "hue": ("hue_shader",),
        "vol": ("vol", "vol_att"),
        "rotation": ("rot_s1", "rot_d1", "rot_f1", "rot_vf1", "rot_uf1", "rot_rand1"),
    },
)
_LOOKUP_NAMES = ("tex2d", "tex3d", "tex2dlod", "tex2dbias", "tex2dproj", "tex2dgrad")
_LOOKUPS = {
    "lookups": (*_LOOKUP_NAMES, "getpixel", "getmain", "getblur1", "getblur2", "getblur3"),
    "blur1": ("getblur1", "sampler_blur1"),
    "blur2": ("getblur2", "sampler_blur2"),
    "blur3": ("getblur3", "sampler_blur3"),
}
_COORDINATES = {
    "uv": ("uv",),
    "uv_orig": ("uv_orig",),
    "rad": ("rad",),
    "ang": ("ang",),
    "texsize": ("texsize", "_c0"),
    "aspect": ("aspect",),
}
# A prefix says how a sampler filters and wraps; the rest says what picture it reads.
_SAMPLER = re.compile(r"sampler_(?:([fp])([cw])_)?(.+)")
_OWN_PICTURE = re.compile(r"main|blur[1-3]")
_NOISE = re.compile(r"noise(vol)?_.+")
_RET_STEP = re.compile(r"\bret\s*([-+*/])=\s*([0-9.]+)\s*;")
_LOOP = re.compile(r"\b(?:for|while)\s*\(")
_LOOKUP = re.compile(r"\b(?:tex[23]d|getpixel|getmain|getblur)")
_BLOCK = re.compile(r"\s*\{")
_BRACKETS = {"(": re.compile(r"[()]"), "{": re.compile(r"[{}]")}
_LARGEST_EXPONENT = 20.0


def shader_features(program: Program) -> dict[str, float]:
    """Returns features by name, the same names in the same order for every preset."""
    warp, comp = program.warp_shader, program.comp_shader
    both = program.shaders.reads
    return {
        **_of_one_shader("warp", warp),
        **_of_one_shader("comp", comp),
        **input_features("shaders", both),
        **_SPECIAL_INPUTS.count(both),
        **_CALLS.count(both),
        **_samplers(both),
        "shaders.lookups_in_loops": _num_in_loops(warp.text) + _num_in_loops(comp.text),
    }


def _of_one_shader(shader: str, code: Code) -> dict[str, float]:
    """Describes how a shader looks at the last frame and its blurred copies, and fades it."""
    reads = code.reads
    main = sum(count for name, count in reads.items() if _picture(name) == "main")
    scale, offset = _fade(code.text)
    return {
        **size_features(shader, code),
        **_lookups_of(shader).count(reads),
        **_coordinates_of(shader).count(reads),
        f"{shader}.main": main + reads.get("getpixel", 0) + reads.get("getmain", 0),
        f"{shader}.ret_scale": scale,
        f"{shader}.ret_offset": offset,
    }


@cache
def _lookups_of(shader: str) -> NameGroups:
    return NameGroups(shader, _LOOKUPS)


@cache
def _coordinates_of(shader: str) -> NameGroups:
    return NameGroups(f"{shader}.reads", _COORDINATES)


def _fade(text: str) -> tuple[float, float]:
    """Returns the logarithm of what `ret` is multiplied by, and what is added to it, if constant.

    The log keeps a long chain of factors finite.
    """
    scale = offset = 0.0
    for operator, spelled in _RET_STEP.findall(text):
        number = parse_number(spelled)
        if operator in "+-":
            offset += number if operator == "+" else -number
        elif number > 0.0:
            scale += math.log(number) if operator == "*" else -math.log(number)
    return max(min(scale, _LARGEST_EXPONENT), -_LARGEST_EXPONENT), offset


def _samplers(reads: Counts) -> dict[str, float]:
    """Counts the noises and user textures that shaders name, and how they are sampled."""
    found = {match for name in reads if (match := _SAMPLER.fullmatch(name))}
    pictures = {match[3] for match in found}
    noises = {picture for picture in pictures if _NOISE.fullmatch(picture)}
    textures = {picture for picture in pictures - noises if not _OWN_PICTURE.fullmatch(picture)}
    return {
        "shaders.samplers.num_noises": len(noises),
        "shaders.samplers.num_noise_volumes": sum(
            1 for noise in noises if noise.startswith("noisevol")
        ),
        "shaders.samplers.num_textures": len(textures),
        "shaders.samplers.num_point": sum(1 for match in found if match[1] == "p"),
        "shaders.samplers.num_clamped": sum(1 for match in found if match[2] == "c"),
    }


def _picture(name: str) -> str:
    """Returns what a sampler reads from, or nothing for other names."""
    match = _SAMPLER.fullmatch(name)
    return match[3] if match else ""


def _num_in_loops(text: str) -> int:
    """Counts the lookups that stand in loops, one in a loop in a loop once."""
    num_lookups = end = 0
    while loop := _LOOP.search(text, end):
        start = _closing(text, loop.end(), "(")
        block = _BLOCK.match(text, start)
        end = _closing(text, block.end(), "{") if block else _find(text, ";", start)
        num_lookups += len(_LOOKUP.findall(text, start, end))
    return num_lookups


def _closing(text: str, start: int, opening: str) -> int:
    """Returns where the bracket closes that was opened right before `start`."""
    depth = 1
    for bracket in _BRACKETS[opening].finditer(text, start):
        depth += 1 if bracket[0] == opening else -1
        if depth == 0:
            return bracket.end()
    return len(text)


def _find(text: str, what: str, start: int) -> int:
    found = text.find(what, start)
    return len(text) if found < 0 else found
