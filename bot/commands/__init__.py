"""The commands, each a body of a few lines that reads, perhaps writes once, and returns a Reply.

Importing this package declares them all, in the order in which help lists them.
"""

# ruff: noqa: I001  # the order in which help lists the commands
from bot.command import COMMANDS
from bot.commands import guide, account, points, videos, shop, about, notify, speaking
from bot.commands import moderation, mod_points, mod_rewards, mod_jobs

__all__ = [
    "COMMANDS",
    "about",
    "account",
    "guide",
    "mod_jobs",
    "mod_points",
    "mod_rewards",
    "moderation",
    "notify",
    "points",
    "shop",
    "speaking",
    "videos",
]
