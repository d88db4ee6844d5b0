"""The tables, typed; what must never change has triggers that say so (see the migrations)."""

from db.models.base import Base
from db.models.desk import Appeal, Delivery, KeptPicture, Pause, Post, Proposal
from db.models.judging import (
    Batch,
    Judge,
    Judgement,
    Review,
    Sample,
    Spending,
    TakenObject,
    VideoFile,
)
from db.models.keeping import MovedChat, Notice, Outcome, Update
from db.models.ledger import Account, Entry, Transfer
from db.models.people import Audit, Code, Dispute, ForgottenName, Identity, Person
from db.models.seasons import Baseline, Run, Season
from db.models.shop import Redemption, Reward
from db.models.videos import Creator, Reading, Sentiment, Video

__all__ = [
    "Account",
    "Appeal",
    "Audit",
    "Base",
    "Baseline",
    "Batch",
    "Code",
    "Creator",
    "Delivery",
    "Dispute",
    "Entry",
    "ForgottenName",
    "Identity",
    "Judge",
    "Judgement",
    "KeptPicture",
    "MovedChat",
    "Notice",
    "Outcome",
    "Pause",
    "Person",
    "Post",
    "Proposal",
    "Reading",
    "Redemption",
    "Review",
    "Reward",
    "Run",
    "Sample",
    "Season",
    "Sentiment",
    "Spending",
    "TakenObject",
    "Transfer",
    "Update",
    "Video",
    "VideoFile",
]
