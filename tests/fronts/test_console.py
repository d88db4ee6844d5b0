import io
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.command import Call, Caller, command
from bot.config import Settings
from bot.fronts.on_console import Part, Talk, chat, once
from bot.reply import Refused, Reply, Tone
from db.store import Store
from tests.fronts.console_world import small_programme, store_of


@pytest.fixture(autouse=True)
def programme() -> Iterator[None]:
    with small_programme():
        yield


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str) -> Settings:
    return Settings(data_dir=tmp_path, database_url=SecretStr(sqlite_url))


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with store_of(settings, "ana", "anabel", "zoe") as opened:
        yield opened


def talk(settings: Settings, store: Store) -> Talk:
    return Talk(settings, store, Caller("console", "you", "you"))


# One line, one reply


async def test_a_number_presses_the_button_that_the_last_reply_showed(
    settings: Settings, store: Store
):
    here = talk(settings, store)

    asked = await here.answer("/redeem mug")
    done = await here.answer("1")

    assert [one.label for one in asked.buttons] == ["Redeem for 150 points", "Cancel"]
    assert (done.text, done.tone) == ("Done: mug", Tone.GOOD)


async def test_a_number_means_nothing_once_another_command_was_answered(
    settings: Settings, store: Store
):
    here = talk(settings, store)
    await here.answer("/redeem mug")
    await here.answer("/points")

    late = await here.answer("1")

    assert late == Reply(
        text="There is no choice 1 now. Please send the command again.", tone=Tone.REFUSED
    )


async def test_a_wrong_number_names_the_right_ones_and_keeps_them(settings: Settings, store: Store):
    here = talk(settings, store)
    await here.answer("/redeem mug")

    wrong = await here.answer("3")
    right = await here.answer("2")

    assert wrong.text == "There is no choice 3 now. You can choose 1 or 2."
    assert right.title == "Points"


async def test_a_buttons_call_can_be_typed(settings: Settings, store: Store):
    reply = await talk(settings, store).answer("videos|likes|2")

    assert reply.text == "page 2 by likes"


async def test_an_unknown_command_is_answered_with_a_near_name(settings: Settings, store: Store):
    reply = await talk(settings, store).answer("/vidoes")

    assert reply.text == "There is no /vidoes. Did you mean /videos?"
    assert reply.tone is Tone.REFUSED


async def test_a_missing_argument_is_answered_with_usage_and_examples(
    settings: Settings, store: Store
):
    reply = await talk(settings, store).answer("/redeem")

    assert (
        reply.text == "/redeem reward: reward is missing (which reward). Type it after the command."
    )
    assert reply.note == 'reward can be mug, map, "hot drink"'
    assert reply.tone is Tone.REFUSED


async def test_a_refusal_for_another_reason_carries_no_examples(settings: Settings, store: Store):
    reply = await talk(settings, store).answer("/redeem boat")

    assert reply == Reply(text="There is no boat.", tone=Tone.REFUSED)


async def test_a_missing_argument_tells_nothing_of_a_command_that_is_not_theirs(
    settings: Settings, store: Store
):
    reply = await talk(settings, store).answer("/mod grant")

    assert reply == Reply(
        text="There is no /mod grant here. /help lists what you can use.", tone=Tone.REFUSED
    )


async def test_each_request_has_a_key_of_its_own_and_the_time_in_utc(
    settings: Settings, store: Store
):
    seen: list[Call] = []

    async def look(call: Call) -> Reply:
        seen.append(call)
        return Reply()

    command("look", "Look")(look)
    here = talk(settings, store)
    before = datetime.now(UTC)
    for _ in range(3):
        await here.answer("/look")

    assert len({one.key for one in seen}) == 3
    assert all(one.key.startswith("cli:") for one in seen)
    assert before <= seen[0].now <= datetime.now(UTC)


# Scripts


async def test_a_script_whose_replies_are_all_given_ends_with_0(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    lines = ["/videos likes", "", "1"]

    code = await once(settings, store, lines, Part())

    assert code == 0
    assert capsys.readouterr().out == (
        "page 1 by likes\n\n[1] Next\n\npage 2 by likes\n\n[1] Next\n\n"
    )


async def test_a_script_with_one_refusal_goes_on_and_ends_with_1(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    lines = ["/redeem boat", "/videos"]

    code = await once(settings, store, lines, Part())

    assert code == 1
    assert capsys.readouterr().out == ("✗ There is no boat.\n\npage 1 by points\n\n[1] Next\n\n")


async def test_a_script_plays_the_creator_that_it_names(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    code = await once(settings, store, ["points"], Part(as_handle="@Ana"))

    assert code == 0
    assert "of id-ana" in capsys.readouterr().out
    (picture,) = (settings.data_dir / "pictures").iterdir()
    assert picture.read_bytes() == b"\x89PNG"


async def test_without_a_handle_the_caller_is_a_person_who_can_be_linked(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    await once(settings, store, ["points"], Part())

    assert "of console:you" in capsys.readouterr().out


async def test_a_moderator_may_moderate_on_the_console(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    lines = ["/mod grant ana 5 for the best video"]

    assert await once(settings, store, lines, Part(moderator=True)) == 0
    assert capsys.readouterr().out == "✓ console:moderator: ana 5 for the best video\n\n"
    assert await once(settings, store, lines, Part(as_handle="ana")) == 1


async def test_an_unknown_handle_is_refused_with_near_ones(settings: Settings, store: Store):
    with pytest.raises(
        Refused, match=r"^There is no creator @anabell\. There is: @anabel, @ana\.$"
    ):
        await once(settings, store, ["points"], Part(as_handle="Anabell"))


async def test_a_handle_like_no_other_is_refused_with_some_that_there_are(
    settings: Settings, store: Store
):
    with pytest.raises(Refused, match=r"There is: @ana, @anabel, @zoe\.$"):
        await once(settings, store, ["points"], Part(as_handle="qqq"))


async def test_piped_lines_are_answered_like_a_script(
    settings: Settings,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(sys, "stdin", io.StringIO("/videos\n\n/quit\n/points\n"))

    await chat(settings, store, Part())

    assert capsys.readouterr().out == "page 1 by points\n\n[1] Next\n\n"
