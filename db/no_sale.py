"""Why an order is refused."""

from db.refused import Refused


def withdrawn(reward_id: str) -> Refused:
    """Say that a reward is on sale no more."""
    return Refused("“{reward}” is not in the shop any more.", reward=reward_id)


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
