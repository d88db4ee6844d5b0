"""Rewards, and what creators asked for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
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
