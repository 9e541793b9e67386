from pathlib import Path

from aivj.cli.reference import _told, reference

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_page_is_what_the_verbs_say():
    assert PAGE.read_text() == reference(), "`make docs` writes it anew"


def test_examples_are_told_apart():
    text = """Do it.

    More of it.
    Example: aivj it --pack mine

    A runtime's page: aivj it --runtime-url http://h/ (docs/live.md)

    After any crash:  the same command
    """
    assert _told(text) == (
        "Do it.\n\nMore of it.\n\nAfter any crash:  the same command",
        [
            "aivj it --pack mine",
            "# A runtime's page (docs/live.md)",
            "aivj it --runtime-url http://h/",
        ],
    )
