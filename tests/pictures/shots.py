"""Which replies stand in the README, and what is typed and pressed for them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

HANDLE = "humble.badger.demo"
"""Of whom moderators look something up: Eva's, the first of the leaderboard."""
Ask = Callable[[MemberActor, ChannelHandle], Awaitable[Any]]


@dataclass(frozen=True)
class Shot:
    """A picture's name, who asks, and how."""

    name: str
    ask: Ask
    who: str = "ana"
    in_the_office: bool = False
    posted: str = ""
    """The kind of what is then posted in the moderators' channel, which is drawn instead."""


def typed(name: str, **given: Any) -> Ask:
    async def ask(who: MemberActor, place: ChannelHandle) -> Any:
        return await who.slash(place, name, **given)

    return ask


def pressed(name: str, label: str, **given: Any) -> Ask:
    """Type a command, and press the first button whose label begins so."""

    async def ask(who: MemberActor, place: ChannelHandle) -> Any:
        first = await who.slash(place, name, **given)
        rows = first.response.components
        labels = [one["label"] for row in rows for one in row["components"] if "label" in one]
        whole = next(one for one in labels if one.startswith(label))
        await who.click(first.response, label=whole)
        return first

    return ask


async def receipt(who: MemberActor, place: ChannelHandle) -> Any:
    """Ask why the best of the settled videos earned what it did."""
    return await who.slash(place, "video", id=await best_settled(who, place))


async def appeal(who: MemberActor, place: ChannelHandle) -> Any:
    """Object to the likes of the best of the settled videos."""
    video = await best_settled(who, place)
    why = "TikTok shows 3,900 likes in the app"
    return await who.slash(place, "appeal", video=video, field="likes", reason=why)


async def creator(who: MemberActor, place: ChannelHandle) -> Any:
    """Look at a creator about whom there is something to know."""
    await who.slash(place, "mod creator note", creator=HANDLE, text="Prefers parcels by post")
    await who.slash(place, "mod grant", creator=HANDLE, amount=50, reason="helped a newcomer")
    return await who.slash(place, "mod creator show", creator=HANDLE)


async def best_settled(who: MemberActor, place: ChannelHandle) -> str:
    listed = await who.slash(place, "videos", sort="points")
    choices = [
        one
        for row in listed.response.components
        for each in row["components"]
        for one in each.get("options", ())
    ]
    best = next(one for one in choices if "~" not in one["label"])
    return str(best["value"].rpartition("|")[2])


SHOTS = (
    Shot("link", typed("link", handle="jolly.noodle.demo"), who="leo"),
    Shot("points", typed("points")),
    Shot("receipt", receipt),
    Shot("shop", typed("shop")),
    Shot("redeem", typed("redeem", reward="mug")),
    Shot("redeemed", pressed("redeem", "Redeem", reward="mug")),
    Shot("spanish", typed("points"), who="sol"),
    Shot("status", typed("mod status"), who="mia", in_the_office=True),
    Shot("queue", pressed("redeem", "Redeem", reward="signed-print"), "eva", posted="redemption"),
    Shot("appeal", appeal, "eva", posted="appeal"),
    Shot("creator", creator, "mia", in_the_office=True),
    Shot("simulate", typed("mod scoring simulate", weights="sentiment=0"), "mia", True),
)
