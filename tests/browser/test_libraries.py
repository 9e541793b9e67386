import shutil
from pathlib import Path

import pytest

from aivj.browser import session as session_module
from aivj.browser.libraries import debian_package, missing_libraries, refuse_missing_libraries
from aivj.browser.profiles import installed_egl_vendors, launch_plan
from aivj.browser.session import BrowserSession
from aivj.errors import MissingDependencyError


@pytest.fixture
def lacking(tmp_path: Path) -> Path:
    """A real program, asking for a library that no machine has."""
    ls = shutil.which("ls")
    assert ls is not None
    program = tmp_path / "program"
    program.write_bytes(Path(ls).read_bytes().replace(b"libc.so.6", b"libq.so.6"))
    program.chmod(0o755)
    return program


def test_a_library_that_is_not_there_is_named(lacking: Path) -> None:
    assert missing_libraries(lacking) == ["libq.so.6"]


@pytest.mark.parametrize("program", ["/bin/ls", "/nonexistent", __file__])
def test_nothing_is_missing_where_nothing_can_be_told(program: str) -> None:
    assert missing_libraries(Path(program)) == []
    refuse_missing_libraries(Path(program), "a test")


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libatomic.so.1", "libatomic1"),
        ("libEGL.so.1", "libegl1"),
        ("libgtk-3.so.0", "libgtk-3-0"),
        ("libnss3.so", "libnss3"),
        ("libX11_xcb.so.1.0.0", "libx11-xcb1"),
        ("odd", "odd"),
    ],
)
def test_packages_are_named_as_debian_names_them(library: str, package: str) -> None:
    assert debian_package(library) == package


async def test_a_driver_that_lacks_a_library_is_one_sentence(
    lacking: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_DRIVER", lacking)
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(lacking))
    plan = launch_plan("software-egl", egl_vendors=installed_egl_vendors())
    with pytest.raises(MissingDependencyError, match=r"libq\.so\.6.*apt-get install libq6"):
        await BrowserSession(plan, "software").open()


@pytest.mark.parametrize(
    "told",
    [
        "ERROR:zygote_host_impl: No usable sandbox! If",
        "FATAL:sandbox/linux/services/credentials.cc:137] Check failed: Function not implemented",
        "FATAL:zygote_host_impl_linux.cc:251] Zygote process exited prematurely with exit code -1",
        "FATAL:zygote_host_impl_linux.cc:254] Failed to receive hello message from zygote",
    ],
)
async def test_a_chromium_without_a_sandbox_is_one_sentence(
    told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chromium = tmp_path / "chromium"
    chromium.write_text(f"#!/bin/sh\necho '{told}' >&2\nexit 1\n")
    chromium.chmod(0o755)
    monkeypatch.setattr(session_module, "find_chromium", lambda: chromium)
    plan = launch_plan("software-egl", egl_vendors=installed_egl_vendors())
    with pytest.raises(MissingDependencyError, match="apt-get install chromium-sandbox"):
        await BrowserSession(plan, "software").open()
