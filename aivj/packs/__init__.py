"""Many presets: scanning a library, their features, drawing pairs, weak labels from ratings."""

from aivj.packs.drawing import Accept
from aivj.packs.duplicates import near_duplicates
from aivj.packs.elite import ScoredPair, place_elite
from aivj.packs.extra_features import ExtraFeatures, read_extra_features, with_extra_features
from aivj.packs.families import NamedPreset, by_author, by_title, family_of
from aivj.packs.feature_store import FeatureStore
from aivj.packs.feature_table import FeatureTable, LibraryFeatures
from aivj.packs.pairing import DrawnPack, draw_coupled_pack
from aivj.packs.provenance import (
    PROVENANCE_NAME,
    PairOrigin,
    PresetOrigin,
    Provenance,
    read_provenance,
)
from aivj.packs.ratings import draw_elite
from aivj.packs.scan import PresetFile, scan_presets

__all__ = [
    "PROVENANCE_NAME",
    "Accept",
    "DrawnPack",
    "ExtraFeatures",
    "FeatureStore",
    "FeatureTable",
    "LibraryFeatures",
    "NamedPreset",
    "PairOrigin",
    "PresetFile",
    "PresetOrigin",
    "Provenance",
    "ScoredPair",
    "by_author",
    "by_title",
    "draw_coupled_pack",
    "draw_elite",
    "family_of",
    "near_duplicates",
    "place_elite",
    "read_extra_features",
    "read_provenance",
    "scan_presets",
    "with_extra_features",
]
