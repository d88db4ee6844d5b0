"""Discord's front: a button that lacks something opens a window, which asks for it."""

from collections.abc import Iterator
from typing import Any

import discord
import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.command import COMMANDS
from tests.fakes.asking_commands import GIVES, PARCEL, WAITS, asking_commands
from tests.fakes.discord_world import World, embed_of, newcomer, start_anew, world_of

pytestmark = pytest.mark.simcord(settle_timeout=30)


@pytest.fixture
def done() -> Iterator[list[str]]:
    with asking_commands() as done:
        yield done


@pytest.fixture
def simcord_bot() -> discord.Client:
    return newcomer()


@pytest.fixture
async def world(simcord_env: Env, tmp_path: Any, done: list[str]) -> World:
    return await world_of(simcord_env, tmp_path)


async def opened(who: MemberActor, world: World, label: str) -> InteractionResult:
    queue = await who.slash(world.office, "mod queue")
    return await who.click(queue.response, label=label)


def fields(window: InteractionResult) -> list[tuple[str, str, bool]]:
    """The label, the argument and whether it has to be given, of each field."""
    assert window.modal is not None
    return [
        (one["label"], one["component"]["custom_id"], one["component"]["required"])
        for one in window.modal["components"]
    ]


async def test_a_press_opens_a_window_that_asks_for_what_is_missing(world: World):
    window = await opened(world.moderator("mo"), world, "Reject")
    assert window.modal is not None
    assert window.modal["title"] == "Reject a redemption"
    assert window.modal["custom_id"] == "fm:mod reject|r1|?"
    assert fields(window) == [("Why; the creator sees it", "reason", True)]
    field = window.modal["components"][0]["component"]
    assert (field["style"], field["max_length"]) == (discord.TextStyle.paragraph.value, 300)


async def test_what_is_sent_off_runs_the_command_under_its_own_key(world: World, done: list[str]):
    mo = world.moderator("mo")
    window = await opened(mo, world, "Reject")
    answer = await mo.submit_modal(window, {"reason": "out of mugs"})
    assert embed_of(answer).description == "Rejected r1: out of mugs"
    key, user_id, *words = done[0].split()
    assert (user_id, " ".join(words)) == (str(mo.id), "rejects r1: out of mugs")
    assert key.startswith("dc:")


async def test_the_answer_takes_the_place_of_the_pressers_own_message(world: World):
    mo = world.moderator("mo")
    window = await opened(mo, world, "Reject")
    answer = await mo.submit_modal(window, {"reason": "out of mugs"})
    assert world.first_answers()[-1]["type"] == discord.InteractionResponseType.message_update.value
    assert not answer.followups


async def test_a_post_in_a_channel_stays_and_the_answer_is_for_the_presser(world: World):
    post = await posted(world, "mod reject|r1|?")
    mo = world.moderator("mo")
    window = await mo.click(post, custom_id="fp:mod reject|r1|?")
    answer = await mo.submit_modal(window, {"reason": "out of mugs"})
    assert answer.ephemeral
    assert (await world.env.bot.get_channel(world.office.id).fetch_message(post.id)).content == "x"


async def posted(world: World, *calls: str) -> discord.Message:
    """A post of the bot's own, with a button for each call."""
    view = discord.ui.View(timeout=None)
    for call in calls:
        view.add_item(discord.ui.Button(label=call, custom_id=f"fp:{call}"))
    sent: discord.Message = await world.env.bot.get_channel(world.office.id).send("x", view=view)
    view.stop()
    return sent


async def test_a_window_is_understood_after_a_restart(world: World, done: list[str]):
    mo = world.moderator("mo")
    window = await opened(mo, world, "Reject")
    await start_anew(world)
    answer = await mo.submit_modal(window, {"reason": "out of mugs"})
    assert embed_of(answer).description == "Rejected r1: out of mugs"


async def test_no_window_is_kept_in_memory(world: World):
    await opened(world.moderator("mo"), world, "Reject")
    assert world.env.bot._connection._view_store._modals == {}


async def test_a_file_may_stand_for_words_where_the_command_takes_both(
    world: World, done: list[str]
):
    mo = world.moderator("mo")
    window = await opened(mo, world, "Fulfil")
    assert fields(window) == [
        ("A link, or a few words", "evidence", False),
        ("A picture of it", "picture", False),
    ]
    answer = await mo.submit_modal(window, {"picture": ("parcel.txt", PARCEL)})
    assert embed_of(answer).description == "Given, by nothing and parcel.txt (image/png)"


async def test_words_may_stand_for_a_file(world: World, done: list[str]):
    mo = world.moderator("mo")
    window = await opened(mo, world, "Fulfil")
    await mo.submit_modal(window, {"evidence": "by post"})
    assert done == ["r1 is given: by post, no picture"]


async def test_a_press_that_lacks_several_asks_for_each(world: World, done: list[str]):
    eve = world.member("eve")
    desk = await eve.slash(world.general, "desk")
    window = await eve.click(desk.response, label="Complain")
    assert fields(window) == [("In your words", "words", True), ("What is wrong", "why", True)]
    await eve.submit_modal(window, {"words": "it broke", "why": ["broken"]})
    assert done == [f"{eve.id} complains: broken, it broke, no order"]


async def test_a_button_without_a_required_argument_asks_unmarked_too(world: World):
    post = await posted(world, "mod reject|r1")
    window = await world.moderator("mo").click(post, custom_id="fp:mod reject|r1")
    assert fields(window) == [("Why; the creator sees it", "reason", True)]


# Nobody else


async def test_no_window_opens_for_who_may_not_run_the_command(world: World, done: list[str]):
    post = await posted(world, "mod reject|r1|?")
    refused = await world.member("eve").click(post, custom_id="fp:mod reject|r1|?")
    assert refused.modal is None
    assert refused.ephemeral
    assert (embed_of(refused).description or "").startswith("There is no /mod reject here")


async def test_who_may_not_any_more_is_refused_as_the_window_is_sent_off(
    world: World, done: list[str]
):
    mo = world.moderator("mo")
    window = await opened(mo, world, "Reject")
    await world.env.bot.http.remove_role(world.guild.id, mo.id, world.moderators.id)
    refused = await mo.submit_modal(window, {"reason": "out of mugs"})
    assert (embed_of(refused).description or "").startswith("There is no /mod reject here")
    assert done == []


async def test_a_window_of_another_time_asks_for_the_command_again(world: World):
    mo = world.moderator("mo")
    window = await opened(mo, world, "Reject")
    del COMMANDS["mod reject"]
    refused = await mo.submit_modal(window, {"reason": "out of mugs"})
    assert "older message" in (embed_of(refused).description or "")


# Files with a command


async def test_a_file_comes_as_an_option(world: World, done: list[str]):
    mo = world.moderator("mo")
    answer = await mo.slash(world.office, "mod fulfil", redemption="r1", picture=("p.png", PARCEL))
    assert embed_of(answer).description == "Given, by nothing and p.png (image/png)"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "picture is an empty file."),
        (PARCEL + b"0" * 8_000_001, "picture is at most 8 MB large, not 9 MB."),
    ],
)
async def test_a_file_that_is_too_large_or_empty_is_refused(
    world: World, done: list[str], content: bytes, words: str
):
    mo = world.moderator("mo")
    answer = await mo.slash(world.office, "mod fulfil", redemption="r1", picture=("p.png", content))
    assert (embed_of(answer).description, done) == (words, [])


async def test_a_file_of_who_may_not_run_the_command_is_not_even_fetched(
    world: World, done: list[str], monkeypatch: pytest.MonkeyPatch
):
    async def fetch(url: str) -> bytes:
        raise AssertionError("nothing is fetched")

    monkeypatch.setattr(world.env.bot.http, "get_from_cdn", fetch)
    refused = await world.member("eve").slash(
        world.office, "mod fulfil", redemption="r1", picture=("p.png", PARCEL)
    )
    assert (embed_of(refused).description or "").startswith("There is no /mod fulfil here")


async def test_a_file_that_discord_does_not_give_is_asked_for_again(
    world: World, done: list[str], monkeypatch: pytest.MonkeyPatch
):
    async def fetch(url: str) -> bytes:
        raise OSError("unreachable")

    monkeypatch.setattr(world.env.bot.http, "get_from_cdn", fetch)
    answer = await world.moderator("mo").slash(
        world.office, "mod fulfil", redemption="r1", picture=("p.png", PARCEL)
    )
    assert embed_of(answer).description == "picture could not be fetched; send it again."


def test_what_is_marked_fits_a_button():
    assert {len(one.call) + 2 <= 64 for one in (WAITS, GIVES)} == {True}
