"""The menus that Telegram shows beside the text field: they hide, `run` refuses."""

import logging
from collections.abc import Iterable

from telegram import Bot, BotCommand, BotCommandScopeChatAdministrators
from telegram.error import BadRequest, Forbidden

from bot.command import COMMANDS, Access, Command
from bot.fronts.on_telegram_text import command_name

log = logging.getLogger(__name__)

MOST_COMMANDS = 100
SUMMARY_LENGTH = 256


async def set_menus(bot: Bot, moderator_chat_ids: tuple[int, ...]) -> None:
    """Show everybody's commands everywhere, and moderators theirs in their own chats."""
    everyone = [one for one in COMMANDS.values() if one.access is Access.EVERYONE]
    await bot.set_my_commands(_menu(everyone))
    for chat_id in moderator_chat_ids:
        try:
            await bot.set_my_commands(
                _menu(COMMANDS.values()), BotCommandScopeChatAdministrators(chat_id)
            )
        except (BadRequest, Forbidden) as error:
            log.warning(
                "telegram.moderator_chat_ids: chat %s is unknown to the bot (%s); "
                "add the bot to that group",
                chat_id,
                error,
            )


def _menu(commands: Iterable[Command]) -> list[BotCommand]:
    shown = [BotCommand(command_name(one.name), one.summary[:SUMMARY_LENGTH]) for one in commands]
    return shown[:MOST_COMMANDS]
