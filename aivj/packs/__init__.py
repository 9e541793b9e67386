"""Many presets: scanning a library, their features, drawing pairs, weak labels from ratings."""

from aivj.packs.drawing import Accept
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
    "FeatureStore",
    "FeatureTable",
    "LibraryFeatures",
    "PairOrigin",
    "PresetFile",
    "PresetOrigin",
    "Provenance",
    "draw_coupled_pack",
    "draw_elite",
    "read_provenance",
    "scan_presets",
]
