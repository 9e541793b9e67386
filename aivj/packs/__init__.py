"""Many presets: scanning a library, their features, drawing pairs, weak labels from ratings."""
