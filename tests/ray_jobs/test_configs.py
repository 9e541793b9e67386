"""The shipped examples of `--config`: each is taken whole by the job it is for."""

from pathlib import Path

import pytest
import typer
from conftest import command_made_once

from aivj.cli.app import app
from aivj.cli.config_file import defaults_of, sections_of
from aivj.settings import Settings

JOBS = Path(__file__).parents[2] / "ray_jobs"
VERBS = {
    "render_takes": ("takes", "draw"),
    "audit_library": ("audit", "run"),
    "render_frames": ("frames",),
    "embed_frames": ("embed",),
    "train_lora": ("lora",),
    "sample_pairs": ("sample",),
    "train_coupling": ("train",),
    "sweep_coupling": ("sweep",),
    "score_promote": ("loop",),
    "coupling_loop": ("loop",),
    "night": ("night",),
}


def test_every_job_has_an_example_and_every_example_a_job():
    jobs = {path.stem for path in JOBS.glob("*.py")}
    assert jobs == {path.stem for path in JOBS.glob("configs/*.yaml")} == set(VERBS)


def test_a_job_is_short():
    assert all(len(path.read_text().splitlines()) < 40 for path in JOBS.glob("*.py"))


@pytest.mark.parametrize("job", VERBS)
def test_the_job_takes_its_example(job, monkeypatch):
    monkeypatch.delenv("AIVJ_HOME", raising=False)
    command = command_made_once(app)
    context = typer.Context(command, obj=Settings())
    context.params = {"home": None}
    for word in VERBS[job]:
        command = command.commands[word]
    path = JOBS / "configs" / f"{job}.yaml"
    made = command.make_context(job, ["--config", str(path)], parent=context)
    assert made.obj.home == Path("/shared/aivj")
    text = path.read_text()
    keys = {line.partition(":")[0] for line in text.splitlines() if line[:1].isalpha()}
    sections = sections_of(made)
    assert len(keys) == len(made.default_map) + len(sections) + len({"home"})
    for name, section in sections.items():
        verb = command_made_once(app).commands[name]
        assert len(defaults_of(verb, section, name)) == len(section)
    assert f"aivj submit {job} -- --config ray_jobs/configs/{job}.yaml" in text
