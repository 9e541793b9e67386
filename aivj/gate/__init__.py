"""Page and artifacts in, a verdict with its evidence out."""
