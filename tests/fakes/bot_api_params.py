"""What each method takes, and how JSON, form and multipart requests become values."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from tests.fakes.bot_api_basics import Json, Refusal

TEXT, WHOLE, FLAG, OBJECT, FILE = "text", "whole", "flag", "object", "file"

_SENT = {
    "business_connection_id": TEXT,
    "chat_id": WHOLE,
    "message_thread_id": WHOLE,
    "direct_messages_topic_id": WHOLE,
    "disable_notification": FLAG,
    "protect_content": FLAG,
    "allow_paid_broadcast": FLAG,
    "message_effect_id": TEXT,
    "suggested_post_parameters": OBJECT,
    "reply_parameters": OBJECT,
    "reply_markup": OBJECT,
}
_CAPTION = {
    "caption": TEXT,
    "parse_mode": TEXT,
    "caption_entities": OBJECT,
    "show_caption_above_media": FLAG,
}
_EDITED = {
    "business_connection_id": TEXT,
    "chat_id": WHOLE,
    "message_id": WHOLE,
    "inline_message_id": TEXT,
    "reply_markup": OBJECT,
}
_TEXT = {"text": TEXT, "parse_mode": TEXT, "entities": OBJECT, "link_preview_options": OBJECT}
_MENU = {"scope": OBJECT, "language_code": TEXT}

PARAMETERS: dict[str, dict[str, str]] = {
    "getMe": {},
    "getUpdates": {"offset": WHOLE, "limit": WHOLE, "timeout": WHOLE, "allowed_updates": OBJECT},
    "setWebhook": {
        "url": TEXT,
        "ip_address": TEXT,
        "max_connections": WHOLE,
        "allowed_updates": OBJECT,
        "drop_pending_updates": FLAG,
        "secret_token": TEXT,
    },
    "deleteWebhook": {"drop_pending_updates": FLAG},
    "getWebhookInfo": {},
    "setMyCommands": {"commands": OBJECT, **_MENU},
    "getMyCommands": _MENU,
    "deleteMyCommands": _MENU,
    "sendMessage": _SENT | _TEXT,
    "sendPhoto": {"photo": FILE, "has_spoiler": FLAG, **_SENT, **_CAPTION},
    "sendDocument": {
        "document": FILE,
        "thumbnail": FILE,
        "disable_content_type_detection": FLAG,
        **_SENT,
        **_CAPTION,
    },
    "editMessageText": _EDITED | _TEXT,
    "editMessageCaption": _EDITED | _CAPTION,
    "editMessageMedia": {"media": OBJECT, **_EDITED},
    "editMessageReplyMarkup": _EDITED,
    "deleteMessage": {"chat_id": WHOLE, "message_id": WHOLE},
    "answerCallbackQuery": {
        "callback_query_id": TEXT,
        "text": TEXT,
        "show_alert": FLAG,
        "url": TEXT,
        "cache_time": WHOLE,
    },
    "sendChatAction": {
        "business_connection_id": TEXT,
        "chat_id": WHOLE,
        "message_thread_id": WHOLE,
        "action": TEXT,
    },
    "getChat": {"chat_id": WHOLE},
    "getChatMember": {"chat_id": WHOLE, "user_id": WHOLE},
    "getChatAdministrators": {"chat_id": WHOLE},
    "getFile": {"file_id": TEXT},
}


class Upload(bytes):
    """An uploaded file, with the name that it came under."""

    file_name: str

    @classmethod
    def of(cls, sent: FileField) -> "Upload":
        one = cls(sent.file.read())
        one.file_name = sent.filename
        return one


async def read_request(request: web.Request) -> Json:
    """Everything given in the query and the body; an uploaded file is its bytes."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
    elif request.can_read_body:
        given |= {
            name: Upload.of(value) if isinstance(value, FileField) else value
            for name, value in (await request.post()).items()
        }
    return given


def read_parameters(method: str, given: Mapping[str, Any]) -> tuple[Json, list[str]]:
    """The values of a request, and the names in it that the method does not know.

    A file's part is known when a known parameter refers to it as `attach://NAME`.
    """
    known = PARAMETERS[method]
    values = {
        name: _read(name, known[name], value) for name, value in given.items() if name in known
    }
    attached = json.dumps([v for v in values.values() if not isinstance(v, bytes)])
    files = {name for name, v in given.items() if f"attach://{name}" in attached}
    values["files"] = {name: given[name] for name in files}
    return values, sorted(given.keys() - known.keys() - files)


def _read(name: str, kind: str, value: Any) -> Any:
    if kind == WHOLE:
        return _whole(name, value)
    if kind == FLAG:
        return str(value).lower() in ("true", "1", "yes")
    if kind == OBJECT and isinstance(value, str):
        return _object(name, value)
    return value


def _whole(name: str, value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        if name == "chat_id":
            raise Refusal(400, "Bad Request: chat not found") from None
        raise Refusal(400, f"Bad Request: {name} must be a number") from None


def _object(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        raise Refusal(400, f"Bad Request: can't parse {name} JSON object") from None
