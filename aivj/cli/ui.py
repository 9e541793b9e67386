"""`aivj ui`: MLflow's page, on the store that this home folder's runs are in."""

from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import out, say
from aivj.cli.options import TrackingOption

if TYPE_CHECKING:
    from aivj.settings import Settings


def ui(
    context: typer.Context,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help="Where to listen; 0: any free port.")
    ] = 5000,
    tracking_uri: TrackingOption = None,
) -> None:
    """Look at runs, models and their lineage in MLflow's page, on this machine alone.

    Ctrl-C ends it. docs/mlflow.md says what is where.

    Example: aivj ui
    """
    settings: Settings = context.obj
    uri = tracking_uri or settings.tracking_uri
    if uri.startswith(("http://", "https://")):
        out.print(f"this server has a page of its own: {uri}", soft_wrap=True)
        return
    say("loading MLflow's page; Ctrl-C ends it")
    from aivj.release.ui import serve_ui

    try:
        serve_ui(uri, port=port, on_ready=lambda address: out.print(f"{address}  (Ctrl-C ends it)"))
    except KeyboardInterrupt:
        return
