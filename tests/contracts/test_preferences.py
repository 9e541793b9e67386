import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aivj.contracts.json_text import iso_utc, parse_json, row_bytes, validated
from aivj.contracts.preferences import (
    PairRef,
    Preference,
    PreferenceLog,
    Preferences,
    Retraction,
    read_preferences,
)
from aivj.contracts.schemas import json_schema
from aivj.errors import InputError

AT = "2026-11-25T10:00:00.000Z"
LATER = "2026-11-25T10:00:07.000Z"
LINE = (
    b'{"v":"v0","winner":{"pack":"p","pair":1},"loser":{"pack":"p","pair":7},"tie":false,'
    b'"by":"name","at":"2026-11-25T10:00:00.000Z"}\n'
)

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
refs = st.builds(PairRef, pack=texts, pair=st.integers(0, 2**53 - 1))
moments = st.datetimes(timezones=st.timezones()).map(iso_utc)
judgements = st.builds(
    Preference,
    winner=refs,
    loser=refs,
    tie=st.booleans(),
    by=texts,
    at=moments,
    clip=st.none() | texts,
    shown=st.sampled_from([None, "left", "right"]),
)


def ref(pair: int) -> PairRef:
    return PairRef(pack="p", pair=pair)


def judgement(winner: int = 1, loser: int = 7, *, by: str = "name", at: str = AT) -> Preference:
    return Preference(winner=ref(winner), loser=ref(loser), by=by, at=at)


def write(path: Path, *rows: Preference | Retraction) -> Path:
    with PreferenceLog(path) as log:
        for row in rows:
            log.append(row)
    return path


def test_written_text_is_golden(tmp_path: Path):
    path = tmp_path / "preferences.jsonl"
    full = Preference(
        winner=ref(7), loser=ref(1), tie=True, by="ö", at=LATER, clip="groove", shown="right"
    )
    write(path, judgement(), full, Retraction(retracts=AT, by="name"))
    assert (
        path.read_bytes()
        == LINE
        + (
            '{"v":"v0","winner":{"pack":"p","pair":7},"loser":{"pack":"p","pair":1},"tie":true,'
            f'"by":"ö","at":"{LATER}","clip":"groove","shown":"right"}}\n'
            f'{{"v":"v0","retracts":"{AT}","by":"name"}}\n'
        ).encode()
    )
    assert read_preferences(path) == Preferences(rows=(full,), num_retracted=1)


@given(judgements)
def test_every_judgement_comes_back_and_fits_its_schema(row):
    line = row_bytes(row)
    assert line.count(b"\n") == 1
    assert validated(Preference, parse_json(line, "it"), "it") == row
    assert Draft202012Validator(json_schema("preferences")).is_valid(json.loads(line))


@settings(deadline=None, max_examples=50)
@given(st.lists(judgements, max_size=6), st.randoms())
def test_what_stands_does_not_depend_on_where_retractions_stand(tmp_path_factory, rows, rnd):
    path = tmp_path_factory.getbasetemp() / "preferences.jsonl"
    path.unlink(missing_ok=True)
    rows = [row for row in rows if row.winner != row.loser]
    back = [row for row in rows if rnd.random() < 0.5]
    mixed = [*rows]
    for row in back:
        mixed.insert(rnd.randrange(len(mixed) + 1), Retraction(retracts=row.at, by=row.by))
    write(path, *mixed)
    gone = {(row.by, row.at) for row in back}
    expected = tuple(row for row in rows if (row.by, row.at) not in gone)
    assert read_preferences(path) == Preferences(expected, len(rows) - len(expected))


def test_only_who_judged_takes_back(tmp_path: Path):
    stays = judgement(by="other")
    path = write(
        tmp_path / "log.jsonl",
        judgement(),
        stays,
        Retraction(retracts=AT, by="name"),
        Retraction(retracts=LATER, by="other"),
    )
    assert read_preferences(path) == Preferences(rows=(stays,), num_retracted=1)


def test_a_pair_against_itself_is_dropped_but_not_its_namesake(tmp_path: Path):
    namesake = Preference(winner=ref(1), loser=PairRef(pack="q", pair=1), by="name", at=LATER)
    path = write(tmp_path / "log.jsonl", judgement(1, 1), namesake)
    assert read_preferences(path) == Preferences(rows=(namesake,), num_self_comparisons=1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v0"', b'"v1"'),
        (b'"pair":1', b'"pair":"1"'),
        (b'"pair":1', b'"pair":-1'),
        (b'"pack":"p"', b'"pack":""'),
        (b'"tie":false', b'"tie":"no"'),
        (b'"tie":false', b'"tie":false,"shown":"above"'),
        (b'"by":"name"', b'"by":""'),
        (b'"by":"name",', b""),
        (b"10:00:00.000Z", b"10:00:00.000"),
        (b"2026-11-25T", b"yesterday "),
        (b"2026", b"\xff"),
        (LINE, b'{"v":"v0","retracts":1,"by":"name"}\n'),
        (LINE, b"[1]\n"),
        (LINE, b"7\n"),
        (LINE, b"{\n"),
    ],
)
def test_a_line_that_is_neither_is_counted(tmp_path: Path, old, new):
    path = tmp_path / "log.jsonl"
    path.write_bytes(LINE.replace(old, new) + b"\r\n" + LINE)
    assert read_preferences(path) == Preferences(rows=(judgement(),), bad_lines=(1,))


def test_foreign_keys_offsets_and_line_ends_are_tolerated(tmp_path: Path):
    path = tmp_path / "log.jsonl"
    line = LINE.replace(b"000Z", b"000+08:00").replace(b'"tie":false,', b'"mood":"late",')
    path.write_bytes(b"\xef\xbb\xbf" + line.replace(b"\n", b"\r\n"))
    expected = judgement(at="2026-11-25T10:00:00.000+08:00")
    assert read_preferences(path) == Preferences(rows=(expected,))


def test_reader_and_next_writer_agree_on_a_log_torn_at_any_byte(tmp_path: Path):
    path = tmp_path / "log.jsonl"
    text = LINE + row_bytes(judgement(2, 3, at=LATER))
    for cut in range(len(text) + 1):
        path.write_bytes(text[:cut])
        num_whole = (cut >= len(LINE) - 1) + (cut >= len(text) - 1)
        read = read_preferences(path)
        assert (len(read.rows), read.num_bad_lines) == (num_whole, 0)
        PreferenceLog(path).close()
        assert read_preferences(path) == read


def test_references_are_keys():
    assert len({ref(1), ref(7), ref(1), PairRef(pack="q", pair=1)}) == 3


def test_missing_log_cannot_be_read(tmp_path: Path):
    with pytest.raises(InputError, match="nothing there"):
        read_preferences(tmp_path / "absent.jsonl")
