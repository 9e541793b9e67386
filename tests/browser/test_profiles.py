import pytest

from aivj.browser import profiles
from aivj.browser.profiles import candidate_profiles, launch_plan
from aivj.errors import InputError

COMMON = (
    "--ignore-gpu-blocklist",
    "--disable-domain-blocking-for-3d-apis",
    "--disable-gpu-process-crash-limit",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--mute-audio",
    profiles._FEATURES_ARG,
)
GOLDEN = {
    "headed-vulkan": (
        "--use-angle=vulkan",
        "--enable-features=Vulkan",
        "--disable-vulkan-surface",
        "--ozone-platform=x11",
    ),
    "headless-egl": ("--use-gl=angle", "--use-angle=gl-egl"),
    "software-egl": ("--use-gl=angle", "--use-angle=gl-egl"),
    "software-swiftshader": ("--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
    "d3d11": (
        "--use-gl=angle",
        "--use-angle=d3d11",
        "--disable-software-rasterizer",
        "--enable-gpu-rasterization",
        "--enable-zero-copy",
    ),
}
GPU_MODES = {
    "off": {"software-egl", "software-swiftshader"},
    "safe": {"headed-vulkan", "headless-egl"},
    "force-d3d11": {"d3d11"},
}
ENV = {"software-egl": (("LP_NUM_THREADS", "0"),)}


@pytest.mark.parametrize("profile", GOLDEN)
def test_flags(profile):
    plan = launch_plan(profile)

    assert plan.args == (*GOLDEN[profile], *COMMON)
    assert plan.headed == (profile == "headed-vulkan")
    assert plan.env == ENV.get(profile, ())


@pytest.mark.parametrize("profile", GOLDEN)
def test_no_flag_that_loses_the_gpu_or_stands_twice(profile):
    args = launch_plan(profile).args

    forbidden = {"--disable-gpu", "--in-process-gpu", "--single-process", "--use-gl=egl"}
    assert not forbidden & set(args)
    names = [arg.partition("=")[0] for arg in args]
    assert len(names) == len(set(names))


def test_each_profile_is_of_one_of_the_runtime_s_modes():
    for mode, names in GPU_MODES.items():
        assert {name for name in GOLDEN if launch_plan(name).gpu_mode == mode} == names


def test_a_window_that_fills_its_screen():
    plan = launch_plan("software-egl", headed=True, maximized=True)

    assert plan.maximized
    assert plan.args == (
        *GOLDEN["software-egl"],
        "--ozone-platform=x11",
        "--start-maximized",
        "--window-position=0,0",
        "--window-size=1280,720",
        *COMMON,
    )


def test_without_a_window_nothing_is_maximized():
    assert launch_plan("software-egl", maximized=True) == launch_plan("software-egl")


def test_direct3d_is_taken_with_a_window_or_without_and_only_by_name():
    assert launch_plan("d3d11", headed=True).headed
    assert not launch_plan("d3d11").headed
    for policy in ("require", "software", "auto"):
        assert "d3d11" not in candidate_profiles(policy)


def test_egl_is_pinned_to_the_vendor_that_is_there():
    both = frozenset({profiles._NVIDIA_EGL_VENDOR, profiles._MESA_EGL_VENDOR})

    def vendor_file(profile):
        return dict(launch_plan(profile, egl_vendors=both).env)["__EGL_VENDOR_LIBRARY_FILENAMES"]

    assert "nvidia" in vendor_file("headless-egl")
    assert "mesa" in vendor_file("software-egl")
    assert launch_plan("headed-vulkan", egl_vendors=both).env == ()


def test_software_profiles_run_headed_too_and_gpu_profiles_only_their_own_way():
    assert launch_plan("software-egl", headed=True).headed
    assert "--ozone-platform=x11" in launch_plan("software-egl", headed=True).args
    with pytest.raises(InputError, match="headless"):
        launch_plan("headless-egl", headed=True)


def test_unknown_profile_is_refused():
    with pytest.raises(InputError, match="headed-vulkan"):
        launch_plan("gpu")


def test_policies_never_cross():
    assert not set(candidate_profiles("require")) & set(candidate_profiles("software"))
    assert candidate_profiles("auto")[:2] == candidate_profiles("require")
