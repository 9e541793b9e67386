from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.presets.tokens import (
    OPERATORS,
    Code,
    NameGroups,
    joined,
    num_registers,
    read_code,
)

NAMES = st.sampled_from(["a", "zoom", "q1", "bass_att", "x2"])


def test_reads_and_writes_are_told_apart() -> None:
    code = read_code("Zoom = zoom + 0.1*sin(Time);\nrot += bass;\nif (a == b) c = 1 <= d;")
    assert code.writes == {"zoom": 1, "rot": 1, "c": 1}
    assert code.reads == dict.fromkeys(
        ("zoom", "sin", "time", "rot", "bass", "if", "a", "b", "d"), 1
    )
    assert code.numbers == {"0.1": 1, "1": 1}


def test_tokens_stand_in_their_order() -> None:
    assert read_code("a = 1e-3*B;\nc *= .5").tokens == [
        ("a", "=", ""),
        ("", "", "1e-3"),
        ("b", "", ""),
        ("c", "*=", ""),
        ("", "", ".5"),
    ]


def test_components_belong_to_their_name() -> None:
    code = read_code("ret.xyz = uv.x*q1;")
    assert code.writes == {"ret": 1}
    assert code.reads == {"uv": 1, "q1": 1}


def test_comments_hold_no_code() -> None:
    code = read_code("x = 1; // bass = 2\n/* treb\n = 3 */ y = mid;\n// all\n/* open bass")
    assert set(code.writes) == {"x", "y"}
    assert set(code.reads) == {"mid"}
    assert code.num_lines == 2
    assert code.num_comments == 4


def test_names_numbers_and_operators_are_counted() -> None:
    assert read_code("a=1.5e3+.5;").num_tokens == 6
    assert read_code("float2 uv_y = uv.xy;").num_tokens == 5
    assert read_code("a=(b+c)*(b-1);").operators == {
        **dict.fromkeys(OPERATORS, 0),
        "=": 1,
        "(": 2,
        "+": 1,
        "*": 1,
        "-": 1,
        ";": 1,
    }


def test_no_code_has_nothing() -> None:
    assert read_code("") == joined([]) == joined([read_code("")]) == Code()
    assert Code().num_tokens == 0


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES)))
def test_each_assignment_is_one_write_and_its_reads(lines: list[tuple[str, str]]) -> None:
    code = read_code("\n".join(f"{target} = {source};" for target, source in lines))
    assert code.writes == Counter(target for target, _ in lines)
    assert code.reads == Counter(source for _, source in lines)
    assert code.num_lines == len(lines)
    assert code.num_tokens == 4 * len(lines)


@settings(deadline=None)
@given(st.lists(st.text()))
def test_any_text_is_counted_and_sums_are_sums(texts: list[str]) -> None:
    codes = [read_code(text) for text in texts]
    whole = joined(codes)
    assert whole.num_tokens == sum(code.num_tokens for code in codes)
    assert whole.num_lines == sum(code.num_lines for code in codes)
    assert whole.reads == sum((Counter(code.reads) for code in codes), Counter())
    assert whole.numbers == sum((Counter(code.numbers) for code in codes), Counter())
    assert list(whole.tokens) == [token for code in codes for token in code.tokens]


def test_groups_are_counted_under_their_names() -> None:
    groups = NameGroups("p", {"bass": ("bass", "att"), "treb": ("treb",), "slow": ("att",)})
    counts = groups.count({"bass": 2, "att": 1, "other": 5})
    assert list(counts.items()) == [("p.bass", 3), ("p.treb", 0), ("p.slow", 1)]


def test_registers_are_told_by_their_names() -> None:
    assert num_registers({"q1", "q32", "_qa", "q0", "q", "qq1", "reg01"}) == 3
