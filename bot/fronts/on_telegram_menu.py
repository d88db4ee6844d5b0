"""The command menus that Telegram shows; they merely hide, `run` refuses."""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChatAdministrators,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.command import COMMANDS, Access, Command
from bot.fronts.on_telegram_places import Places
from bot.fronts.on_telegram_text import command_name
from bot.language import LANGUAGES, Speech, _, speaking

log = logging.getLogger(__name__)

MOST_COMMANDS = 100
SUMMARY_LENGTH = 256
IN_GROUPS = ("points", "help")
"""What a group's menu shows besides the public commands; it is answered in private."""
FILE = "telegram-commands.json"


@dataclass(frozen=True, slots=True)
class Menu:
    """Commands as one audience sees them in one language; "" is whoever has no menu of theirs."""

    scope: BotCommandScope
    language: str
    commands: list[BotCommand]

    @property
    def name(self) -> str:
        """What the menu is kept under."""
        return json.dumps([self.scope.to_dict(), self.language], sort_keys=True)

    @property
    def digest(self) -> str:
        """What changes when the menu does."""
        shown = json.dumps([one.to_dict() for one in self.commands], sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()


class Menus:
    """Sets the menus that changed since they were set last, as a file in the data folder says."""

    def __init__(self, bot: Bot, places: Places, folder: Path, language: str) -> None:
        self._bot = bot
        self._places = places
        self._file = folder / FILE
        self._language = language

    async def show(self) -> None:
        """Show everybody's commands in private, few in groups, all to moderators in their chats."""
        shown: tuple[int, ...] | None = None
        while shown != self._places.moderating:  # which a menu may find out to have moved
            shown = self._places.moderating
            await self._show(shown)

    async def _show(self, moderator_chat_ids: Iterable[int]) -> None:
        known = self._known()
        wanted = {one.name: one for one in self._menus(moderator_chat_ids)}
        kept = {}
        for name, menu in wanted.items():
            if known.get(name) == menu.digest or await self._set(menu):
                kept[name] = menu.digest
        for name in known.keys() - wanted.keys():
            await self._drop(*json.loads(name))
        if kept != known:
            self._keep(kept)

    def _menus(self, moderator_chat_ids: Iterable[int]) -> Iterator[Menu]:
        everyone = [one for one in COMMANDS.values() if one.access is Access.EVERYONE]
        public = [one for one in everyone if not one.private or one.name in IN_GROUPS]
        audiences: list[tuple[BotCommandScope, list[Command]]] = [
            (BotCommandScopeAllPrivateChats(), everyone),
            (BotCommandScopeAllGroupChats(), public),
        ]
        audiences.extend(
            (BotCommandScopeChatAdministrators(chat_id), [*COMMANDS.values()])
            for chat_id in moderator_chat_ids
        )
        for scope, commands in audiences:
            for code in LANGUAGES:
                language = "" if code == self._language else code
                yield Menu(scope, language, _listed(commands, code))

    async def _set(self, menu: Menu) -> bool:
        try:
            await self._bot.set_my_commands(
                menu.commands, menu.scope, language_code=menu.language or None
            )
        except ChatMigrated as gone:
            if isinstance(menu.scope, BotCommandScopeChatAdministrators):
                await self._places.moved(int(menu.scope.chat_id), gone.new_chat_id)
            return False
        except (BadRequest, Forbidden) as error:
            if not isinstance(menu.scope, BotCommandScopeChatAdministrators):
                raise
            if not menu.language:  # said once a chat
                _warn(menu.scope.chat_id, error)
            return False
        return True

    async def _drop(self, scope: dict[str, str], language: str) -> None:
        """Take a menu away that nobody wants any more; where that can't be, it does no harm."""
        try:
            await self._bot.delete_my_commands(
                BotCommandScope.de_json(scope, self._bot), language_code=language or None
            )
        except TelegramError as error:
            log.info("an old menu could not be taken away: %s", error)

    def _known(self) -> dict[str, str]:
        """Return the digests of what was set for this bot."""
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            menus = found["menus"] if found["bot"] == self._bot.id else {}
            return {str(name): str(digest) for name, digest in menus.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def _keep(self, menus: dict[str, str]) -> None:
        try:
            self._file.write_text(json.dumps({"bot": self._bot.id, "menus": menus}, indent=1))
        except OSError as error:
            log.warning("%s can't be written, so menus are set at each start: %s", FILE, error)


def _warn(chat_id: str | int, error: TelegramError) -> None:
    log.warning(
        "telegram.moderator_chat_ids: chat %s is unknown to the bot (%s); "
        "add the bot to that group",
        chat_id,
        error,
    )


def _listed(commands: Iterable[Command], code: str) -> list[BotCommand]:
    with speaking(Speech(code)):
        shown = [
            BotCommand(command_name(one.name), _(one.summary)[:SUMMARY_LENGTH]) for one in commands
        ]
    return shown[:MOST_COMMANDS]
