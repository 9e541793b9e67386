"""nginx with the configuration that `runtime/nginx/` gives a runtime's origin."""

import contextlib
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.services.child import answers, free_port, running

DEPLOYMENT = Path(__file__).parents[2] / "runtime" / "nginx"

_CONFIGURATION = """\
daemon off;
user root;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


def filled(template: str, values: Mapping[str, str]) -> str:
    """Puts values into `${NAME}`, as the official image does at its start.

    Raises:
        KeyError: A name has no value.
    """
    return re.sub(r"\$\{([A-Z_]+)\}", lambda found: values[found[1]], template)


def program() -> str:
    """Returns where nginx is.

    Raises:
        FileNotFoundError: It is not installed.
    """
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if found is None:
        raise FileNotFoundError("no nginx; `scripts/system-packages.sh test` installs it")
    return found


@contextlib.contextmanager
def nginx(
    kind: str, values: Mapping[str, str], *, folder: Path, host: str = "127.0.0.1"
) -> Iterator[str]:
    """Serves a runtime's origin for the block; gives the origin.

    Args:
        kind: Where scores come from: `s3` or `folder`, a template of `runtime/nginx/`.
        values: What the templates leave open, but the address to listen on.
        folder: An empty folder for its files.
        host: The address that it listens on.

    Raises:
        FileNotFoundError: nginx is not installed.
        ServiceError: It does not start.
    """
    port = free_port(host)
    values = {"AIVJ_CACHE_DIR": str(folder / "cache"), "AIVJ_RESOLVER": "127.0.0.1", **values}
    values["AIVJ_LISTEN"] = f"{host}:{port}"
    (folder / "conf.d").mkdir()
    for name in ("rules", kind):
        template = (DEPLOYMENT / f"{name}.conf.template").read_text()
        (folder / "conf.d" / f"{name}.conf").write_text(filled(template, values))
    (folder / "nginx.conf").write_text(_CONFIGURATION.format(folder=folder))
    with running(
        [program(), "-c", str(folder / "nginx.conf"), "-e", "stderr"],
        log=folder / "nginx.log",
        is_ready=lambda: answers(f"http://{host}:{port}/"),
    ):
        yield f"http://{host}:{port}"
