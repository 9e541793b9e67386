"""Does a converted shader compute what its HLSL says? Small shaders, and the colour they give.

The expected colours are worked out by hand from HLSL's rules, not taken from a run.
"""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from aivj.browser.session import find_chromium
from aivj.stage.conversion import PresetConverter
from benchmarks.conversion_page import TrialPage, trial_page

Colour = tuple[float, float, float]

_TOLERANCE = 0.006  # one and a half steps of an 8-bit channel


def _grey(level: float) -> Colour:
    return (level, level, level)


SHADERS: list[tuple[str, Colour]] = [
    # Arithmetic.
    ("ret = float3(fmod(-0.7,0.5)+0.5, 0.7%0.5, fmod(0.7,-0.5));", (0.3, 0.2, 0.2)),
    ("float a=-7; a %= 5; ret = (a+3)/4;", _grey(0.25)),
    ("ret = float3(1/2, 1/2.0, 3%2);", (0.0, 0.5, 1.0)),
    ("ret = 0.003*100;", _grey(0.3)),
    ("ret = 0.2.xxx + 1.xxx*0.1;", _grey(0.3)),
    ("float2 v=(float2)float3(0.1,0.2,0.3)*2; ret=float3(v,(int)1.7*0.5);", (0.2, 0.4, 0.5)),
    ("ret = 0.5 - -(float3(1,0,1)>0.5)*0.25;", (0.75, 0.5, 0.75)),
    # Functions.
    ("ret = pow(-0.5, 2);", _grey(0.25)),
    ("ret = smoothstep(1, 0, 0.25);", _grey(0.84375)),
    ("ret = float3(sign(-3)+1.5, saturate(7), frac(-0.25));", (0.5, 1.0, 0.75)),
    ("float s,c; sincos(0,s,c); ret=float3(s,c,0.5);", (0.0, 1.0, 0.5)),
    ("ret = lum(float4(1,1,1,9))*0.5;", _grey(0.55)),
    ("ret = any(float2(0,0.1))*0.5 + all(float2(1,0));", _grey(0.5)),
    # Matrices: rows, cells, assignment to a row, products from both sides.
    (
        "float2x2 m=float2x2(1,2,3,4)*0.1; float2 v=mul(float2(1,0),m); ret=float3(v,0);",
        (0.1, 0.2, 0.0),
    ),
    (
        "float2x2 m=float2x2(.1,.2,.3,.4); float2 v=mul(m,float2(1,0)); ret=float3(v,m[0][1]);",
        (0.1, 0.3, 0.2),
    ),
    ("float2x2 m=float2x2(.1,.2,.3,.4); ret=float3(m._m01,m._21,m[1].y);", (0.2, 0.3, 0.4)),
    (
        "float2x2 m={.1,.2,.3,.4}; m[0].x=.6; m[1]=m[0]; ret=float3(m[1].x,m._m11,m._11);",
        (0.6, 0.2, 0.6),
    ),
    (
        "float2x2 a={0,1,1,0}; float2x2 b={.1,.2,.3,.4}; a=mul(a,b); ret=float3(a[0],a[1].x);",
        (0.3, 0.4, 0.1),
    ),
    ("float3 p=mul(float4(0.3,0.4,0,1),rot_s1); ret=dot(p,p);", _grey(0.25)),
    ("float2x2 m=float2x2(.2,.4,.6,.8)/2; ret=float3(m[0],m[1].x);", (0.1, 0.2, 0.3)),
    ("float2x2 m=float2x2(.2,.4,.6,.8)-.1; ret=float3(m[0],m[1].x);", (0.1, 0.3, 0.5)),
    # Choices.
    ("ret = .1 + (uv.x>2 ? 0 : float3(.1,.2,.3));", (0.2, 0.3, 0.4)),
    ("ret=1-(float3(1,0,1)>.5);", (0.0, 1.0, 0.0)),
    ("float x=5; ret = x<1 ? 0.1 : x<2 ? 0.2 : x<6 ? 0.3 : 0.4;", _grey(0.3)),
    ("ret = float3(1,0,1)>0.5 ? float3(.1,.2,.3) : float3(.4,.5,.6);", (0.1, 0.5, 0.3)),
    ("bool b = 0.5; ret = b ? 1 : 0.5; ret *= 0.5; ret.z = !b;", (0.5, 0.5, 0.0)),
    # Loops, blocks, statements.
    (
        "float n=0; do { n += 0.1; if (n > 0.05) continue; n += 5; } while (n < 0.35); ret=n;",
        _grey(0.4),
    ),
    ("float n=0; do n += 0.1; while (n < 0.0); ret = n;", _grey(0.1)),
    ("float n=0; while (n < 0.35) { n += 0.1; if (n>0.15) break; } ret = n;", _grey(0.2)),
    ("int i; float s=0; for (i=0;i<3;i++) s += 0.1; ret = float3(s, i*0.1, 0);", (0.3, 0.3, 0.0)),
    ("float s=0; int i,j; for(i=0,j=3;i<j;i++,j--) s+=.1; ret=s;", _grey(0.2)),
    ("const int N=3; float a[N]; for(int i=0;i<N;i++) a[i]=i*.1; ret=a[2];", _grey(0.2)),
    ("float s=0; { float s2=0.4; s = s2; } ret = s;", _grey(0.4)),
    (
        "float a, b; a=0.1, b=0.2; if (a>1) a=0.9, b=0.9; ret=float3(a,b,(a,0.5));",
        (0.1, 0.2, 0.5),
    ),
    ("ret=1; ret.yz*=0.5; clip(1); ret.z-=0.25; return; ret=0;", (1.0, 0.5, 0.25)),
    # Names and storage.
    ("float3 v={0.1,0.2,0.3}; ret=v;", (0.1, 0.2, 0.3)),
    ("float a[3]={0.1,1,0.3}; float i=2; ret=float3(a[i],a[1],a[0]);", (0.3, 1.0, 0.1)),
    ("q1 = 0.4; q1 += 0.1; ret = q1;", _grey(0.5)),
    (
        "float mix=.2, sample=.3, length=length(float2(0,.4)); ret=float3(mix,sample,length);",
        (0.2, 0.3, 0.4),
    ),
    ("ret=float3(rad<0.1,0.5,hue_shader.x>=0);", (1.0, 0.5, 1.0)),
]


async def wrong_shaders(page: TrialPage, converter: PresetConverter) -> list[str]:
    """Returns a line for each of SHADERS that does not give its colour."""
    wrong = []
    for code, expected in SHADERS:
        text = f"[preset00]\nwave_a=0\ncomp_1=`shader_body {{ {code} }}\n"
        preset = converter.convert(text.encode())
        trial = await page.try_preset(preset.butterchurn, num_frames=2)
        near = all(abs(a - b) < _TOLERANCE for a, b in zip(trial.colour, expected, strict=True))
        if preset.degraded or trial.link or trial.script or not near:
            found = preset.degraded_reasons or trial.link or trial.script or trial.colour
            wrong.append(f"{code}: expected {expected}; found {found}")
    return wrong


async def main() -> None:
    """Prints how many of the small shaders mean what they say."""
    console = Console()
    with TemporaryDirectory() as cache, PresetConverter(Path(cache)) as converter:
        async with trial_page(find_chromium()) as page:
            wrong = await wrong_shaders(page, converter)
    console.print(f"{len(SHADERS) - len(wrong)} of {len(SHADERS)} give the colour HLSL gives")
    for line in wrong:
        console.print(line, markup=False)


if __name__ == "__main__":
    asyncio.run(main())
