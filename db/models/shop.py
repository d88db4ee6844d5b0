"""Rewards, and what creators asked for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Whole
from db.models.base import STRICT, Base, Id, references


class Reward(Base):
    """What points can be spent on."""

    __tablename__ = "rewards"
    __table_args__ = (
        CheckConstraint("amount > 0", name="price_positive"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("limit_per_creator > 0", name="limit_positive"),
        CheckConstraint("next_amount > 0", name="next_price_positive"),
        CheckConstraint(
            "(next_amount IS NULL) = (next_amount_at IS NULL)", name="next_price_has_its_time"
        ),
        STRICT,
    )

    reward_id: Mapped[Id]
    name: Mapped[str]
    amount: Mapped[int]
    """Its price in points."""
    exposure: Mapped[str]
    """What is given."""
    stock: Mapped[int | None]
    """None: no end."""
    limit_per_creator: Mapped[int | None]
    needs_approval: Mapped[int] = mapped_column(Whole, default=0)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    supplied: Mapped[int | None]
    """All that there ever were: `stock` and what redemptions have taken of it. None: no end."""
    min_followers: Mapped[int | None]
    linked_days: Mapped[int | None]
    """For how many days a person must have been linked."""
    sale_from: Mapped[datetime | None]
    sale_until: Mapped[datetime | None]
    deliver_days: Mapped[int | None]
    """Within how many days it is promised to be given."""
    next_amount: Mapped[int | None]
    """The announced price; `amount` until `next_amount_at`."""
    next_amount_at: Mapped[datetime | None]


class Redemption(Base):
    """A reward asked for by a creator."""

    __tablename__ = "redemptions"
    __table_args__ = (
        CheckConstraint(
            "state IN ('requested', 'approved', 'fulfilled', 'rejected', 'refunded')",
            name="state_known",
        ),
        Index("redemptions_by_creator", "creator_id", "reward_id"),
        Index("redemptions_by_state", "state", "creation_date"),
        Index("redemptions_by_reward", "reward_id"),
        STRICT,
    )

    redemption_id: Mapped[Id]
    key: Mapped[str] = mapped_column(Text, unique=True)
    reward_id: Mapped[str] = references("rewards.reward_id")
    creator_id: Mapped[str] = references("creators.creator_id")
    amount: Mapped[int]
    exposure: Mapped[str]
    creation_date: Mapped[datetime]
    state: Mapped[str]
    evidence: Mapped[str | None]
    changed_at: Mapped[datetime]
    took_stock: Mapped[int] = mapped_column(Whole, server_default=text("0"))
    """1 where it took one of the reward's stock, which a refund gives back."""
    round: Mapped[int] = mapped_column(Whole, server_default=text("1"))
    """Grows by one whenever a decision is undone: part of the keys of its transfers."""
    changed_by: Mapped[str | None]
    """Who brought it into its state, such as `discord:1234`."""
    reason: Mapped[str | None]
    """Why it was rejected or refunded, as its creator sees it."""
    deliver_by: Mapped[datetime | None]
