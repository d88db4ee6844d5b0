"""Commands' names on Telegram, which knows neither blanks nor hyphens in them."""

import pytest

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.command import COMMANDS
from bot.fronts.on_telegram_lines import shared_line
from bot.fronts.on_telegram_text import command_name, pieces
from bot.reply import Reply


def test_no_two_commands_are_called_alike():
    assert len({command_name(name) for name in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_name_leads_back_to_its_command(name: str):
    assert shared_line(f"/{command_name(name)} x", "bot", private_chat=False) in {
        f"/{name} x",
        "/start",
    }


def test_a_run_is_not_taken_for_an_act():
    line = shared_line("/mod_undo_run intake-7", "bot", private_chat=True)
    assert line == "/mod undo-run intake-7"
    assert shared_line("/mod_undo 7", "bot", private_chat=True) == "/mod undo 7"


def test_in_a_reply_commands_are_written_as_they_are_typed_here():
    said = Reply(text="/mod undo-run takes a run back, /mod undo an act, /mod reward add adds one")
    assert pieces(said) == [
        "/mod_undo_run takes a run back, /mod_undo an act, /mod_reward_add adds one"
    ]


def test_a_group_of_commands_has_a_name_too():
    assert shared_line("/mod_reward", "bot", private_chat=False) == "/mod reward"
    assert shared_line("/mod", "bot", private_chat=False) == "/mod"
