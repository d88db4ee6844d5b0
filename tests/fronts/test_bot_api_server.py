"""The fake Telegram: tokens, parameters, updates, chats and menus as the real server has them."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tests.fakes.bot_api import TOKEN
from tests.fakes.bot_api_client import RawBot, raw_bot


@pytest.fixture
async def bot() -> AsyncIterator[RawBot]:
    async with raw_bot() as running:
        yield running


async def test_getme_names_the_bot(bot: RawBot):
    assert (await bot.ok("getMe"))["username"] == "fairpoints_test_bot"


async def test_a_wrong_token_is_unauthorized(bot: RawBot):
    assert await bot.refused("getMe", token="1:wrong") == "401 Unauthorized"


async def test_a_malformed_token_is_not_found(bot: RawBot):
    assert await bot.refused("getMe", token="nonsense") == "404 Not Found"


async def test_an_unknown_method_is_not_found(bot: RawBot):
    assert await bot.refused("sendCoins") == "404 Not Found: method not found"


async def test_method_names_are_not_case_sensitive(bot: RawBot):
    assert (await bot.ok("GETME"))["is_bot"]


async def test_an_unknown_parameter_is_recorded(bot: RawBot):
    await bot.ok("sendMessage", chat_id=7, text="hi", colour="red")
    assert bot.server.unknown == ["sendMessage: colour"]


async def test_what_was_refused_is_recorded(bot: RawBot):
    await bot.refused("sendMessage", chat_id=7, text="")
    assert bot.server.refused == [("sendMessage", "Bad Request: message text is empty")]


async def test_a_form_means_the_same_as_json(bot: RawBot):
    keyboard = json.dumps({"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]})
    form = {"chat_id": "7", "text": "hi", "reply_markup": keyboard}
    address = f"{bot.server.base_url}{TOKEN}/sendMessage"
    async with bot.session.post(address, data=form) as answer:
        assert answer.status == 200
    assert (await bot.ann.chat.next_message()).labels == ["Go"]


async def test_an_update_is_delivered_again_until_a_later_offset_confirms_it(bot: RawBot):
    await bot.ann.say(bot.ann.chat, "/points")
    first = await bot.ok("getUpdates")
    assert first[0]["message"]["text"] == "/points"
    assert await bot.ok("getUpdates") == first
    assert await bot.ok("getUpdates", offset=first[0]["update_id"] + 1) == []


async def test_a_long_poll_returns_when_something_comes(bot: RawBot):
    poll = asyncio.create_task(bot.ok("getUpdates", timeout=9))
    await bot.server.wait_for_call("getUpdates")
    await bot.ann.say(bot.ann.chat, "/points")
    assert [update["message"]["text"] for update in await poll] == ["/points"]


async def test_at_most_limit_updates_come_at_once(bot: RawBot):
    for number in range(3):
        await bot.ann.say(bot.ann.chat, f"line {number}")
    assert len(await bot.ok("getUpdates", limit=2)) == 2


async def test_a_second_poller_ends_the_first_with_a_conflict(bot: RawBot):
    first = asyncio.create_task(bot.refused("getUpdates", timeout=9))
    await bot.server.wait_for_call("getUpdates")
    await bot.ok("getUpdates", timeout=0)
    assert (await first).startswith("409 Conflict: terminated by other getUpdates request")


async def test_polling_conflicts_with_a_webhook_until_it_is_deleted(bot: RawBot):
    await bot.ok("setWebhook", url="https://bot.example/hook")
    assert (await bot.ok("getWebhookInfo"))["url"] == "https://bot.example/hook"
    assert (await bot.refused("getUpdates")).startswith("409 Conflict: can't use getUpdates")
    await bot.ok("deleteWebhook")
    assert await bot.ok("getUpdates") == []


async def test_a_webhook_is_an_https_address(bot: RawBot):
    assert "HTTPS URL" in await bot.refused("setWebhook", url="http://bot.example/hook")


async def test_dropped_updates_never_come(bot: RawBot):
    await bot.ann.say(bot.ann.chat, "/points")
    await bot.ok("deleteWebhook", drop_pending_updates=True)
    assert await bot.ok("getUpdates") == []


async def test_only_allowed_kinds_of_updates_come(bot: RawBot):
    await bot.ok("getUpdates", allowed_updates=["callback_query"])
    await bot.ann.say(bot.ann.chat, "/points")
    assert await bot.ok("getUpdates") == []


async def test_an_edited_message_comes_as_one(bot: RawBot):
    message = await bot.ann.say(bot.ann.chat, "/points")
    await bot.ann.edit(message, "/videos")
    updates = await bot.ok("getUpdates")
    assert updates[1]["edited_message"]["text"] == "/videos"
    assert updates[1]["edited_message"]["message_id"] == message.message_id


async def test_anonymous_administrators_all_have_one_id(bot: RawBot):
    group = bot.server.group(-100, "Mods", administrator=[bot.ann])
    await bot.ann.say(group, "/points", anonymous=True)
    message = (await bot.ok("getUpdates"))[0]["message"]
    assert (message["from"]["id"], message["sender_chat"]["id"]) == (1087968824, -100)


async def test_an_unknown_chat_is_refused(bot: RawBot):
    refusal = await bot.refused("sendMessage", chat_id=99, text="hi")
    assert refusal == "400 Bad Request: chat not found"


async def test_the_bot_may_not_write_first(bot: RawBot):
    bot.server.user(8, "bob")
    refusal = await bot.refused("sendMessage", chat_id=8, text="hi")
    assert refusal == "403 Forbidden: bot can't initiate conversation with a user"


async def test_the_bot_may_not_write_to_who_blocked_it(bot: RawBot):
    bot.ann.block()
    refusal = await bot.refused("sendMessage", chat_id=7, text="hi")
    assert refusal == "403 Forbidden: bot was blocked by the user"


async def test_a_group_without_the_bot_is_forbidden(bot: RawBot):
    group = bot.server.group(-100, "Creators")
    group.statuses[bot.server.world.bot.user_id] = "left"
    refusal = await bot.refused("sendMessage", chat_id=-100, text="hi")
    assert refusal == "403 Forbidden: bot is not a member of the supergroup chat"


async def test_members_have_their_status_in_a_chat(bot: RawBot):
    boss, stranger = bot.server.user(8, "boss"), bot.server.user(9, "stranger")
    bot.server.group(-100, "Mods", administrator=[boss], member=[bot.ann])
    statuses = [
        (await bot.ok("getChatMember", chat_id=-100, user_id=one.user_id))["status"]
        for one in (boss, bot.ann, stranger)
    ]
    assert statuses == ["administrator", "member", "left"]
    admins = await bot.ok("getChatAdministrators", chat_id=-100)
    assert [one["user"]["id"] for one in admins] == [8]


async def test_a_chat_tells_its_title(bot: RawBot):
    bot.server.group(-100, "Creators")
    assert (await bot.ok("getChat", chat_id=-100))["title"] == "Creators"


async def test_only_known_actions_are_shown(bot: RawBot):
    await bot.ok("sendChatAction", chat_id=7, action="typing")
    refusal = await bot.refused("sendChatAction", chat_id=7, action="dancing")
    assert refusal == "400 Bad Request: wrong parameter action in request"
    assert bot.ann.chat.actions == ["typing"]


async def test_menus_are_kept_by_scope(bot: RawBot):
    points = [{"command": "points", "description": "Your points"}]
    private = {"type": "all_private_chats"}
    await bot.ok("setMyCommands", commands=points, scope=private)
    assert await bot.ok("getMyCommands", scope=private) == points
    assert await bot.ok("getMyCommands") == []
    await bot.ok("deleteMyCommands", scope=private)
    assert await bot.ok("getMyCommands", scope=private) == []


@pytest.mark.parametrize("name", ["", "Points", "mod grant", "mod-grant", "p" * 33])
async def test_a_menus_names_are_lower_case_words(bot: RawBot, name: str):
    menu = [{"command": name, "description": "Your points"}]
    assert "BOT_COMMAND_INVALID" in await bot.refused("setMyCommands", commands=menu)


@pytest.mark.parametrize("description", ["", "x" * 257])
async def test_a_menus_descriptions_have_1_to_256_characters(bot: RawBot, description: str):
    menu = [{"command": "points", "description": description}]
    assert "command description" in await bot.refused("setMyCommands", commands=menu)


async def test_a_menu_has_100_commands_at_most(bot: RawBot):
    menu = [{"command": f"c{number}", "description": "x"} for number in range(101)]
    assert "BOT_COMMANDS_TOO_MUCH" in await bot.refused("setMyCommands", commands=menu)


async def test_injected_floods_tell_when_to_come_back(bot: RawBot):
    bot.server.inject(429, times=1, method="sendMessage", retry_after=3)
    refusal = await bot.refused("sendMessage", chat_id=7, text="hi")
    assert refusal == "429 Too Many Requests: retry after 3"
    await bot.ok("sendMessage", chat_id=7, text="hi")


async def test_injected_errors_leave_the_polling_alone(bot: RawBot):
    bot.server.inject(502, times=1)
    assert await bot.ok("getUpdates") == []
    assert await bot.refused("getMe") == "502 Bad Gateway"


async def test_menus_are_kept_by_language(bot: RawBot):
    points = [{"command": "points", "description": "Tus puntos"}]
    await bot.ok("setMyCommands", commands=points, language_code="es")
    assert await bot.ok("getMyCommands", language_code="es") == points
    assert await bot.ok("getMyCommands") == []
    refusal = await bot.refused("setMyCommands", commands=points, language_code="es-419")
    assert refusal == "400 Bad Request: invalid language code specified"


async def test_a_group_that_became_a_supergroup_tells_its_new_id(bot: RawBot):
    bot.server.group(-100, "Creators").moved_to = -100_777
    refusal = await bot.refused("sendMessage", chat_id=-100, text="hi")
    assert refusal == "400 Bad Request: group chat was upgraded to a supergroup chat"


async def test_a_document_comes_under_its_name(bot: RawBot):
    await bot.upload("sendDocument", {"document": b"{}"}, chat_id=7)
    assert (await bot.ann.chat.next_message()).document == ("document.png", b"{}")
    refusal = await bot.refused_upload("sendDocument", {"document": b""}, chat_id=7)
    assert refusal == "400 Bad Request: file must be non-empty"
