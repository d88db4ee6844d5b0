"""Scoring and seasons, as moderators type them, and what they leave behind."""

from tests.commands.programme import People

LINES = {
    "mod scoring preview": "",
    "mod scoring rules": "",
    "mod scoring simulate": "fair mean=120",
    "mod scoring season": "",
    "mod scoring turn": "the summer is over",
}
"""How each command is typed."""

ACTS = {"mod scoring turn": ("the season", "the summer is over")}
"""To what and why each was done, as the record has it; those that write nothing are missing."""


async def prepare(_people: People) -> None:
    """The programme has all that these need: a season, and videos."""
