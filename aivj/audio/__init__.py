"""Music: clips and playlists, tracks of our own, and samples and loudness at a frame time."""
