"""The tables, typed; what must never change has triggers that say so (see the migrations)."""

from db.models.base import Base
from db.models.keeping import MovedChat, Notice, Outcome, Update
from db.models.ledger import Account, Entry, Transfer
from db.models.people import Audit, Code, Dispute, ForgottenName, Identity, Person
from db.models.seasons import Baseline, Run, Season
from db.models.shop import Redemption, Reward
from db.models.videos import Creator, Reading, Sentiment, Video

__all__ = [
    "Account",
    "Audit",
    "Base",
    "Baseline",
    "Code",
    "Creator",
    "Dispute",
    "Entry",
    "ForgottenName",
    "Identity",
    "MovedChat",
    "Notice",
    "Outcome",
    "Person",
    "Reading",
    "Redemption",
    "Reward",
    "Run",
    "Season",
    "Sentiment",
    "Transfer",
    "Update",
    "Video",
]
