from aivj.contracts.json_text import document_bytes
from aivj.gate.rules import Finding, Problem, failed, held, judged, not_applicable, passed, rule


@rule("isEven", "a number is even", "add one")
def is_even(number: int) -> Finding:
    return held(number % 2 == 0, f"it is {number}")


def test_a_rule_is_made_of_the_function_that_judges_by_it():
    assert (is_even.name, is_even.expected, is_even.remedy) == (
        "isEven",
        "a number is even",
        "add one",
    )
    assert (is_even.judge(2).verdict, is_even.judge(3).verdict) == ("pass", "fail")


def test_a_result_has_only_what_its_table_tells():
    plain = is_even.result(is_even.judge(2))
    assert document_bytes(plain) == (
        b'{\n  "verdict": "pass",\n  "expected": "a number is even",\n  "found": "it is 2"\n}\n'
    )
    told = is_even.result(is_even.judge(3), required=False, with_lines=True)
    assert list(told.model_dump(mode="json")) == [
        *("verdict", "required", "expected", "found", "remedy"),
        *("numProblems", "lines"),
    ]


def test_all_fails_with_a_failure_unless_it_is_not_required():
    failure = is_even.judge(3)
    assert is_even.result(failure).fails_all
    assert is_even.result(failure, required=True).fails_all
    assert not is_even.result(failure, required=False).fails_all
    assert not is_even.result(not_applicable("no number"), required=True).fails_all


def test_first_problems_are_told_and_the_rest_counted():
    finding = judged([Problem("odd", line) for line in (9, 2, 2, 5, 7)], "")
    assert finding.found == "line 9: odd; line 2: odd; line 2: odd; 2 more"
    assert (finding.num_problems, finding.lines) == (5, (2, 5, 7, 9))


def test_findings_without_problems_of_their_own():
    assert judged([], "so it is") == passed("so it is") == Finding("pass", "so it is")
    assert failed("no") == Finding("fail", "no", num_problems=1)
    assert failed("no").beside({"x": 1}).figures == {"x": 1}
