import pytest
from markupsafe import Markup

from aivj.report.svg import coordinate, element


def test_names_and_attributes_are_spelled_as_svg_wants_them() -> None:
    drawn = element("text", "hi", class_="a b", text_anchor="end", viewBox="0 0 1 1", x=1.0)
    assert drawn == '<text class="a b" text-anchor="end" viewBox="0 0 1 1" x="1">hi</text>'


def test_text_and_attributes_are_escaped_and_elements_are_not() -> None:
    drawn = element("g", element("title", "<b>&\x00"), "</g>", aria_label='"><script>')
    assert drawn == (
        '<g aria-label="&#34;&gt;&lt;script&gt;"><title>&lt;b&gt;&amp;\ufffd</title>&lt;/g&gt;</g>'
    )
    assert isinstance(drawn, Markup)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (0.126, "0.13"), (-0.001, "0"), (100.0, "100"), (-2.5, "-2.5")],
)
def test_coordinates_are_short(value: float, text: str) -> None:
    assert coordinate(value) == text
