"""Judges of a video's sentiment."""
