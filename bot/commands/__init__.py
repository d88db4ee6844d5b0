"""The commands, each a body of a few lines that reads, perhaps writes once, and returns a Reply.

Importing this package declares them all, in the order in which help lists them.
"""

# ruff: noqa: I001  # the order in which help lists the commands
from bot.command import COMMANDS
from bot.commands import guide, account, identity, points, videos, appeals, shop
from bot.commands import shop_redeem, shop_redeemed, about, notify, speaking
from bot.commands import privacy
from bot.commands import moderation, mod_queue, mod_decide
from bot.commands import mod_people, mod_points, mod_rewards, mod_restock, mod_shop, mod_prices
from bot.commands import mod_moves, mod_reverse, mod_confirm, mod_undo, mod_undo_run
from bot.commands import mod_jobs
from bot.commands import mod_refresh, mod_scoring, mod_rules, mod_season, mod_turn
from bot.commands import mod_record, mod_export
from bot.commands import mod_videos, mod_creators, mod_appeals
from bot.commands import mod_sentiment, mod_sentiment_set, mod_sentiment_adopt, mod_sentiment_cost

__all__ = [
    "COMMANDS",
    "about",
    "account",
    "appeals",
    "guide",
    "identity",
    "mod_appeals",
    "mod_confirm",
    "mod_creators",
    "mod_decide",
    "mod_export",
    "mod_jobs",
    "mod_moves",
    "mod_people",
    "mod_points",
    "mod_prices",
    "mod_queue",
    "mod_record",
    "mod_refresh",
    "mod_restock",
    "mod_reverse",
    "mod_rewards",
    "mod_rules",
    "mod_scoring",
    "mod_season",
    "mod_sentiment",
    "mod_sentiment_adopt",
    "mod_sentiment_cost",
    "mod_sentiment_set",
    "mod_shop",
    "mod_turn",
    "mod_undo",
    "mod_undo_run",
    "mod_videos",
    "moderation",
    "notify",
    "points",
    "privacy",
    "shop",
    "shop_redeem",
    "shop_redeemed",
    "speaking",
    "videos",
]
