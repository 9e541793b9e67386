"""Code for hostile presets: equations and shaders by what is wrong with them."""

import random
from collections.abc import Callable, Mapping

Code = Mapping[str, Callable[[random.Random], str]]

_WORDS_TEXT = """
+ - * / % ^ & | && || ! == < >= = += ^= ? : ; ; ; , ( ) [ ] x y gmem reg01 1 .5 1e300 -1 $pi 0 q1
loop( while( if( sin( rand( megabuf( memset( _mod( // /* */ 3x
"""
_BODY = "shader_body {{ {} ret = tex2D(sampler_main, uv).xyz * x; }}"


def _repeated(text: str, least: int, most: int) -> Callable[[random.Random], str]:
    return lambda choose: text * choose.randrange(least, most)


def _one_of(*texts: str) -> Callable[[random.Random], str]:
    return lambda choose: choose.choice(texts)


def _soup(choose: random.Random) -> str:
    return " ".join(choose.choices(_WORDS_TEXT.split(), k=choose.randrange(5, 60)))


def _lines_of_two_megabytes(choose: random.Random) -> str:
    line = f"q{choose.randrange(1, 33)}=sin(q1)+{choose.random():.6f};"
    return "\n".join([line * 4] * (2_000_000 // (4 * len(line))))


def _laughs(choose: random.Random) -> str:
    depth = choose.randrange(20, 40)
    macros = [f"#define a{level} (a{level + 1}+a{level + 1})" for level in range(depth)]
    return "\n".join([*macros, f"#define a{depth} 1", _BODY.format("float x = a0;")])


def _many_samplers(choose: random.Random) -> str:
    names = [f"made_up_{number}" for number in range(choose.randrange(1000, 3000))]
    reads = " ".join(f"x += tex2D(sampler_{name}, uv).x;" for name in names)
    samplers = "\n".join(f"sampler sampler_{name};" for name in names)
    return f"{samplers}\n{_BODY.format('float x = 0; ' + reads)}"


ODD_CODE: Code = {
    "soup of words": _soup,
    "division by zero": _one_of(
        "zoom=1/0;rot=1/(time-time);q1=5%0;q2=log(0);",
        "zoom=pow(-8,1/3);rot=pow(0,-1);cx=sqrt(-1);dx=asin(7);",
        "zoom=1e300*1e300;zoom=zoom-zoom;rot=zoom;warp=log(-1);decay=zoom;",
        "wave_x=1/0;wave_r=log(-1);ob_size=1e300;mv_x=1e300;mv_a=1;echo_zoom=0;",
    ),
    "absurd places in buffers": _one_of(
        "megabuf(1e300)=1;megabuf(-1)=2;q1=megabuf(8388608)+gmegabuf(log(-1));",
        "loop(600,megabuf(q1*65536)=1;gmegabuf(q1*65536)=2;q1=q1+1);",
        "memset(-1e300,1,1e300);memcpy(8388607,-5,1e9);",
    ),
    "while without an end": _one_of("while(1);", "while(x=x+1;1);", "while(exec2(q1=q1+1,1));"),
    "two megabytes of lines": _lines_of_two_megabytes,
    "two megabytes in a line": _repeated("q1=sin(q1)+1;", 150_000, 160_000),
    "a chain of a hundred thousand": _repeated("1+", 100_000, 110_000),
}
"""May be valid; nothing of it may hang or trap."""

BROKEN_CODE: Code = {
    "brackets": _one_of("q1=(1+2;", "q1=sin(1;", "q1=1+2);", "q1=megabuf(3;", "q1=5[2;", "q1=(;"),
    "unknown function": _one_of("q1=no_such(2);", "q1=sine(2);", "q1=pow(1);", "zoom=max(1,2,3);"),
    "deep brackets": lambda choose: (
        "q1=" + "(" * (deep := choose.randrange(500, 20_000)) + ")" * deep
    ),
    "deep recursion": lambda choose: (
        "q1=" + "sin(" * (deep := choose.randrange(500, 9_000)) + ")" * deep
    ),
    "a sign with no meaning": _one_of("q1=#3;", "q1=\xe9;", "zoom=1 @ 2;", "q1='a';", "q1={1};"),
}
"""No reading of the language allows it."""

ENDLESS_CODE: Code = {
    "loops in loops": _one_of(
        "loop(1000000,loop(1000000,q1=q1+1));",
        "loop(1000000,loop(1000000,loop(1000000,q1=sin(q1))));",
        "while(loop(1000000,q1=q1+1);1);",
        "loop(1000000,memset(0,q1,8388608));",
    ),
    "a long body in a loop": lambda choose: (
        f"loop(1048576,{'q1=sin(q1)+1;' * choose.randrange(1000, 20_000)});"
    ),
}
"""Takes hours, whoever runs it to its end."""

ODD_SHADERS: Code = {
    "shader without an end": _one_of(
        _BODY.format("float x = 0; while (true) x += 0.001;"),
        _BODY.format("float x = 0; for (;;) { x += 0.5; }"),
        _BODY.format("float x = 1; while (x > 0) x = x + 1;"),
        _BODY.format("float x = 0; do { x = frac(x + 0.1); } while (x < 2);"),
    ),
    "shader with a long loop": _one_of(
        _BODY.format("float x = 0; for (int i = 0; i < 1000000000; i++) x += sin(i);"),
        _BODY.format(
            "float x = 0; for (int i = 0; i < 3000; i++) for (int j = 0; j < 3000; j++) "
            "x += tex2D(sampler_main, uv + float2(i, j)).x;"
        ),
    ),
    "macros that laugh": _laughs,
    "macros of themselves": _one_of(
        "#define a a+a\n" + _BODY.format("float x = a;"),
        "#define f(x) g(x)\n#define g(x) f(x)\n" + _BODY.format("float x = f(1);"),
    ),
    "deep shader": lambda choose: _BODY.format(
        "float x = " + "(" * (deep := choose.randrange(200, 9_000)) + "1" + ")" * deep + ";"
    ),
    "deep blocks": lambda choose: _BODY.format(
        "float x = 1; " + "if (x > 0) {" * (deep := choose.randrange(100, 4_000)) + "}" * deep
    ),
    "large array": lambda choose: _BODY.format(
        f"float a[{choose.randrange(10**5, 10**9)}]; a[0] = 1; float x = a[0];"
    ),
    "two megabytes of shader": lambda choose: "\n".join(
        [
            *(f"float f{at}(float x) {{ return x * {choose.random()}; }}" for at in range(40_000)),
            _BODY.format("float x = f7(1);"),
        ]
    ),
    "a poisoned shader": _one_of(
        _BODY.format("float x = 1.0 / 0.0; x = x - x;"),
        _BODY.format("float x = sqrt(-1) + log(-1) + pow(-2, 0.5); x = x / x;"),
        _BODY.format("float x = 3.4e38; x = x * x - x * x;"),
    ),
}
"""May be valid; the GPU must be left alive or its loss recorded."""

BROKEN_SHADERS: Code = {
    "shader cut off": _one_of(
        "shader_body { ret = tex2D(sampler_main, uv).xyz * (1 +",
        "shader_body { ret = tex2D(sampler_main, uv).xyz; if (uv.x > 0.5) {",
        "shader_body { float3 c = tex2D(sampler_m",
        "shader_body { ret = tex2D(sampler_main, uv).xyz;",
        "float3 half_of(float2 uv) { return tex2D(",
    ),
    "shader with brackets": _one_of(
        "shader_body { ret = (1; }",
        "shader_body { ret = float3(1, 2, 3)); }",
        "shader_body { ret = 1; } }",
        "shader_body { { ret = 1; }",
    ),
    "unknown names in a shader": _one_of(
        "shader_body { ret = no_such_thing; }",
        "shader_body { ret = no_such_call(uv); }",
        "shader_body { no_type x = 1; ret = x; }",
        "shader_body { ret = uv.q; }",
        "shader_bodi { ret = 1; }",
    ),
    "recursion in a shader": _one_of(
        "float f(float x) { return f(x - 1); }\nshader_body { ret = f(uv.x); }",
        "float g(float x);\nfloat f(float x) { return g(x); }\nfloat g(float x) { return f(x); }\n"
        "shader_body { ret = f(uv.x); }",
    ),
    "thousands of samplers": _many_samplers,
}
"""No compiler of HLSL takes it, or no GPU."""
