"""From pictures of presets to vectors, and what is learned on these: docs/embeddings.md."""
