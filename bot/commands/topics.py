"""The moderators' commands by what they are about: too many for one list."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.command import Command
from bot.language import N_

MOD = "mod"
"""What every moderators' command begins with."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Some commands under a heading; typed `mod KEY`, like the commands themselves."""

    key: str
    heading: str
    words: tuple[str, ...]
    """What comes after `mod` in its commands: a command's own word, or its group's."""

    @property
    def name(self) -> str:
        """What asks for it."""
        return f"{MOD} {self.key}"

    def of(self, commands: Iterable[Command]) -> list[Command]:
        """Return its commands among these."""
        return [one for one in commands if _word(one.name) in self.words]


TOPICS = (
    Topic("redemptions", N_("Redemptions"), ("queue", "approve", "reject", "fulfil", "refund")),
    Topic(
        "ledger",
        N_("Points and undoing"),
        ("points", "grant", "deduct", "reverse", "confirm", "undo", "undo-run"),
    ),
    Topic("creator", N_("Creators"), ("verify", "disputes", "resolve", "creator")),
    Topic("video", N_("Videos and appeals"), ("video", "appeal")),
    Topic("reward", N_("Rewards and the shop"), ("reward", "shop")),
    Topic("scoring", N_("Scoring and seasons"), ("refresh", "scoring", "sentiment")),
    Topic("record", N_("The record and the programme"), ("status", "record")),
)


def _word(name: str) -> str:
    first, *rest = name.split()
    return rest[0] if first == MOD and rest else ""


def shown(commands: Iterable[Command]) -> list[tuple[Topic, list[Command]]]:
    """Return the topics of which there are commands among these."""
    offered = list(commands)
    return [(one, found) for one in TOPICS if (found := one.of(offered))]


def under(name: str, commands: Iterable[Command]) -> tuple[str, list[Command]]:
    """Return the heading and the commands of a topic, or of a group such as `mod shop`."""
    offered = list(commands)
    topic = next((one for one in TOPICS if one.name == name), None)
    if topic is not None:
        return topic.heading, topic.of(offered)
    return f"/{name}", [one for one in offered if one.name.startswith(f"{name} ")]
