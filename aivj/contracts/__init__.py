"""Files that other programs or stages read: models, exact writing, tolerant reading."""
