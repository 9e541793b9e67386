"""The page presets are rendered on: web app, loopback server, conversion cache."""
