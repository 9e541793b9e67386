"""A Postgres of our own, from the system's packages: on a socket in its own folder, on no port."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from benchmarks.services.child import running

_SUPERUSER = "postgres"
_TIMEOUT_S = 60


@dataclass(frozen=True)
class Postgres:
    """A running server.

    Attributes:
        folder: Where its socket lies.
        programs: Where its programs lie.
        password: The superuser's.
    """

    folder: Path
    programs: Path
    password: str

    def uri(self, role: str, password: str, database: str) -> str:
        """Returns an address that SQLAlchemy understands."""
        return f"postgresql+psycopg2://{role}:{password}@/{database}?host={quote(str(self.folder))}"

    def psql(
        self,
        *arguments: str,
        role: str = _SUPERUSER,
        password: str | None = None,
        database: str = "postgres",
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Runs psql; what it prints is rows without a frame, with `|` between columns."""
        return subprocess.run(
            [
                *(str(self.programs / "psql"), "--no-psqlrc", "--tuples-only", "--no-align"),
                *("--host", str(self.folder), "--username", role, "--dbname", database),
                *arguments,
            ],
            env={**os.environ, "PGPASSWORD": password or self.password, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )


def programs_folder() -> Path:
    """Returns where the newest installed Postgres has its programs.

    Raises:
        FileNotFoundError: None is installed.
    """
    found = [
        path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")
        if path.parts[-3].isdigit()
    ]
    if not found:
        raise FileNotFoundError("no Postgres; `scripts/system-packages.sh test` installs it")
    return max(found, key=lambda path: int(path.parts[-2]))


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """Makes an empty server for the block. As root it runs as the user `postgres`."""
    programs, password = programs_folder(), secrets.token_hex(16)
    user = _SUPERUSER if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="aivj-pg-"))
    try:
        folder.chmod(0o755)
        word = folder / "password"
        word.write_text(password)
        if user is not None:
            account = pwd.getpwnam(user)
            for path in (folder, word):
                os.chown(path, account.pw_uid, account.pw_gid)
        _initialise(programs, folder, word, user)
        server = Postgres(folder, programs, password)
        with running(
            [
                *(str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder)),
                *("-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off"),
            ],
            log=folder / "postgres.log",
            is_ready=lambda: server.psql("--command", "SELECT 1").returncode == 0,
            user=user,
            cwd=folder,
            # Ends sessions that are still there instead of waiting for them.
            stop=signal.SIGINT,
        ):
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(programs: Path, folder: Path, password: Path, user: str | None) -> None:
    subprocess.run(
        [
            *(str(programs / "initdb"), "--pgdata", str(folder / "data")),
            *(
                "--username",
                _SUPERUSER,
                "--pwfile",
                str(password),
                "--auth",
                "scram-sha-256",
                "--encoding",
                "UTF8",
            ),
            *("--locale", "C.UTF-8", "--no-sync"),
        ],
        cwd=folder,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        stdout=subprocess.DEVNULL,
        timeout=_TIMEOUT_S,
        check=True,
    )
