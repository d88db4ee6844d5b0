"""The shop's shelf: what is on sale at a moment, at which price, and whether a creator may have it.

The shop, the question before an order and the order itself ask the same rules, here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from db import no_sale, pauses
from db.models import Creator, Pause, Person, Redemption, Reward
from db.refused import Refused
from db.rewards import GIVEN_BACK


@dataclass(frozen=True, slots=True)
class OnSale:
    """A reward as the shop shows it, to one creator."""

    reward_id: str
    name: str
    amount: int
    """Its price now."""
    exposure: str
    stock: int | None
    limit_per_creator: int | None
    needs_approval: bool
    taken: int = 0
    """How many this creator has already."""
    next_amount: int | None = None
    next_amount_at: datetime | None = None
    """The announced price and its time, while that is still to come."""
    min_followers: int | None = None
    linked_days: int | None = None
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    deliver_days: int | None = None
    handle: str | None = None
    """The creator's."""
    followers: int | None = None
    """The creator's, as last seen; None where nobody has seen them."""
    linked_at: datetime | None = None
    """Since when a person is linked to the creator."""
    paused: str | None = None
    """Why nothing is redeemed just now."""
    now: datetime | None = field(default=None, compare=False)
    """The moment of which all this is said."""

    @property
    def available(self) -> bool:
        """Whether this creator may have one, points aside."""
        return self.refusal is None

    @property
    def refusal(self) -> Refused | None:
        """Return the first rule that stands against it for this creator, in words."""
        rules = (self._paused, self._out_of_time, self._used_up, self._lacking)
        return next((found for rule in rules if (found := rule()) is not None), None)

    @property
    def opens_at(self) -> datetime | None:
        """When it goes on sale, where that is still to come."""
        later = self.now is not None and self.sale_from is not None and self.sale_from > self.now
        return self.sale_from if later else None

    @property
    def has_followers(self) -> bool:
        """Whether the creator has as many followers as it needs; unknown is not enough."""
        return self.min_followers is None or (self.followers or 0) >= self.min_followers

    @property
    def ripens_at(self) -> datetime | None:
        """When its person will have been linked long enough; None where they are, or nobody is."""
        if self.linked_days is None or self.linked_at is None or self.now is None:
            return None
        ripe = self.linked_at + timedelta(days=self.linked_days)
        return ripe if ripe > self.now else None

    def _paused(self) -> Refused | None:
        return None if self.paused is None else no_sale.paused(self.paused)

    def _out_of_time(self) -> Refused | None:
        if self.opens_at is not None:
            return no_sale.not_yet(self.name, self.opens_at)
        if self.now is not None and self.sale_until is not None and self.sale_until <= self.now:
            return no_sale.over(self.name, self.sale_until)
        return None

    def _used_up(self) -> Refused | None:
        if self.stock == 0:
            return no_sale.sold_out(self.name)
        if self.limit_per_creator is not None and self.taken >= self.limit_per_creator:
            return no_sale.limited(self.name, self.limit_per_creator, self.taken)
        return None

    def _lacking(self) -> Refused | None:
        if self.min_followers is not None and not self.has_followers:
            return no_sale.few_followers(self.name, self.min_followers, self.followers)
        if self.linked_days is not None and self.linked_at is None:
            return no_sale.not_linked(self.name, self.linked_days)
        if self.linked_days is not None and self.ripens_at is not None:
            return no_sale.linked_lately(self.name, self.linked_days, self.ripens_at)
        return None


# These run for every redemption or look at the shop, so they are built once.
BY: BindParameter[str] = bindparam("by")
NOW: BindParameter[datetime] = bindparam("now", type_=Reward.next_amount_at.type)
_PAUSED = select(Pause.reason).where(Pause.what == pauses.SHOP, Pause.ended_at.is_(None))
_LINKED_AT = select(Person.linked_at).where(Person.creator_id == BY)
_TERMS = (one for one in Reward.__table__.c if one.name not in {"created_at", "supplied"})
LOOK = select(
    *_TERMS,
    Creator.handle,
    Creator.follower_count,
    _LINKED_AT.scalar_subquery().label("linked_at"),
    _PAUSED.scalar_subquery().label("paused"),
).outerjoin_from(Reward, Creator, Creator.creator_id == BY)
"""Rewards with what their rules are held against."""

Found = Row[*tuple[Any, ...]]
"""A row of what was looked at."""

PRICE = case((Reward.next_amount_at <= NOW, Reward.next_amount), else_=Reward.amount)
_COUNTS = (
    select(Redemption.reward_id, func.count().label("taken"))
    .where(Redemption.creator_id == BY, Redemption.state.not_in(GIVEN_BACK))
    .group_by(Redemption.reward_id)
    .subquery()
)
_SHELF = (
    LOOK.add_columns(func.coalesce(_COUNTS.c.taken, 0).label("taken"))
    .outerjoin(_COUNTS, _COUNTS.c.reward_id == Reward.reward_id)
    .where(Reward.retired_at.is_(None), or_(Reward.sale_until.is_(None), Reward.sale_until > NOW))
    .order_by(PRICE, Reward.reward_id)
)


def on_sale(session: Session, now: datetime, creator_id: str | None = None) -> Sequence[OnSale]:
    """Return all rewards that are not retired, nor past their time, cheapest first.

    Those whose time is still to come are among them.
    """
    rows = session.connection().execute(_SHELF, {"by": creator_id, "now": now})
    return [shown(one, now, one.taken) for one in rows]


def find(session: Session, reward_id: str, now: datetime, creator_id: str | None = None) -> OnSale:
    """Return one reward by id or name; `Refused` where it is not on sale."""
    wanted = reward_id.strip().lower()
    rewards = on_sale(session, now, creator_id)
    for one in rewards:
        if wanted in {one.reward_id, one.name.lower()}:
            return one
    names = ", ".join(one.reward_id for one in rewards[:10])
    if not names:
        raise Refused("“{reward}” is not in the shop. On sale: nothing yet.", reward=reward_id)
    raise Refused("“{reward}” is not in the shop. On sale: {names}.", reward=reward_id, names=names)


def shown(one: Found, now: datetime, taken: int = 0) -> OnSale:
    """Return a row of the shelf as of a moment."""
    changed = one.next_amount_at is not None and one.next_amount_at <= now
    return OnSale(
        one.reward_id,
        one.name,
        one.next_amount if changed else one.amount,
        one.exposure,
        one.stock,
        one.limit_per_creator,
        bool(one.needs_approval),
        taken,
        next_amount=None if changed else one.next_amount,
        next_amount_at=None if changed else one.next_amount_at,
        min_followers=one.min_followers,
        linked_days=one.linked_days,
        sale_from=one.sale_from,
        sale_until=one.sale_until,
        deliver_days=one.deliver_days,
        handle=one.handle,
        followers=one.follower_count,
        linked_at=one.linked_at,
        paused=one.paused,
        now=now,
    )
