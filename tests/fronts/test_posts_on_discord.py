"""Posts on Discord: they stand in the moderators' channel, and their buttons are moderators'."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from discord.http import Route
from simcord import Env

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.announcer import Announcer, places
from bot.config import Settings
from bot.fronts import Blocked, Gone, NotSent, Unclear
from bot.fronts.on_discord import Front
from bot.presence import Presence
from bot.reply import Button, Reply
from bot.sections import Discord
from bot.sending import Pace
from db import shop
from db.models import Redemption
from db.store import Store
from tests.db.programme import mug, open_creators, open_shop, order
from tests.fakes.discord_payloads import TOKEN
from tests.fakes.discord_server import DiscordServer, Fault, discord_server
from tests.fakes.discord_world import NOON, World, embed_of, world_of
from tests.fakes.untouched import Untouched
from tests.notices_world import SECOND, Clock

pytestmark = pytest.mark.simcord(settle_timeout=30)
NEWS = Reply(title="Queue", text="Two wait.", buttons=(Button("Queue", "mod queue"),))


@dataclass
class Office:
    """A moderators' channel, and who announces there."""

    world: World
    announcer: Announcer
    clock: Clock
    store: Store

    async def look(self) -> None:
        await self.announcer.look()
        await self.announcer.finish()
        await self.world.env.settle()
        self.clock.turn(SECOND)

    @property
    def posts(self) -> list[Any]:
        return list(self.world.office.history())

    async def state(self) -> str:
        def read(session: Any) -> str:
            return str(session.query(Redemption).one().state)

        return await self.store.read(read)


def tour(session: Any) -> None:
    """Ann wants a mug, which a moderator has to approve."""
    open_creators(session, ann=500)
    open_shop(session, mug=mug(needs_approval=True))
    shop.redeem(session, order("ann", "o1"), NOON)


@pytest.fixture
async def office(sqlite_store: Store, simcord_env: Env, tmp_path: Path) -> Office:
    await sqlite_store.write(tour)
    world, clock = await world_of(simcord_env, tmp_path, sqlite_store), Clock(NOON)
    front = Front(world.settings, sqlite_store, clock, Presence())
    await simcord_env.restart_bot(front.client)
    where = places(world.settings, {"discord": front})
    given = (world.settings, sqlite_store, {"discord": front}, Presence(), clock)
    return Office(world, Announcer(*given, Pace(clock), where), clock, sqlite_store)


async def test_a_moderator_approves_by_a_button_and_the_post_is_edited(office: Office):
    await office.look()
    (post,) = office.posts
    assert post.embeds[0].title == r"Mug for \@ann"
    mo = office.world.moderator("Mo")
    answer = await mo.click(post, label="Approve")
    assert answer.ephemeral
    assert embed_of(answer).title == r"Approved: Mug for \@ann"
    assert await office.state() == "approved"
    await office.look()
    (post,) = office.posts
    assert post.embeds[0].title == r"Approved: Mug for \@ann"
    assert "Approved by Mo, 2 Mar 2026 12:00 UTC." in post.embeds[0].description


async def test_a_creator_is_refused_and_the_post_stays(office: Office):
    await office.look()
    (post,) = office.posts
    answer = await office.world.member("ann").click(post, label="Approve")
    assert answer.ephemeral
    assert await office.state() == "requested"
    await office.look()
    assert office.posts[0].embeds[0].title == r"Mug for \@ann"


async def test_a_reason_is_asked_for_where_one_is_needed(office: Office):
    await office.look()
    mo = office.world.moderator("Mo")
    window = await mo.click(office.posts[0], label="Reject")
    assert await office.state() == "requested"
    await mo.submit_modal(window, {"reason": "out of mugs"})
    assert await office.state() == "rejected"
    await office.look()
    assert office.posts[0].embeds[0].description.endswith("Why: out of mugs")
    assert not office.posts[0].components


async def test_nobody_is_mentioned_by_a_post(office: Office):
    await office.look()
    sent = [one for one in office.world.env.http_requests if one.path.endswith("/messages")]
    assert [one.json["allowed_mentions"] for one in sent] == [{"parse": []}]


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # as it was, at the end
    async with discord_server() as running:
        yield running


@pytest.fixture
async def front(server: DiscordServer, tmp_path: Path) -> AsyncIterator[Front]:
    settings = Settings(data_dir=tmp_path, discord=Discord(api_url=server.api_url))
    made = Front(settings, Untouched(), lambda: NOON, Presence())
    await made.start(TOKEN)
    yield made
    await made.stop()


async def test_a_post_that_is_sent_again_is_the_same_message(server: DiscordServer, front: Front):
    first = await front.post("77", NEWS, "n1")
    assert await front.post("77", NEWS, "n1") == first
    assert await front.post("77", NEWS, "n2") != first
    assert len(server.posts) == 2


async def test_an_edit_leaves_nothing_of_before(server: DiscordServer, front: Front):
    message_id = await front.post("77", NEWS, "n1")
    await front.edit("77", message_id, Reply(title="Queue", text="None waits."))
    body = server.posts["77", message_id]
    assert body["embeds"][0]["description"] == "None waits."
    assert (body["components"], body["attachments"]) == ([], [])


async def test_a_message_that_is_gone_is_told(front: Front):
    with pytest.raises(Gone):
        await front.edit("77", "4711", NEWS)


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [(403, 50001, Blocked), (403, 50013, Blocked), (404, 10003, Blocked), (400, 0, NotSent)],
)
async def test_a_channel_in_which_the_bot_may_not_write_is_told(
    server: DiscordServer, front: Front, status: int, code: int, told: type[Exception]
):
    server.faults += [Fault("/channels/77/", status, code=code)]
    with pytest.raises(told):
        await front.post("77", NEWS, "n1")


async def test_a_lost_answer_is_told(
    server: DiscordServer, front: Front, monkeypatch: pytest.MonkeyPatch
):
    async def no_sleep(_seconds: float) -> None:
        return

    monkeypatch.setattr("discord.http.asyncio.sleep", no_sleep)
    server.faults += [Fault("/channels/77/", 502)] * 5
    with pytest.raises(Unclear):
        await front.post("77", NEWS, "n1")


async def test_a_front_that_is_not_connected_posts_nothing(front: Front):
    await front.stop()
    with pytest.raises(NotSent):
        await front.post("77", NEWS, "n1")
    with pytest.raises(NotSent):
        await front.edit("77", "1", NEWS)
