"""The search for credentials that `make secrets` makes: it finds planted ones, and none of ours."""

import random
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
_LETTERS = string.ascii_letters + string.digits


def private_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def drawn(alphabet: str, length: int) -> str:
    return "".join(random.Random(length).choices(alphabet, k=length))


# Drawn when they are wanted: this file must hold none.
PLANTED = {
    "private key": private_key,
    "GitHub": lambda: f'token = "ghp_{drawn(_LETTERS, 36)}"\n',
    "AWS": lambda: (
        f'aws_access_key_id = "AKIA{drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)}"\n'
        f'aws_secret_access_key = "{drawn(_LETTERS + "/+", 40)}"\n'
    ),
    "address": lambda: f"uri: postgres://ada:{drawn(_LETTERS, 24)}@db.internal/mlflow\n",
}


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)  # noqa: S607


def searched(folder: Path, scope: str) -> subprocess.CompletedProcess[str]:
    """Runs the recipe as it stands in the Makefile."""
    recipe = re.search(r"^\t\$\(BIN\)/(betterleaks .*) \$\(SCOPE\) \.$", MAKEFILE, re.MULTILINE)
    assert recipe
    words = [*recipe[1].split(), scope, "."]
    command = [str(BIN / words[0]), *words[1:]]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "code.py").write_text("token = None\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "code")
    return tmp_path


@pytest.mark.parametrize("kind", PLANTED)
def test_what_will_be_committed_is_searched(kind: str, repository: Path) -> None:
    assert searched(repository, "--staged").returncode == 0
    planted = PLANTED[kind]()
    (repository / "settings").write_text(planted)
    git(repository, "add", "-A")
    found = searched(repository, "--staged")
    assert found.returncode == 1
    assert "settings" in found.stdout
    assert planted.splitlines()[-1][-20:] not in found.stdout + found.stderr


def test_a_secret_that_was_removed_again_is_told(repository: Path) -> None:
    (repository / "settings").write_text(PLANTED["GitHub"]())
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "settings")
    git(repository, "rm", "-q", "settings")
    git(repository, "commit", "-qm", "no settings")
    assert searched(repository, "--log-opts=HEAD").returncode == 1


def test_commits_and_ci_search() -> None:
    assert "make secrets SCOPE=--staged" in (ROOT / ".pre-commit-config.yaml").read_text()
    assert re.search(r"^test:.*(\n\t.*)* secrets ", MAKEFILE, re.MULTILINE)
