"""The methods about the bot itself, its menus, its chats and what people press."""

import re
import time
from typing import Any

from tests.fakes.bot_api_basics import Json, Refusal
from tests.fakes.bot_api_html import utf16_length
from tests.fakes.bot_api_world import Chat, World

COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
DESCRIPTION_LENGTH = 256
COMMANDS_PER_MENU = 100
ANSWER_LENGTH = 200
Scope = tuple[str, int, int, str]


class Account:
    """Each method takes its parameters and answers as the Bot API does, or raises Refusal."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.menus: dict[Scope, list[Json]] = {}
        """Commands by scope type, chat and user (0 where a scope has none), and language or ""."""

    def get_me(self, _: Json) -> Json:
        return {
            **self._world.bot.to_json(),
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def set_menu(self, given: Json) -> bool:
        commands = given.get("commands") or []
        if len(commands) > COMMANDS_PER_MENU:
            raise Refusal(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            _check_command(command)
        self.menus[self._scope(given)] = commands
        self._world.bell.ring()
        return True

    def get_menu(self, given: Json) -> list[Json]:
        return self.menus.get(self._scope(given), [])

    def delete_menu(self, given: Json) -> bool:
        self.menus.pop(self._scope(given), None)
        return True

    def _scope(self, given: Json) -> Scope:
        scope = given.get("scope") or {"type": "default"}
        if scope["type"] in ("chat", "chat_administrators", "chat_member"):
            self._world.chat(int(scope["chat_id"]))
        elif scope["type"] not in (
            "default",
            "all_private_chats",
            "all_group_chats",
            "all_chat_administrators",
        ):
            raise Refusal(400, "Bad Request: unsupported type specified")
        language = given.get("language_code", "")
        if language and not re.fullmatch(r"[a-z]{2}", language):
            raise Refusal(400, "Bad Request: invalid language code specified")
        return scope["type"], int(scope.get("chat_id", 0)), int(scope.get("user_id", 0)), language

    def answer_press(self, given: Json) -> bool:
        if utf16_length(given.get("text", "")) > ANSWER_LENGTH:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        press = self._world.presses.get(given.get("callback_query_id", ""))
        late = self._world.press_lifetime_seconds
        if press is None or press.answer is not None or time.monotonic() > press.pressed_at + late:
            raise Refusal(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        press.answer = {n: v for n, v in given.items() if n not in ("callback_query_id", "files")}
        self._world.bell.ring()
        return True

    def get_chat(self, given: Json) -> Json:
        chat = self._world.chat(given.get("chat_id"))
        return {
            **chat.to_json(),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": {
                "unlimited_gifts": False,
                "limited_gifts": False,
                "unique_gifts": False,
                "premium_subscription": False,
                "gifts_from_channels": False,
            },
        }

    def get_member(self, given: Json) -> Json:
        chat = self._world.chat(given.get("chat_id"))
        user = self._world.users.get(given.get("user_id", 0))
        if user is None:
            raise Refusal(400, "Bad Request: invalid user_id specified")
        return _member(chat, user.user_id, user.to_json())

    def get_administrators(self, given: Json) -> list[Json]:
        chat = self._world.chat(given.get("chat_id"))
        if chat.person is not None:
            raise Refusal(400, "Bad Request: there are no administrators in the private chat")
        return [
            _member(chat, user_id, self._world.users[user_id].to_json())
            for user_id, status in chat.statuses.items()
            if status in ("creator", "administrator")
        ]

    def get_file(self, given: Json) -> Json:
        content = self._world.file(given.get("file_id", ""))
        return {
            "file_id": given["file_id"],
            "file_unique_id": f"unique-{given['file_id']}",
            "file_size": len(content),
            "file_path": f"files/{given['file_id']}",
        }


def _check_command(command: Json) -> None:
    if not COMMAND_NAME.fullmatch(command.get("command", "")):
        raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
    description = command.get("description", "").strip()
    if not description:
        raise Refusal(400, "Bad Request: command description must be non-empty")
    if len(description) > DESCRIPTION_LENGTH:
        raise Refusal(
            400,
            f"Bad Request: command description length must not exceed {DESCRIPTION_LENGTH}",
        )


_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def _member(chat: Chat, user_id: int, user: Json) -> Json:
    status = chat.statuses.get(user_id, "left")
    shown: dict[str, Any] = {"status": status, "user": user}
    if status == "creator":
        shown["is_anonymous"] = False
    elif status == "administrator":
        shown |= dict.fromkeys(_RIGHTS, False)
    elif status == "kicked":
        shown["until_date"] = 0
    return shown
