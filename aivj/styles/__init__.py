"""Styles of single presets: spaces in which like lies by like, clusters, what people teach."""

from aivj.styles.sorted_folder import SortedFolder, read_sorted_folder
from aivj.styles.taught import StyleModel

__all__ = ["SortedFolder", "StyleModel", "read_sorted_folder"]
