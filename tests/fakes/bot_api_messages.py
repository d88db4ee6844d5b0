"""The methods that write, change and remove messages."""

import json
from typing import Any

from tests.fakes.bot_api_basics import Entity, Json, Refusal
from tests.fakes.bot_api_html import parse_html, utf16_length
from tests.fakes.bot_api_params import Upload
from tests.fakes.bot_api_photo import check_photo
from tests.fakes.bot_api_world import Chat, Message, World

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
CALLBACK_BYTES = 64
PLACEHOLDER_LIMIT = 64
ACTIONS = ("typing", "upload_photo", "upload_document")

_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)


class Messages:
    """Each method takes its parameters and answers as the Bot API does, or raises Refusal."""

    def __init__(self, world: World) -> None:
        self._world = world

    def send_message(self, given: Json) -> Json:
        chat = self._writable(given)
        text, entities = read_text(given)
        return self._post(chat, given, text=text, entities=entities).to_json()

    def send_photo(self, given: Json) -> Json:
        chat = self._writable(given)
        photo = _uploaded(given.get("photo"), given["files"])
        text, entities = read_caption(given)
        return self._post(chat, given, photo=photo, text=text, entities=entities).to_json()

    def send_document(self, given: Json) -> Json:
        chat = self._writable(given)
        document = _document(given)
        text, entities = read_caption(given)
        return self._post(chat, given, document=document, text=text, entities=entities).to_json()

    def _post(self, chat: Chat, given: Json, **content: Any) -> Message:
        preview = given.get("link_preview_options") or {}
        return chat.post(
            self._world.bot,
            buttons=read_buttons(given),
            forces=_forces(given),
            reply_to=_reply_to(chat, given),
            shows_previews=not preview.get("is_disabled", False),
            **content,
        )

    def edit_text(self, given: Json) -> Json:
        message = self._editable(given)
        text, entities = read_text(given)
        if message.photo is not None or message.document is not None:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        return self._change(message, given, text=text, entities=entities)

    def edit_caption(self, given: Json) -> Json:
        message = self._editable(given)
        if message.photo is None:
            raise Refusal(400, "Bad Request: there is no caption in the message to edit")
        text, entities = read_caption(given)
        return self._change(message, given, text=text, entities=entities)

    def edit_media(self, given: Json) -> Json:
        message = self._editable(given)
        media = given.get("media") or {}
        if media.get("type") != "photo":
            raise Refusal(400, "Bad Request: unsupported media type specified")
        photo = _uploaded(media.get("media"), given["files"])
        text, entities = read_caption(media)
        return self._change(message, given, photo=photo, text=text, entities=entities)

    def edit_buttons(self, given: Json) -> Json:
        return self._change(self._editable(given), given)

    def _change(self, message: Message, given: Json, **content: Any) -> Json:
        content["buttons"] = read_buttons(given)
        if all(getattr(message, name) == value for name, value in content.items()):
            raise Refusal(400, _NOT_MODIFIED)
        for name, value in content.items():
            setattr(message, name, value)
        message.edits += 1
        self._world.bell.ring()
        return message.to_json()

    def delete(self, given: Json) -> bool:
        chat = self._world.chat(given.get("chat_id"))
        message = chat.find(given.get("message_id", 0))
        if message is None:
            raise Refusal(400, "Bad Request: message to delete not found")
        if chat.person is None and message.sender is not self._world.bot:
            raise Refusal(400, "Bad Request: message can't be deleted")
        message.is_deleted = True
        self._world.bell.ring()
        return True

    def send_action(self, given: Json) -> bool:
        if given.get("action") not in ACTIONS:
            raise Refusal(400, "Bad Request: wrong parameter action in request")
        self._writable(given).actions.append(given["action"])
        return True

    def _writable(self, given: Json) -> Chat:
        chat = self._world.chat(given.get("chat_id"))
        chat.check_writable()
        return chat

    def _editable(self, given: Json) -> Message:
        message = self._writable(given).find(given.get("message_id", 0))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if message.sender is not self._world.bot:
            raise Refusal(400, "Bad Request: message can't be edited")
        return message


def _reply_to(chat: Chat, given: Json) -> Message | None:
    reply = given.get("reply_parameters")
    if not reply:
        return None
    found = chat.find(int(reply["message_id"]))
    if found is None and not reply.get("allow_sending_without_reply"):
        raise Refusal(400, "Bad Request: message to be replied not found")
    return found


def _forces(given: Json) -> Json:
    markup: Json = given.get("reply_markup") or {}
    if not markup.get("force_reply"):
        return {}
    if not 0 < len(markup.get("input_field_placeholder", "x")) <= PLACEHOLDER_LIMIT:
        raise Refusal(400, "Bad Request: input field placeholder has a wrong length")
    return markup


def read_text(given: Json) -> tuple[str, list[Entity]]:
    if not given.get("text"):
        raise Refusal(400, "Bad Request: message text is empty")
    text, entities = _formatted(given["text"], given)
    if not text:
        raise Refusal(400, "Bad Request: text must be non-empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise Refusal(400, "Bad Request: message is too long")
    return text, entities


def read_caption(given: Json) -> tuple[str, list[Entity]]:
    text, entities = _formatted(given.get("caption") or "", given)
    if utf16_length(text) > CAPTION_LIMIT:
        raise Refusal(400, "Bad Request: message caption is too long")
    return text, entities


def _formatted(source: str, given: Json) -> tuple[str, list[Entity]]:
    mode = str(given.get("parse_mode") or "").lower()
    if mode not in ("", "html"):
        raise Refusal(400, "Bad Request: unsupported parse_mode")
    text, entities = parse_html(source) if mode else (source, [])
    # The real server keeps the first hundred and drops the rest without a word.
    return _trimmed(text, entities[:ENTITY_LIMIT])


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Blanks at the end go, and those at the beginning up to the first entity."""
    text = text.rstrip()
    length = utf16_length(text)
    kept = [
        Entity(e.type, e.offset, min(e.length, length - e.offset), e.url)
        for e in entities
        if e.offset < length
    ]
    blanks = len(text) - len(text.lstrip(" \n"))
    cut = min([blanks, *(e.offset for e in kept)])
    return text[cut:], [Entity(e.type, e.offset - cut, e.length, e.url) for e in kept]


def read_buttons(given: Json) -> list[list[Json]]:
    markup = given.get("reply_markup") or {}
    rows: list[list[Json]] = [row for row in markup.get("inline_keyboard", []) if row]
    buttons = [button for row in rows for button in row]
    if len(buttons) > 100 or any(len(row) > 8 for row in rows):
        raise Refusal(400, "Bad Request: reply markup is too long")
    for button in buttons:
        _check_button(button)
    return rows


def _check_button(button: Json) -> None:
    if not button.get("text"):
        raise Refusal(400, "Bad Request: can't parse inline keyboard button: Text is empty")
    if button.get("style", "primary") not in ("danger", "success", "primary"):
        raise Refusal(400, "Bad Request: can't parse inline keyboard button: unknown style")
    if "url" in button:
        if not button["url"].startswith(("https://", "http://", "tg://")):
            raise Refusal(400, "Bad Request: inline keyboard button URL is invalid")
    elif not 1 <= len(str(button.get("callback_data", "")).encode()) <= CALLBACK_BYTES:
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")


def _uploaded(photo: object, files: Json) -> bytes:
    if isinstance(photo, str) and photo.startswith("attach://"):
        photo = files.get(photo.removeprefix("attach://"))
    if not photo:
        raise Refusal(400, "Bad Request: there is no photo in the request")
    if not isinstance(photo, bytes):
        raise Refusal(400, f"Bad Request: wrong remote file identifier: {json.dumps(photo)}")
    check_photo(photo)
    return photo


def _document(given: Json) -> tuple[str, bytes]:
    content = given.get("document")
    if isinstance(content, str):
        content = given["files"].get(content.removeprefix("attach://"))
    if not isinstance(content, Upload) or not content:
        raise Refusal(400, "Bad Request: file must be non-empty")
    return content.file_name, bytes(content)
