"""One `.milk` file: its text taken apart, its identity, its features, its author.

Features need numpy and are imported from `aivj.presets.features`.
"""

from aivj.presets.author import preset_family
from aivj.presets.digest import content_hash, hash_milk
from aivj.presets.milk import CustomShape, CustomWave, Milk, parse_milk, parse_number

__all__ = [
    "CustomShape",
    "CustomWave",
    "Milk",
    "content_hash",
    "hash_milk",
    "parse_milk",
    "parse_number",
    "preset_family",
]
