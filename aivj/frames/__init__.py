"""Pictures of a library's presets, their index, and whether it is any good: docs/frames.md."""
