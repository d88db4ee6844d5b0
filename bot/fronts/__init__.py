"""The fronts: each draws a Reply its own way."""
