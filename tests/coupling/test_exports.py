import subprocess
import sys

import aivj.coupling


def test_exported_names_are_sorted_and_there() -> None:
    names = aivj.coupling.__all__
    assert names == sorted(names)
    assert all(hasattr(aivj.coupling, name) for name in names)


def test_the_package_does_not_load_torch() -> None:
    script = "import sys, aivj.coupling; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0
