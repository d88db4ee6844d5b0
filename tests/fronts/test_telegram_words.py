"""What Telegram's front says by itself: in the person's language, and drawn as Telegram allows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram.error import Conflict, NetworkError

from bot.command import COMMANDS, Call, command
from bot.fronts.on_telegram_asking import keyboard
from bot.fronts.on_telegram_leaving import Complaints
from bot.fronts.on_telegram_lines import shared_line
from bot.language import Speech, _, speaking
from bot.reply import Button, File, Link, Menu, Reply
from tests.fakes.bot_api_commands import small_commands
from tests.fakes.bot_api_stage import Stage, staged
from tests.fakes.bot_api_world import User

SPANISH = Speech("es")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with small_commands():
        _declare()
        async with staged(tmp_path) as running:
            yield running


def _declare() -> None:
    @command("export", "Send a file")
    async def export(call: Call) -> Reply:
        return Reply(text="All of it.", file=File(b'{"a": 1}', "mydata.json"))

    @command("bare", "Send nothing but a file")
    async def bare(call: Call) -> Reply:
        return Reply(file=File(b"x", "bare.txt"))

    @command("chosen", "Offer choices")
    async def chosen(call: Call) -> Reply:
        return Reply(text="Which one?", menu=MENU, buttons=BUTTONS, links=LINKS)


MENU = Menu("Redeem", (Button("Mug", "no"), Button("Story", "mine")))
BUTTONS = (Button("‹", "list|1"), Button("›", "list|2"))
LINKS = (Link("Open the page", "https://example.org/"),)


def spanish(text: str, **values: object) -> str:
    with speaking(SPANISH):
        return _(text, **values)


@pytest.fixture
def eva(stage: Stage) -> User:
    """Somebody whose Telegram speaks Spanish."""
    person = stage.server.user(31, "eva", "es-419")
    stage.creators.statuses[31] = "member"
    return person


# Languages


async def test_plain_words_are_answered_in_the_persons_language(stage: Stage, eva: User):
    await eva.say(eva.chat, "hola")
    text = "Commands begin with a slash, such as /points. /help lists them all."
    assert (await eva.chat.next_message()).text == spanish(text)


async def test_an_invitation_is_in_the_persons_language(stage: Stage, eva: User):
    await eva.say(stage.creators, "/mine")
    invitation = await stage.creators.next_message()
    said = "I answer /{command} in private. Open our chat and press Start."
    assert invitation.text == spanish(said, command="mine")
    assert invitation.labels == [spanish("Open our private chat")]
    stage.server.refused.clear()


async def test_a_question_is_in_the_persons_language(stage: Stage, eva: User):
    await eva.say(eva.chat, "/endless")
    question = (await eva.chat.next_message()).text
    assert question.endswith(spanish("Press one, or type it after the command."))


async def test_an_unknown_command_is_told_in_the_persons_language(stage: Stage, eva: User):
    await eva.say(eva.chat, "/weather")
    said = spanish("There is no /{typed}. /help lists what you can use.", typed="weather")
    assert (await eva.chat.next_message()).text == f"⚠️ {said}"


async def test_a_private_button_in_a_group_says_where_in_the_persons_language(
    stage: Stage, eva: User
):
    eva.chat.is_started = True
    await stage.ann.say(stage.creators, "/list")
    press = await eva.press(await stage.creators.next_message(), "Mine")
    assert (await press.answered())["text"] == spanish("I answer in our private chat.")


# Deep links


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("/start connect-FP-AB12-CD34", "/connect FP-AB12-CD34"),
        ("/start Connect-x", "/connect x"),
        ("/start mine", "/mine"),
        ("/start connectx", "/start"),
        ("/start", "/start"),
    ],
)
def test_a_deep_link_opens_a_command_and_carries_nothing_but_a_code(typed: str, line: str):
    with small_commands():
        assert shared_line(typed, "fairpoints_test_bot", private_chat=True) == line
        assert "start" in COMMANDS


# Buttons, links and files


async def test_a_menu_stands_one_a_row_above_the_buttons_and_links(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/chosen")
    message = await stage.ann.chat.next_message()
    rows = [[one["text"] for one in row] for row in message.buttons]
    assert rows == [["Mug"], ["Story"], ["‹", "›"], ["Open the page"]]
    assert message.button("Open the page")["url"] == "https://example.org/"
    await stage.ann.press(message, "Story")
    await message.edited()
    assert "For your eyes only." in message.text


def test_a_message_has_a_hundred_buttons_at_most():
    many = Menu("All", tuple(Button(str(one), "no") for one in range(200)))
    markup = keyboard(Reply(menu=many))
    assert markup is not None
    assert sum(map(len, markup.inline_keyboard)) == 100


async def test_a_file_comes_as_a_document_below_the_text(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/export")
    text, file = [await stage.ann.chat.next_message() for _at in range(2)]
    assert (text.text, text.document) == ("All of it.", None)
    assert file.document == ("mydata.json", b'{"a": 1}')


async def test_a_file_may_come_without_words(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/bare")
    assert (await stage.ann.chat.next_message()).document == ("bare.txt", b"x")


async def test_a_press_that_is_answered_with_a_file_leaves_its_message(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/list")
    message = await stage.ann.chat.next_message()
    message.buttons = [[{"text": "Export", "callback_data": "export"}]]
    await stage.ann.press(message, "Export")
    sent = [await stage.ann.chat.next_message() for _at in range(2)]
    assert [one.document is None for one in sent] == [True, False]
    assert message.edits == 0


# What is logged while cut off


def test_a_complaint_that_stays_true_is_logged_once_a_minute(caplog: pytest.LogCaptureFixture):
    time = [0.0]
    complaints = Complaints(lambda: time[0])
    for seconds in (0, 1, 59, 60, 61):
        time[0] = float(seconds)
        complaints.hear(Conflict("another"))
        complaints.hear(NetworkError("away"))
    said = [one.message for one in caplog.records]
    assert len([one for one in said if "another program polls" in one]) == 2
    assert len([one for one in said if "can't be polled" in one]) == 2
