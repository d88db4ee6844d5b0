"""What exists on the Telegram side of the tests: people, chats, messages and button presses."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.bot_api_basics import Bell, Entity, Json, Refusal

ANONYMOUS_ADMIN_ID = 1087968824


@dataclass(eq=False)
class Message:
    """A message in a chat, as its readers see it; `text` is the caption under a photo."""

    message_id: int
    chat: "Chat"
    sender: "User"
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    photo: bytes | None = None
    document: tuple[str, bytes] | None = None
    buttons: list[list[Json]] = field(default_factory=list)
    reply_to: "Message | None" = None
    shows_previews: bool = True
    is_deleted: bool = False
    is_anonymous: bool = False
    edits: int = 0
    forces: Json = field(default_factory=dict)
    """The ForceReply under it, which opens keyboards."""

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.buttons for button in row]

    def button(self, label: str) -> Json:
        for row in self.buttons:
            for button in row:
                if button["text"] == label:
                    return button
        raise AssertionError(f"no button {label!r} among {self.labels}")

    def styled(self, entity_type: str) -> list[str]:
        """The parts of the text under entities of this type."""
        return [e.text_in(self.text) for e in self.entities if e.type == entity_type]

    async def edited(self, times: int = 1) -> "Message":
        """Waits until the bot has edited this message so many times."""
        await self.chat.bell.until(lambda: self.edits >= times)
        return self

    def to_json(self) -> Json:
        shown: Json = {
            "message_id": self.message_id,
            "date": int(time.time()),
            "chat": self.chat.to_json(),
            "from": self.sender.to_json(),
        }
        if self.is_anonymous:
            shown["sender_chat"] = self.chat.to_json()
        if self.edits:
            shown["edit_date"] = int(time.time())
        if self.buttons:
            shown["reply_markup"] = {"inline_keyboard": self.buttons}
        if self.reply_to is not None:
            shown["reply_to_message"] = self.reply_to.to_json()
        return shown | self._content()

    def _content(self) -> Json:
        entities = [entity.to_json() for entity in self.entities]
        if self.photo is None and self.document is None:
            return {"text": self.text, "entities": entities}
        caption = {"caption": self.text, "caption_entities": entities} if self.text else {}
        if self.document is not None:
            name, content = self.document
            ids = _file_ids(f"document-{self.chat.chat_id}-{self.message_id}")
            return {"document": {**ids, "file_name": name, "file_size": len(content)}, **caption}
        assert self.photo is not None
        ids = _file_ids(f"photo-{self.chat.chat_id}-{self.message_id}")
        sizes = {"width": 1, "height": 1, "file_size": len(self.photo)}
        return {"photo": [{**ids, **sizes}], **caption}


def _file_ids(name: str) -> Json:
    return {"file_id": name, "file_unique_id": f"unique-{name}"}


@dataclass(eq=False)
class Chat:
    """A private chat (its id is the person's) or a supergroup with members."""

    chat_id: int
    bell: Bell
    title: str = ""
    person: "User | None" = None
    statuses: dict[int, str] = field(default_factory=dict)
    """creator, administrator, member, left or kicked, by user id."""
    people: dict[int, "User"] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    is_started: bool = False
    is_blocked: bool = False
    actions: list[str] = field(default_factory=list)
    moved_to: int | None = None
    _awaited: int = 0

    def post(self, sender: "User", **content: Any) -> Message:
        message = Message(len(self.messages) + 1, self, sender, **content)
        self.messages.append(message)
        self.bell.ring()
        return message

    def find(self, message_id: int) -> Message | None:
        for message in self.messages:
            if message.message_id == message_id and not message.is_deleted:
                return message
        return None

    @property
    def from_bot(self) -> list[Message]:
        return [one for one in self.messages if one.sender.is_bot and not one.is_anonymous]

    async def next_message(self) -> Message:
        """The bot's messages to this chat one by one, in the order in which it sent them."""
        place = self._awaited
        await self.bell.until(lambda: len(self.from_bot) > place)
        self._awaited += 1
        return self.from_bot[place]

    def check_writable(self) -> None:
        if self.is_blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if self.person is not None and not self.is_started:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")

    def to_json(self) -> Json:
        if self.person is not None:
            shown = self.person.to_json()
            shown.pop("is_bot")
            shown.pop("language_code", None)
            return {**shown, "type": "private"}
        return {"id": self.chat_id, "type": "supergroup", "title": self.title}


@dataclass(eq=False)
class Press:
    """One press of an inline button and the bot's answer to it."""

    query_id: str
    user: "User"
    message: Message
    data: str
    pressed_at: float
    answer: Json | None = None

    async def answered(self) -> Json:
        """Waits for answerCallbackQuery; its parameters ({} when it shows nothing)."""
        await self.message.chat.bell.until(lambda: self.answer is not None)
        assert self.answer is not None
        return self.answer

    def to_json(self) -> Json:
        return {
            "id": self.query_id,
            "from": self.user.to_json(),
            "message": self.message.to_json(),
            "chat_instance": str(self.message.chat.chat_id),
            "data": self.data,
        }


_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,64}(@[A-Za-z0-9_]+)?")


@dataclass(eq=False)
class User:
    """A person at a Telegram client, or the bot itself."""

    user_id: int
    username: str | None
    language_code: str | None
    deliver: Callable[[str, Json], None]
    """Queues an update for the bot."""
    new_press: Callable[["User", Message, str], Press]
    chat: Chat = field(init=False, repr=False)
    is_bot: bool = False

    async def say(
        self, chat: Chat, text: str, *, anonymous: bool = False, to: Message | None = None
    ) -> Message:
        """Writes into a chat; in a group perhaps as its anonymous administrator."""
        message = chat.post(
            anonymous_admin(self) if anonymous else self,
            text=text,
            entities=[
                Entity("bot_command", m.start(), m.end() - m.start())
                for m in _COMMAND.finditer(text)
            ],
            is_anonymous=anonymous,
            reply_to=to,
        )
        chat.is_started = True
        self.deliver("message", message.to_json())
        return message

    async def upload(
        self, chat: Chat, name: str, content: bytes, caption: str = "", to: Message | None = None
    ) -> Message:
        """Sends a document; without a name, a photo."""
        file = {"document": (name, content)} if name else {"photo": content}
        message = chat.post(self, text=caption, reply_to=to, **file)
        chat.is_started = True
        self.deliver("message", message.to_json())
        return message

    async def edit(self, message: Message, text: str) -> None:
        """Changes a message of their own: the bot hears of it as an edited_message."""
        message.text = text
        message.edits += 1
        self.deliver("edited_message", message.to_json())

    async def press(self, message: Message, label: str) -> Press:
        press = self.new_press(self, message, message.button(label)["callback_data"])
        self.deliver("callback_query", press.to_json())
        return press

    async def follow(self, message: Message, label: str) -> Message:
        """Opens a button's link to the bot, and taps START there."""
        link = urlsplit(message.button(label)["url"])
        payload = parse_qs(link.query).get("start", [""])[0]
        return await self.say(self.chat, f"/start {payload}".strip())

    def block(self) -> None:
        self.chat.is_blocked = True

    def to_json(self) -> Json:
        shown: Json = {
            "id": self.user_id,
            "is_bot": self.is_bot,
            "first_name": self.username or f"User {self.user_id}",
        }
        if self.username:
            shown["username"] = self.username
        if self.language_code:
            shown["language_code"] = self.language_code
        return shown


def anonymous_admin(person: User) -> User:
    """The one account that all anonymous administrators of all groups write as."""
    return User(
        ANONYMOUS_ADMIN_ID, "GroupAnonymousBot", None, person.deliver, person.new_press, is_bot=True
    )


@dataclass(eq=False)
class World:
    """Everything on the server, found by id."""

    bot: User
    bell: Bell
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    press_lifetime_seconds: float = 15.0

    def chat(self, chat_id: int | None) -> Chat:
        """The bot's view: somebody it never met has no chat."""
        if not chat_id:
            raise Refusal(400, "Bad Request: chat_id is empty")
        if chat_id not in self.chats:
            raise Refusal(400, "Bad Request: chat not found")
        chat = self.chats[chat_id]
        if chat.moved_to is not None:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                moved_to=chat.moved_to,
            )
        if chat.person is None and chat.statuses.get(self.bot.user_id) in (None, "left"):
            raise Refusal(403, "Forbidden: bot is not a member of the supergroup chat")
        return chat

    def press(self, user: User, message: Message, data: str) -> Press:
        press = Press(str(5000 + len(self.presses)), user, message, data, time.monotonic())
        self.presses[press.query_id] = press
        return press

    def file(self, file_id: str) -> bytes:
        """The content of an uploaded document or photo by the id that its message showed."""
        for chat in self.chats.values():
            for message in chat.messages:
                place = f"{chat.chat_id}-{message.message_id}"
                if message.document and file_id == f"document-{place}":
                    return message.document[1]
                if message.photo and file_id == f"photo-{place}":
                    return message.photo
        raise Refusal(400, "Bad Request: invalid file_id")
