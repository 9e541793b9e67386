import pytest

from aivj.browser.profiles import launch_plan
from aivj.browser.renderer import RendererReport, classify_renderer, refuse_wrong_renderer
from aivj.errors import RendererRefusedError

NVIDIA = "ANGLE (NVIDIA Corporation, NVIDIA GeForce RTX 4090/PCIe/SSE2, OpenGL 4.5.0)"
CASES = {
    NVIDIA: "nvidia",
    "ANGLE (NVIDIA, Vulkan 1.3.242 (NVIDIA GeForce RTX 4090 (0x00002684)), NVIDIA)": "nvidia",
    "ANGLE (AMD, AMD Radeon RX 7900 XTX (radeonsi navi31), OpenGL 4.6)": "amd",
    "ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)": "intel",
    "ANGLE (Apple, ANGLE Metal Renderer: Apple M2, Unspecified Version)": "apple",
    "ANGLE (Mesa/X.org, llvmpipe (LLVM 15.0.6 256 bits), OpenGL ES 3.2)": "llvmpipe",
    "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader)": "swiftshader",
    "ANGLE (Mesa, Vulkan 1.3.230 (llvmpipe (LLVM 15.0.6, 256 bits)), lavapipe)": "llvmpipe",
    "Microsoft Basic Render Driver": "software",
    "Mesa virgl (AMD Radeon)": "software",
    "": "unknown",
    "none none": "unknown",
}


def report(renderer):
    return RendererReport("Google Inc.", renderer, "WebGL 2.0", "156.0")


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_classes(text, expected):
    assert classify_renderer(text) == expected


@pytest.mark.parametrize(("text", "renderer_class"), CASES.items())
def test_require_takes_known_gpus_alone(text, renderer_class):
    plan = launch_plan("headed-vulkan")
    if renderer_class in {"nvidia", "amd", "intel", "apple"}:
        refuse_wrong_renderer(report(text), "require", plan)
    else:
        with pytest.raises(RendererRefusedError, match="--use-angle=vulkan") as caught:
            refuse_wrong_renderer(report(text), "require", plan)
        assert caught.value.exit_code == 5
        assert "--gpu software" in caught.value.remedy


def test_software_refuses_a_gpu():
    with pytest.raises(RendererRefusedError, match="--gpu require"):
        refuse_wrong_renderer(report(NVIDIA), "software", launch_plan("software-egl"))
