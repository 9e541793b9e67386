"""One Chromium: flags, display, GPU pin, renderer probe, its life and death."""
