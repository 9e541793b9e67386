from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.presets.tokens import count_groups, flag_groups, num_registers, read_code

NAMES = st.sampled_from(["a", "zoom", "q1", "bass_att", "x2"])


def test_reads_and_writes_are_told_apart() -> None:
    facts = read_code("Zoom = zoom + 0.1*sin(Time);\nrot += bass;\nif (a == b) c = 1 <= d;")
    assert facts.writes == Counter({"zoom": 1, "rot": 1, "c": 1})
    assert facts.reads == Counter(
        {"zoom": 1, "sin": 1, "time": 1, "rot": 1, "bass": 1, "if": 1, "a": 1, "b": 1, "d": 1}
    )


def test_comments_hold_no_code() -> None:
    facts = read_code("x = 1; // bass = 2\n/* treb\n = 3 */ y = mid;\n// all\n/* open bass")
    assert set(facts.writes) == {"x", "y"}
    assert set(facts.reads) == {"mid"}
    assert facts.num_lines == 2


def test_tokens_are_names_numbers_and_symbols() -> None:
    assert read_code("a=1.5e3+.5;").num_tokens == 6
    assert read_code("float2 uv_y = uv.xy;").num_tokens == 7
    assert read_code("").num_tokens == 0


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES)))
def test_each_assignment_is_one_write_and_its_reads(lines: list[tuple[str, str]]) -> None:
    facts = read_code("\n".join(f"{target} = {source};" for target, source in lines))
    assert facts.writes == Counter(target for target, _ in lines)
    assert facts.reads == Counter(source for _, source in lines)
    assert facts.num_lines == len(lines)
    assert facts.num_tokens == 4 * len(lines)


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_text_is_counted_and_sums_are_sums(first: str, second: str) -> None:
    both = read_code(first) + read_code(second)
    assert both.num_tokens == read_code(first).num_tokens + read_code(second).num_tokens
    assert both.reads.total() == read_code(first).reads.total() + read_code(second).reads.total()


def test_groups_are_counted_and_flagged() -> None:
    names = Counter({"bass": 2, "bass_att": 1})
    groups = {"bass": ("bass", "bass_att"), "treb": ("treb",)}
    assert count_groups("p", groups, names) == {"p.bass": 3, "p.treb": 0}
    assert flag_groups("p", groups, names) == {"p.bass": 1.0, "p.treb": 0.0}


def test_registers_are_told_by_their_names() -> None:
    assert num_registers({"q1", "q32", "_qa", "q0", "q", "qq1", "reg01"}) == 3
