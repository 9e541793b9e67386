"""Alerts of a run that goes on are told once each, and none of one that has ended."""

import threading

import pytest
from gate.run_check.good_run import write_good_run

from aivj.pipeline.alerting import alerts_told
from aivj.runs.directory import RunDirectory


@pytest.fixture
def run(tmp_path):
    """A run that began, drawn by the CPU where a GPU was asked for."""
    run = write_good_run(tmp_path)

    def spoil(meta):
        meta["finishedAt"] = None
        meta["runtime"]["webgl"]["renderer"] = "Google SwiftShader"

    run.edit_meta(spoil)
    return run


def told(run, tmp_path, *, until):
    heard, is_enough = [], threading.Event()

    def tell(alert):
        heard.append(alert.kind)
        if alert.kind == until:
            is_enough.set()

    with alerts_told(tmp_path, run.path, tell, every_s=0.01):
        is_enough.wait(20 if until else 0.5)
    return heard


def test_an_alert_of_a_run_that_goes_on_is_told_once(run, tmp_path):
    with RunDirectory(run.path).locked():
        heard = told(run, tmp_path, until="webgl_swiftshader")
    assert heard.count("webgl_swiftshader") == 1


def test_of_a_run_that_nobody_writes_nothing_is_told(run, tmp_path):
    assert told(run, tmp_path, until=None) == []


def test_a_run_that_is_not_there_yet_is_waited_for(tmp_path):
    with alerts_told(tmp_path, tmp_path / "nowhere", pytest.fail, every_s=0.01):
        pass
