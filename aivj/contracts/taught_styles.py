"""`taught-styles.json`: styles that were learned from a sorted folder, and how well.

Its numbers lie in `taught-styles.safetensors` beside it; `preset-styles.jsonl` is what they say of
presets.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from aivj.contracts.embeddings import Encoder
from aivj.contracts.fields import Count, Number, Omittable, OuterText, Share, Within
from aivj.contracts.json_text import ContractModel

TAUGHT_STYLES_NAME = "taught-styles.json"
TAUGHT_ARRAYS_NAME = "taught-styles.safetensors"
PRESET_STYLES_NAME = "preset-styles.jsonl"

Difference = Annotated[Number, Within(-1, 1)]
"""Of two shares."""


class LearnedStyle(ContractModel):
    """One style."""

    name: OuterText = Field(min_length=1, description="Name of its sub-folder")
    num_presets: Count = Field(description="Different presets in it")
    num_authors: Count = Field(description="People who made them")
    told: Omittable[Share] = Field(
        default=None,
        description="Share of them that is told right, authors apart; by text and picture where "
        "a preset has one",
    )
    mistaken_for: Omittable[OuterText] = Field(
        default=None, description="The style that the others are taken for most"
    )


class StyleFigures(ContractModel):
    """How often styles of presets are told right by presets of other authors, 0 to 1."""

    top1: Share = Field(description="The first guess is one of the preset's styles")
    top3: Share = Field(description="One of the first three is")
    low95: Share = Field(description="Of top1, by a bootstrap over authors")
    high95: Share = Field(description="The same, upper end")
    chance: Share = Field(description="top1 of whoever always says the most frequent style")
    untaught: Share = Field(description="top1 of the five nearest in the untaught space")
    num_judged: Count = Field(description="Presets that were held out, each once")
    num_authors: Count = Field(description="Authors that were held out")


class PictureFigures(StyleFigures):
    """The same of presets that have a picture, by text and picture, beside text alone."""

    text_top1: Share = Field(description="top1 of the same presets by text alone")
    text_top3: Share = Field(description="top3 of the same presets by text alone")
    gain_low95: Difference = Field(description="Of top1 - textTop1, by a bootstrap over authors")
    gain_high95: Difference = Field(description="The same, upper end")


class TaughtPictures(ContractModel):
    """What a model that looks at pictures too was taught of them."""

    encoder: Encoder = Field(description="What made their vectors; others' cannot be told by")
    dims: Count = Field(description="Length of a vector")
    share: Number = Field(description="Length of their part of what is seen; the terms' is 1", gt=0)
    num_presets: Count = Field(description="Presets that were learned from by a picture")
    figures: Omittable[PictureFigures] = Field(
        default=None, description="How well they are told; none where there are too few authors"
    )


class TaughtStyles(ContractModel):
    """What is known of a set of learned styles without reading its numbers."""

    version: Literal["v0"] = Field(default="v0", description="Version of this form")
    generated_at: str = Field(description="When they were learned, ISO-8601")
    name: OuterText = Field(description="What the set is called")
    inputs_spec: str = Field(description="Version of what the model is told of a text")
    arrays: str = Field(description="SHA-256 of the file of numbers, 64 hexadecimal digits")
    strength: float = Field(description="Inverse strength of the penalty")
    num_terms: Count = Field(description="Terms that count")
    num_presets: Count = Field(description="Different presets that were learned from")
    left_out: dict[str, int] = Field(description="Files that were not, by reason")
    styles: list[LearnedStyle] = Field(description="The styles, in the order of the numbers")
    figures: Omittable[StyleFigures] = Field(
        default=None,
        description="How well they are told by text alone; none where there are too few authors",
    )
    pictures: Omittable[TaughtPictures] = Field(
        default=None,
        description="What was learned of pictures; none where styles are told by text alone",
    )
    notes: list[OuterText] = Field(default_factory=list, description="What a person should know")


class StyleGuess(ContractModel):
    """A style and how likely it is."""

    style: OuterText
    share01: Share = Field(description="Probability, 0 to 1; of all styles together 1")


class PresetStyles(ContractModel):
    """What one preset's styles are: a line of `preset-styles.jsonl`."""

    version: Literal["v0"] = Field(default="v0", description="Version of this form")
    preset_id: OuterText = Field(min_length=1, description="The library's id, or relative path")
    rel_path: OuterText = Field(description="Path below the library, with '/'")
    styles: list[OuterText] = Field(description="Its style, perhaps a second one")
    likely: list[StyleGuess] = Field(description="The three likeliest, the first one first")


def preset_styles_path(folder: Path) -> Path:
    """Returns where the styles of a pack's presets lie, below the folder of its artifacts."""
    return folder / PRESET_STYLES_NAME
