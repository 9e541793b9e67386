"""What each entry point of `ray_jobs/` does: run a verb, where its node has what that needs."""

import sys

from aivj.node import missing_packages, node_name

_LACKS_CODE = 4
"""Of `MissingDependencyError`, which cannot be imported for certain here."""


def run_job(*words: str) -> None:
    """Runs a verb of the command line as the job that this process is; ends the process.

    Args:
        words: The verb, and the options that every job of its kind has. Those that the job was
            given come after, and win.
    """
    packages = missing_packages()
    if packages:
        told = (
            f"expected the packages that aivj needs on node {node_name()}",
            f"found    none of {', '.join(packages)} in {sys.prefix}",
            "do       give its nodes an image that has them, or install them there: docs/jobs.md",
        )
        sys.stderr.write("\n".join(told) + "\n")
        sys.exit(_LACKS_CODE)
    if "--help" not in sys.argv:
        sys.stderr.write(f"{words[0]} on node {node_name()}\n")
    from aivj.cli import main

    sys.argv[:] = ["aivj", *words, *sys.argv[1:]]
    main()
