import subprocess
import sys

import pytest
from typer.testing import CliRunner

from aivj.cli.app import app

VERBS = sorted(command.callback.__name__.replace("_", "-") for command in app.registered_commands)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_with_an_example(verb):
    done = CliRunner().invoke(app, [verb, "--help"], env={"COLUMNS": "200"})

    assert done.exit_code == 0
    assert f"aivj {verb}" in done.output
    for line in done.output.splitlines():
        if line.strip().startswith("--") and "--help" not in line:
            assert len(line.split()) > 1, line


def test_verbs_stand_in_groups_with_their_whole_sentence():
    lines = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"}).output.splitlines()

    headings = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    begin, *_, programs = headings[1:]
    assert (begin, programs) == ("Begin and look around:", "For programs and benchmarks:")
    assert lines.index("Learn:") < lines.index("Judge:") < lines.index("Release:")
    listed = {line.split()[0] for line in lines if line.startswith("  ") and line.split()}
    assert set(VERBS) | {"stats", "mlflow", "takes"} <= listed
    assert not any("..." in line for line in lines[1:])


def test_every_exit_code_stands_under_help():
    from aivj import errors

    output = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "400"}).output

    codes = {cls.exit_code for cls in vars(errors).values() if isinstance(cls, type)}
    for code in codes - {1, 10}:
        assert f" {code} " in output.replace(",", " "), code


def test_help_loads_nothing_heavy():
    program = (
        "import sys\n"
        "sys.argv = ['aivj', '--help']\n"
        "from aivj.cli.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'ray', 'torch', 'mlflow', 'boto3', 'playwright', 'pyarrow', 'numpy', 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_mlflow_is_the_library_and_not_a_folder_of_ours():
    import mlflow

    assert "site-packages" in mlflow.__file__
