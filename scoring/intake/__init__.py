"""Exports of any shape become readings."""
