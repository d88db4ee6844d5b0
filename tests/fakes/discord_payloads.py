"""What Discord sends, and what it takes: bodies outside its limits are wrong."""

from collections.abc import Iterator
from typing import Any

TOKEN = "MTIz.good.token"
APPLICATION_ID = "800000000000000001"
BOT = {
    "id": APPLICATION_ID,
    "username": "fairpoints",
    "discriminator": "0",
    "avatar": None,
    "bot": True,
}
APPLICATION = {
    "id": APPLICATION_ID,
    "name": "fairpoints",
    "description": "",
    "summary": "",
    "icon": None,
    "bot_public": False,
    "bot_require_code_grant": False,
    "verify_key": "0" * 64,
    "flags": 0,
    "owner": {**BOT, "bot": False},
}
GUILD_ID = "700000000000000001"
MANAGE_GUILD = str(1 << 5)

COMMAND, COMPONENT, WINDOW = 2, 3, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, OPENS = 4, 5, 6, 7, 8, 9
EMBED_PARTS = {"title": 256, "description": 4096}
MESSAGE_KEYS = {
    *("content", "embeds", "components", "attachments", "allowed_mentions", "flags", "tts"),
    *("nonce", "enforce_nonce"),
}


def person(user_id: str) -> dict[str, Any]:
    """Somebody, as events name them."""
    return {"id": user_id, "username": f"u{user_id}", "discriminator": "0", "avatar": None}


def message(message_id: str, channel_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """A message of the bot's, as Discord keeps it."""
    return {
        "id": message_id,
        "channel_id": channel_id,
        "author": BOT,
        "content": "",
        "timestamp": "2026-03-02T12:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": body.get("embeds", []),
        "components": body.get("components", []),
        "pinned": False,
        "type": 0,
        "flags": body.get("flags", 0),
        "nonce": body.get("nonce"),
    }


def interaction(interaction_id: str, user_id: str, kind: int, data: Any) -> dict[str, Any]:
    """The event of somebody having asked for something in a direct message."""
    return {
        "id": interaction_id,
        "application_id": APPLICATION_ID,
        "type": kind,
        "token": f"token-of-{interaction_id}",
        "version": 1,
        "data": data,
        "channel": {"id": "77", "type": 1, "recipients": [person(user_id)]},
        "channel_id": "77",
        "user": person(user_id),
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {},
        "context": 1,
        "app_permissions": "0",
        "attachment_size_limit": 10_000_000,
    }


def sent(
    interaction_id: str, name: str, user_id: str = "42", **options: str | int
) -> dict[str, Any]:
    """Somebody has sent a slash command; `mod grant` is `grant` of the group `mod`."""
    given = [
        {"name": key, "type": 4 if isinstance(value, int) else 3, "value": value}
        for key, value in options.items()
    ]
    first, *rest = name.split()
    for at, leaf in enumerate(reversed(rest)):
        given = [{"name": leaf, "type": 1 if at == 0 else 2, "options": given}]
    data = {"id": "900", "name": first, "type": 1, "options": given}
    return interaction(interaction_id, user_id, COMMAND, data)


def clicked(interaction_id: str, call: str, user_id: str = "42") -> dict[str, Any]:
    """Somebody has pressed the button of a call, under a message in their direct messages."""
    data = {"custom_id": f"fp:{call}", "component_type": 2}
    event = interaction(interaction_id, user_id, COMPONENT, data)
    return event | {"message": message("4321", "77", {})}


def sent_off(
    interaction_id: str, custom_id: str, user_id: str = "42", **typed: str
) -> dict[str, Any]:
    """Somebody has sent off a window, or says so: with these words in its fields."""
    rows = [
        {
            "type": 18,
            "id": at,
            "component": {"type": 4, "id": 50 + at, "custom_id": name, "value": text},
        }
        for at, (name, text) in enumerate(typed.items(), 1)
    ]
    data = {"custom_id": custom_id, "components": rows, "resolved": {}}
    event = interaction(interaction_id, user_id, WINDOW, data)
    return event | {"message": message("4321", "77", {})}


def in_guild(event: dict[str, Any], channel_id: str, permissions: str = "0") -> dict[str, Any]:
    """The same in a channel of a server, with what the person may do there."""
    user = event.pop("user")
    member = {
        "user": user,
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "permissions": permissions,
    }
    guild = {"id": GUILD_ID, "features": [], "locale": "en-US"}
    channel = {"id": channel_id, "type": 0, "name": "office", "position": 0}
    channel["permissions"] = permissions
    place = {"guild_id": GUILD_ID, "guild": guild, "channel_id": channel_id, "channel": channel}
    return event | place | {"member": member, "context": 0}


def wrong_in_callback(body: dict[str, Any]) -> Iterator[str]:
    """Say what Discord would not take in a first answer."""
    kind, data = body.get("type"), body.get("data") or {}
    if kind not in {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, OPENS}:
        yield f"an answer of type {kind}"
    if kind == CHOICES and len(data["choices"]) > 25:
        yield "more than 25 choices"
    if kind in {MESSAGE, UPDATE}:
        yield from wrong_in_message(data)


def wrong_in_message(body: dict[str, Any]) -> Iterator[str]:
    """Say what Discord would not take in a message, or what we would not have there."""
    if body.keys() - MESSAGE_KEYS:
        yield f"unknown keys {body.keys() - MESSAGE_KEYS}"
    if not body.get("embeds"):
        yield "a message without an embed"
    if body.get("allowed_mentions") != {"parse": []}:
        yield "a message that may mention people"
    if len(body.get("nonce") or "") > 25:
        yield "a nonce of more than 25 characters"
    for embed in body.get("embeds", ()):
        yield from _wrong_in_embed(embed)
    yield from _wrong_in_rows(body.get("components") or [])


def _wrong_in_embed(embed: dict[str, Any]) -> Iterator[str]:
    for part, most in EMBED_PARTS.items():
        if len(embed.get(part) or "") > most:
            yield f"a {part} of more than {most}"
    fields = embed.get("fields", ())
    if len(fields) > 25 or any(not one["name"] or not one["value"] for one in fields):
        yield "fields that are too many, or empty"


def _wrong_in_rows(rows: list[dict[str, Any]]) -> Iterator[str]:
    if len(rows) > 5 or any(not 0 < len(row["components"]) <= 5 for row in rows):
        yield "rows that are too many, or too long"
    items = [item for row in rows for item in row["components"]]
    ids = [item["custom_id"] for item in items if "custom_id" in item]
    if len(set(ids)) < len(ids) or any(len(one) > 100 for one in ids):
        yield "custom_ids that are too long, or alike"
    for item in items:
        options = item.get("options", ())
        values = {one["value"] for one in options}
        if len(options) > 25 or len(values) < len(options):
            yield "options that are too many, or alike"
