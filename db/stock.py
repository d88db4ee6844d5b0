"""What redemptions take of a reward's stock and of its limit, given back and taken again.

Whatever happened, `stock` is `supplied` less the redemptions that took one and still stand.
"""

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from db.models import Redemption, Reward
from db.refused import Refused
from db.rewards import GIVEN_BACK
from db.upsert import rows_changed


def give_back(session: Session, one: Redemption) -> None:
    """Give one back where the redemption took one; a stock without an end stays without one.

    The row is changed in either case, so that whoever counts its redemptions waits.
    """
    if one.took_stock:
        more = update(Reward).where(Reward.reward_id == one.reward_id)
        session.execute(more.values(stock=Reward.stock + 1))


def take_again(session: Session, one: Redemption) -> None:
    """Take what was given back; `Refused` where the limit or the stock leave none.

    The creator's account is locked by now, so the count against the limit is exact.
    """
    name, limit = session.execute(
        select(Reward.name, Reward.limit_per_creator).where(Reward.reward_id == one.reward_id)
    ).one()
    if limit is not None and _others(session, one) >= limit:
        raise Refused(
            "{reward} is limited to {limit} for each creator, and they have had another since.",
            reward=name,
            limit=limit,
        )
    if one.took_stock and not _took(session, one.reward_id):
        raise Refused("{reward} is sold out since; there is none to take again.", reward=name)


def _others(session: Session, one: Redemption) -> int:
    others = select(func.count()).where(
        Redemption.creator_id == one.creator_id,
        Redemption.reward_id == one.reward_id,
        Redemption.redemption_id != one.redemption_id,
        Redemption.state.not_in(GIVEN_BACK),
    )
    return session.scalar(others) or 0


def _took(session: Session, reward_id: str) -> bool:
    is_left = or_(Reward.stock.is_(None), Reward.stock > 0)
    less = update(Reward).where(Reward.reward_id == reward_id, is_left)
    return bool(rows_changed(session.execute(less.values(stock=Reward.stock - 1))))
