"""The shop's rewards: what is on sale, and how moderators change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from db.models import Redemption, Reward
from db.refused import Refused
from db.upsert import insert

REQUESTED, APPROVED, FULFILLED = "requested", "approved", "fulfilled"
REJECTED, REFUNDED = "rejected", "refunded"
GIVEN_BACK = (REJECTED, REFUNDED)
"""States in which a redemption counts no longer against stock and limit."""


@dataclass(frozen=True, slots=True)
class OnSale:
    """A reward as the shop shows it, to one creator."""

    reward_id: str
    name: str
    amount: int
    exposure: str
    stock: int | None
    limit_per_creator: int | None
    needs_approval: bool
    taken: int = 0
    """How many this creator has already."""

    @property
    def available(self) -> bool:
        """Whether stock and limit leave one for this creator."""
        within = self.limit_per_creator is None or self.taken < self.limit_per_creator
        return within and self.stock != 0


Said = dict[str, str | int | None]
"""Terms by name, as the table keeps them."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a moderator says of a reward; None leaves a term as it is when a reward is edited."""

    name: str | None = None
    amount: int | None = None
    exposure: str | None = None
    stock: int | None = None
    limit_per_creator: int | None = None
    needs_approval: bool | None = None

    def said(self) -> Said:
        """Return the terms that were said, as the table keeps them."""
        given = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: int(value) if isinstance(value, bool) else value
            for name, value in given.items()
            if value is not None
        }


def on_sale(session: Session, creator_id: str | None = None) -> Sequence[OnSale]:
    """Return all rewards that are not retired, cheapest first."""
    counts = _taken_by(creator_id)
    rows = session.execute(
        select(Reward, func.coalesce(counts.c.taken, 0))
        .outerjoin(counts, counts.c.reward_id == Reward.reward_id)
        .where(Reward.retired_at.is_(None))
        .order_by(Reward.amount, Reward.reward_id)
    )
    return [_shown(reward, taken) for reward, taken in rows]


def find(session: Session, reward_id: str, creator_id: str | None = None) -> OnSale:
    """Return one reward by id or name; `Refused` where it is not on sale."""
    wanted = reward_id.strip().lower()
    rewards = on_sale(session, creator_id)
    for one in rewards:
        if wanted in {one.reward_id, one.name.lower()}:
            return one
    names = ", ".join(one.reward_id for one in rewards[:10])
    if not names:
        raise Refused("“{reward}” is not in the shop. On sale: nothing yet.", reward=reward_id)
    raise Refused("“{reward}” is not in the shop. On sale: {names}.", reward=reward_id, names=names)


def add(session: Session, reward_id: str, terms: Terms, now: datetime) -> None:
    """Put a new reward on sale; `Refused` where its id is taken."""
    row = terms.said() | {"reward_id": reward_id, "created_at": now}
    statement = insert(session, Reward).on_conflict_do_nothing().returning(Reward.reward_id)
    if session.execute(statement, row).first() is None:
        raise Refused(
            "There is a reward {reward} already; /mod reward edit changes it.", reward=reward_id
        )


def edit(session: Session, reward_id: str, terms: Terms) -> tuple[Said, Said]:
    """Change the terms that were said; return those terms before and after."""
    reward = _existing(session, reward_id)
    said = terms.said()
    before: Said = {name: getattr(reward, name) for name in said}
    for name, value in said.items():
        setattr(reward, name, value)
    return before, dict(said)


def retire(session: Session, reward_id: str, now: datetime) -> None:
    """Take a reward off sale; what was redeemed stays."""
    reward = _existing(session, reward_id)
    if reward.retired_at is not None:
        raise Refused("{reward} is retired already.", reward=reward.name)
    reward.retired_at = now


def _existing(session: Session, reward_id: str) -> Reward:
    reward = session.get(Reward, reward_id.strip().lower(), with_for_update=True)
    if reward is None:
        raise Refused("There is no reward {reward}.", reward=reward_id)
    return reward


def _taken_by(creator_id: str | None) -> Subquery:
    return (
        select(Redemption.reward_id, func.count().label("taken"))
        .where(Redemption.creator_id == creator_id, Redemption.state.not_in(GIVEN_BACK))
        .group_by(Redemption.reward_id)
        .subquery()
    )


def _shown(reward: Reward, taken: int) -> OnSale:
    return OnSale(
        reward.reward_id,
        reward.name,
        reward.amount,
        reward.exposure,
        reward.stock,
        reward.limit_per_creator,
        bool(reward.needs_approval),
        taken,
    )
