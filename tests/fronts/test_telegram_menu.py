"""Telegram's menus: what each audience sees, in each language, set only when it changed."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.command import COMMANDS
from bot.config import Settings
from bot.fronts.on_telegram import Front
from bot.language import LANGUAGES
from bot.sections import Telegram
from db.store import Store
from tests.fakes.bot_api import TOKEN, Server
from tests.fakes.bot_api_commands import small_commands
from tests.fakes.bot_api_stage import MODERATORS_ID, NOW, Stage, staged


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with small_commands():
        async with staged(tmp_path) as running:
            yield running


def shown(server: Server, scope: str, chat_id: int = 0, language: str = "") -> list[str]:
    menus = server.account.menus
    return [one["command"] for one in menus[scope, chat_id, 0, language]]


async def started_again(stage: Stage, chat_ids: tuple[int, ...] = (MODERATORS_ID,)) -> None:
    await stage.front.stop()
    stage.server.calls.clear()
    telegram = Telegram(moderator_chat_ids=chat_ids, api_url=stage.settings.telegram.api_url)
    settings = Settings(data_dir=stage.settings.data_dir, telegram=telegram)
    again = Front(settings, stage.store, lambda: NOW)
    await again.start(TOKEN)
    await again.stop()


async def test_menus_show_moderator_commands_to_moderators_alone(stage: Stage):
    everyone = shown(stage.server, "all_private_chats")
    moderators = shown(stage.server, "chat_administrators", MODERATORS_ID)
    assert "list" in everyone
    assert "mod_grant" not in everyone
    assert moderators == [*everyone, "mod_grant", "mod_secret"]


async def test_a_groups_menu_has_the_public_commands_alone(stage: Stage):
    in_groups = shown(stage.server, "all_group_chats")
    assert "list" in in_groups
    assert "mine" not in in_groups
    assert "mod_grant" not in in_groups


async def test_a_groups_menu_leads_to_points_and_help(tmp_path: Path):
    async with staged(tmp_path) as stage:
        assert {"points", "help"} <= set(shown(stage.server, "all_group_chats"))


async def test_each_menu_is_set_in_each_language(stage: Stage):
    menus = stage.server.account.menus
    languages = {"", *LANGUAGES} - {"en"}
    scopes = {(scope, chat_id) for scope, chat_id, _user, _language in menus}
    assert len(scopes) == 3
    assert {(*one, 0, code) for one in scopes for code in languages} == set(menus)
    assert shown(stage.server, "all_private_chats") == shown(
        stage.server, "all_private_chats", language="es"
    )


async def test_menus_that_did_not_change_are_not_set_again(stage: Stage):
    await started_again(stage)
    assert stage.server.called("setMyCommands") == []


async def test_only_a_menu_that_changed_is_set_again(stage: Stage):
    del COMMANDS["mod secret"]
    await started_again(stage)
    set_again = [one["scope"]["type"] for one in stage.server.called("setMyCommands")]
    assert set_again == ["chat_administrators"] * len(LANGUAGES)


async def test_the_menus_of_another_bot_say_nothing_of_ours(stage: Stage):
    file = stage.settings.data_dir / "telegram-commands.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"bot": 1}))
    await started_again(stage)
    assert len(stage.server.called("setMyCommands")) == 3 * len(LANGUAGES)


async def test_a_damaged_file_means_that_all_menus_are_set(stage: Stage):
    (stage.settings.data_dir / "telegram-commands.json").write_text("[1")
    await started_again(stage)
    assert len(stage.server.called("setMyCommands")) == 3 * len(LANGUAGES)


async def test_a_chat_that_is_the_moderators_no_more_loses_their_menu(stage: Stage):
    await started_again(stage, ())
    assert ("chat_administrators", MODERATORS_ID, 0, "") not in stage.server.account.menus


async def test_a_moderators_chat_without_the_bot_is_named_in_the_log(
    tmp_path: Path, sqlite_store: Store, caplog: pytest.LogCaptureFixture
):
    async with Server() as server:
        chats = Telegram(moderator_chat_ids=(-77,), api_url=server.base_url.removesuffix("/bot"))
        front = Front(Settings(data_dir=tmp_path, telegram=chats), sqlite_store, lambda: NOW)
        await front.start(TOKEN)
        await front.stop()
    assert caplog.text.count("telegram.moderator_chat_ids: chat -77 is unknown to the bot") == 1


def test_every_command_can_stand_in_a_menu():
    for name, one in COMMANDS.items():
        assert name.replace(" ", "_").isascii()
        assert len(name) <= 32
        assert 1 <= len(one.summary) <= 256
