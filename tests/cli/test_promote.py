"""`aivj promote`, `rollback`, `releases` and `compare` as a person calls them."""

import json
import re
from contextlib import closing

import pytest
from pipeline.compared_pack import PACK, ComparedPack
from storage.s3_services import fresh_bucket, nanio_store, s3_variables
from typer.testing import CliRunner

from aivj.cli.app import app
from aivj.errors import GateError, InputError, LostRaceError, StorageError
from benchmarks.services.objects import plain_client

REASON = "only scores before tonight's show"


@pytest.fixture(scope="module")
def tracking_uri(new_tracking_store, tmp_path_factory):
    return new_tracking_store(tmp_path_factory.mktemp("mlflow") / "mlflow.db")


@pytest.fixture
def pack(tmp_path):
    pack = ComparedPack(tmp_path / "home").write()
    pack.write_scores(pack.noisy_scores(0.3))
    return pack


@pytest.fixture
def aivj(pack, tracking_uri):
    def aivj(verb, *arguments):
        command = ["--home", str(pack.home), verb, "--pack", PACK, *map(str, arguments)]
        if verb in {"promote", "rollback"}:
            command += ["--tracking-uri", tracking_uri]
        return CliRunner().invoke(app, command)

    return aivj


def done(result):
    assert result.exit_code == 0, result.exception
    return result.stdout


def in_one_line(printed):
    """What a table printed, with the lines that a long cell was folded into joined again."""
    return " ".join(printed.split())


def verified(pack, seed=0):
    path = pack.write_scores(pack.noisy_scores(0.3, seed=seed))
    return pack.write_report(pack.home / f"verify{seed}", path)


def pointer_of(pack):
    path = pack.home / "bucket/presets" / PACK / "pairs-quality.current.json"
    return json.loads(path.read_text())


def test_promoted_rolled_back_and_listed(aivj, pack):
    digests = []
    for seed in (0, 1):
        printed = done(aivj("promote", "--evidence", verified(pack, seed)))
        digests.append(pointer_of(pack)["digest"][:12])
        assert f"promote of {digests[-1]}" in printed
    assert f"rollback of {digests[0]}" in done(aivj("rollback"))

    header, *lines = done(aivj("releases")).splitlines()
    assert header.split()[:4] == ["serial", "when", "action", "digest"]
    assert [line.split()[0] for line in lines] == ["3", "2", "1"]
    assert [next(d for d in digests if d in line) for line in lines] == [
        digests[0],
        digests[1],
        digests[0],
    ]
    assert "champion" in lines[0]
    assert "previous" in lines[1]
    assert all(re.search(r"\b60\b.*\b0\.\d{4}\b.*\byes\b", line) for line in lines)
    document = json.loads(done(aivj("releases", "--json")))
    assert document["pointer"]["serial"] == 3
    assert document["inStep"] is True


def test_a_gate_is_overruled_with_a_reason_and_never_without(aivj, pack):
    refused = aivj("promote")
    assert isinstance(refused.exception, GateError)
    assert "--force --reason" in refused.exception.remedy
    for arguments in (
        ["--force"],
        ["--force", "--reason", " "],
        ["--force", "--reason", "x", "--by", ""],
    ):
        silent = aivj("promote", *arguments)
        assert isinstance(silent.exception, InputError), arguments
    assert not (pack.home / "bucket").exists()

    printed = done(aivj("promote", "--force", "--reason", REASON, "--by", "ada"))
    assert f"forced by ada over verify: {REASON}" in printed
    assert pointer_of(pack)["forced"] == {"reason": REASON, "by": "ada", "overruled": ["verify"]}
    assert REASON in in_one_line(done(aivj("releases")))


def test_who_forced_is_the_login_name_by_default(aivj, pack, monkeypatch):
    monkeypatch.setenv("LOGNAME", "grace")
    done(aivj("promote", "--force", "--reason", REASON))
    assert pointer_of(pack)["forced"]["by"] == "grace"


def test_a_user_without_a_name_has_to_say_it(aivj, monkeypatch):
    def nobody():
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("aivj.cli.promote.getpass.getuser", nobody)
    refused = aivj("promote", "--force", "--reason", REASON)
    assert isinstance(refused.exception, InputError)
    assert "--by" in refused.exception.remedy


def test_a_reason_without_force_is_a_mistake(aivj):
    for arguments in (["--reason", REASON], ["--by", "ada"]):
        refused = aivj("promote", *arguments)
        assert isinstance(refused.exception, InputError)
        assert "together with --force" in refused.exception.expected


def test_a_force_that_was_not_needed_is_said(aivj, pack):
    result = aivj("promote", "--evidence", verified(pack), "--force", "--reason", REASON)
    assert "nothing was forced" in result.stderr
    assert pointer_of(pack)["forced"] is None


def test_who_loses_a_race_is_told_with_its_own_exit_code(aivj, pack, monkeypatch):
    from aivj.release import ledger

    commit = ledger.commit

    def overtaken(bucket, state, pointer):
        key = "presets/judged/pairs-quality.current.json"
        bucket.swap(key, b'{"somebody": "else"}', state.pointer_etag)
        commit(bucket, state, pointer)

    monkeypatch.setattr("aivj.release.promotion.commit", overtaken)
    lost = aivj("promote", "--evidence", verified(pack))
    assert isinstance(lost.exception, LostRaceError)
    assert lost.exception.exit_code == 8


def test_no_digest_is_cut_where_the_terminal_is_narrow(aivj, pack, monkeypatch):
    done(aivj("promote", "--force", "--reason", REASON, "--by", "ada"))
    monkeypatch.setenv("COLUMNS", "60")
    listed = done(aivj("releases"))
    assert pointer_of(pack)["digest"][:12] in listed
    assert pointer_of(pack)["promotedAt"] in listed


def test_nothing_promoted_is_said(aivj):
    assert "nothing was ever promoted for judged" in done(aivj("releases"))


def test_another_content_under_the_runtimes_key_is_said(aivj, pack):
    done(aivj("promote", "--evidence", verified(pack)))
    served = pack.home / "bucket/presets" / PACK / "pairs-quality.v0.json"
    served.write_text("by hand")
    assert "promote or roll back again" in done(aivj("releases"))


def test_compared_with_what_is_served(aivj, pack):
    done(aivj("promote", "--evidence", verified(pack)))
    path = pack.write_scores(pack.noisy_scores(0.02, seed=5))
    evidence = pack.write_report(pack.home / "new", path)
    arguments = ["--eval-jsonl", pack.write_eval(), "--eval-target", "compat"]
    arguments += ["--evidence-candidate", evidence]
    printed = done(aivj("compare", *arguments))
    assert "60 pairs in common (100%), training unknown" in printed
    assert "judged by 60: 60 measured, 0 elite, 0 judgements" in printed
    assert re.search(r"pick_uplift .* [+-]0\.\d{3} to [+-]0\.\d{3} +better", printed)
    assert len(re.findall(r"(champion|candidate) +passed +\+0\.167", printed)) == 2
    assert "the candidate is better than the champion, by pick_uplift" in printed
    document = json.loads(done(aivj("compare", *arguments, "--json")))
    assert document["verdict"] == "better"


def test_a_store_without_conditions_is_refused_or_used_on_record(aivj, pack, monkeypatch):
    for name, value in s3_variables(pack.home).items():
        monkeypatch.setenv(name, value)
    with nanio_store(pack.home / "nanio") as url, closing(plain_client(url)) as client:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        arguments = ["--bucket", fresh_bucket(client), "--evidence", verified(pack)]
        refused = aivj("promote", *arguments)
        assert isinstance(refused.exception, StorageError)
        assert refused.exception.exit_code == 8
        assert "--allow-unconditional" in refused.exception.remedy

        result = aivj("promote", *arguments, "--allow-unconditional")
        assert "promote of" in done(result)
        assert "has no conditional writes: promote from one place at a time" in result.stderr
        listed = in_one_line(done(aivj("releases", *arguments[:2])))
        assert "swapped without conditional writes" in listed
