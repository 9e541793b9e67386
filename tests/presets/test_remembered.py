from aivj.presets import remembered
from aivj.presets.remembered import Remembered


def test_each_key_is_computed_once() -> None:
    computed: list[str] = []

    def length(key: str) -> int:
        computed.append(key)
        return len(key)

    lengths = Remembered(length)
    assert [lengths[key] for key in ("a", "bcd", "a")] == [1, 3, 1]
    assert computed == ["a", "bcd"]


def test_memory_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(remembered, "_MAX_REMEMBERED", 10)
    squares = Remembered(lambda number: number * number)
    for number in range(100):
        assert squares[number] == number * number
        assert len(squares) <= 10
