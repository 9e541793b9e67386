"""What `aivj milk2 sniff` says of a `.milk2` file: whether it is text, and what the text names."""

from aivj.contracts.fields import Count, OuterText, Share
from aivj.contracts.json_text import ContractModel


class TextSigns(ContractModel):
    """Whether a file is text.

    Attributes:
        has_null_byte: Whether a NUL is in what was read.
        replacement_count: Characters that are not UTF-8, each read as U+FFFD.
        printable_ratio: Share of characters that are tab, line end or printable; four decimals.
        looks_text: No NUL, nine tenths printable, less than a hundredth not UTF-8.
    """

    has_null_byte: bool
    replacement_count: Count
    printable_ratio: Share
    looks_text: bool


class TextHints(ContractModel):
    """What the text names.

    Attributes:
        candidate_paths: Words that end in `.milk` or `.milk2`, each once, at most 200; of text.
        interesting_lines: At most 80 lines with `.milk`, `preset`, `blend` or `pattern` in them.
        preview_head_lines: The first 30 lines.
        has_data_image: Whether an image stands in it as a `data:` URL.
        has_base64_markers: Whether it speaks of base64.
        has_png_magic_in_head: Whether a PNG begins in its first bytes.
    """

    candidate_paths: list[OuterText]
    interesting_lines: list[OuterText]
    preview_head_lines: list[OuterText]
    has_data_image: bool
    has_base64_markers: bool
    has_png_magic_in_head: bool


class Milk2Sniff(ContractModel):
    """One file that was looked at.

    Attributes:
        file: Its path, as it was given.
        size_bytes: Its size.
        bytes_read: How much of it was looked at.
        sniff: Whether it is text.
        hints: What the text names.
    """

    file: OuterText
    size_bytes: Count
    bytes_read: Count
    sniff: TextSigns
    hints: TextHints
