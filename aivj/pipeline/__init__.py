"""Puts the rooms together: one function a stage, for the command line and jobs."""
