"""SVG elements as text. Everything that goes in is escaped unless it is an element already."""

from markupsafe import Markup

from aivj.report.text import printable

_DIGITS = 2


def element(name: str, *children: str, **attributes: str | float) -> Markup:
    """Returns one element.

    Args:
        name: The tag.
        children: Elements, or text to be escaped.
        attributes: `_` stands for `-`, and is dropped at the end: `class_`, `text_anchor`.
            Numbers are written with at most two decimals.
    """
    spelled = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _attribute(value))
        for key, value in attributes.items()
    )
    content = Markup("").join(_child(child) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(name, spelled, content)


def _attribute(value: str | float) -> str:
    return printable(value) if isinstance(value, str) else coordinate(value)


def _child(child: str) -> str:
    return child if isinstance(child, Markup) else printable(child)


def coordinate(value: float) -> str:
    """Returns a length in user units, as short as two decimals allow; never `-0`."""
    text = f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
