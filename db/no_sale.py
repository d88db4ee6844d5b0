"""Why an order is refused."""

from datetime import datetime

from db.refused import Refused


def withdrawn(reward_id: str) -> Refused:
    """Say that a reward is on sale no more."""
    return Refused("“{reward}” is not in the shop any more.", reward=reward_id)


def paused(reason: str) -> Refused:
    """Say that nothing is redeemed just now, and why."""
    return Refused("The shop is paused: {reason}", reason=reason)


def not_yet(name: str, moment: datetime) -> Refused:
    """Say that a reward's time is still to come."""
    return Refused("{reward} is on sale from {moment} on.", reward=name, moment=moment)


def over(name: str, moment: datetime) -> Refused:
    """Say that a reward's time has passed."""
    return Refused("{reward} was on sale until {moment}.", reward=name, moment=moment)


def changed(name: str) -> Refused:
    """Say that a reward's terms are not those that were agreed to."""
    return Refused("{reward} was changed just now; please look at the shop again.", reward=name)


def sold_out(name: str) -> Refused:
    """Say that nothing is left."""
    return Refused("{reward} is sold out; nothing was taken.", reward=name)


def limited(name: str, limit: int, taken: int) -> Refused:
    """Say that a creator had as many as each may have."""
    return Refused(
        "{reward} is limited to {limit} for each creator, and you have had {taken}.",
        reward=name,
        limit=limit,
        taken=taken,
    )


def few_followers(name: str, needed: int, seen: int | None) -> Refused:
    """Say that a creator has too few followers, or that nobody has seen how many."""
    if seen is None:
        return Refused(
            "{reward} needs {needed} followers, and how many you have is not known yet; "
            "it comes with the programme's next figures.",
            reward=name,
            needed=needed,
        )
    return Refused(
        "{reward} needs {needed} followers; {seen} were seen last.",
        reward=name,
        needed=needed,
        seen=seen,
    )


def not_linked(name: str, days: int) -> Refused:
    """Say that nobody is linked, where a time of being linked is needed."""
    return Refused(
        "{reward} is for whoever has been linked for {count} day; nobody is linked here.",
        plural="{reward} is for whoever has been linked for {count} days; nobody is linked here.",
        count=days,
        reward=name,
    )


def linked_lately(name: str, days: int, moment: datetime) -> Refused:
    """Say that a person has not been linked long enough, and when they will have been."""
    return Refused(
        "{reward} is for whoever has been linked for {count} day: you can have it from "
        "{moment} on.",
        plural="{reward} is for whoever has been linked for {count} days: you can have it from "
        "{moment} on.",
        count=days,
        reward=name,
        moment=moment,
    )


def price_changed(name: str, shown: int, now: int) -> Refused:
    """Say that a reward has another price than the one that was shown."""
    return Refused(
        "{reward} costs {count} point now, no longer {shown}; nothing was taken. "
        "Send /redeem again to see the new price.",
        plural="{reward} costs {count} points now, no longer {shown}; nothing was taken. "
        "Send /redeem again to see the new price.",
        count=now,
        reward=name,
        shown=shown,
    )
