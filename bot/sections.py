"""The tables of `config.toml`: each key with its default and what is allowed."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import NoDecode

from bot import database_url
from scoring.formula.rules import MOST_COUNT


class Section(BaseModel):
    """A frozen table of the file that knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_values(cls, value: object) -> object:
        if isinstance(value, bool):
            raise ValueError("a number, a text or a list, not true or false")  # noqa: TRY004  # pydantic asks for it
        return value


def _cron(text: str) -> str:
    if text and len(text.split()) != 5:
        raise ValueError("five cron fields such as '0 6 * * *' (UTC), or '' for never")
    return text


def _ids(value: object) -> object:
    """Read `12, 34` or `[12, 34]`, as a variable says it."""
    if not isinstance(value, str):
        return value
    return [one.strip() for one in value.strip(" []").split(",") if one.strip()]


def _address(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ValueError("an address that begins with https:// or http://")
    return text


def _webhook(text: str) -> str:
    if text and not text.startswith("https://"):
        raise ValueError("an address that begins with https://, or '' to poll")
    return text


Cron = Annotated[str, AfterValidator(_cron)]
Ids = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ids)]
Address = Annotated[str, AfterValidator(_address)]
Webhook = Annotated[str, AfterValidator(_webhook)]
Database = Annotated[SecretStr, AfterValidator(database_url.allowed)]
Weight = Annotated[float, Field(ge=0, le=10)]


class Weights(Section):
    """How much each field's z counts."""

    views: Weight = 1.0
    likes: Weight = 1.0
    shares: Weight = 1.0
    bookmarks: Weight = 1.0
    comments: Weight = 1.0
    engagement_rate: Weight = 1.0
    sentiment: Weight = 1.0

    @model_validator(mode="after")
    def _something_counts(self) -> "Weights":
        if not sum(self.ordered()):
            raise ValueError("at least one weight above 0")
        return self

    def ordered(self) -> tuple[float, ...]:
        """Return the seven in the order of the formula's fields."""
        return tuple(self.model_dump().values())


class Scoring(Section):
    """The rules by which points are made."""

    preset: Literal["fair", "plain"] = "fair"
    scale: Literal["standard", "minmax"] = "standard"
    mean_points: int = Field(100, ge=1, le=1_000_000)
    sd_points: int = Field(50, ge=1, le=1_000_000)
    min_views: int = Field(100, ge=0, le=MOST_COUNT)
    settle_after_days: int = Field(14, ge=1, le=365)
    grace_days: int = Field(7, ge=0, le=365)
    season_days: int = Field(91, ge=7, le=3660)
    baseline_videos: int = Field(300, ge=2)
    weights: Weights = Weights()


class Jobs(Section):
    """When the jobs run, as cron text in UTC."""

    intake: Cron = "*/15 * * * *"
    refresh: Cron = "0 6 * * *"
    judge: Cron = ""
    upkeep: Cron = "7 * * * *"
    check: Cron = "30 4 * * *"
    backup: Cron = "15 4 * * *"


class Intake(Section):
    """What the inbox lets in."""

    max_gigabytes: float = Field(8, gt=0, le=1000)
    quiet_seconds: int = Field(5, ge=0, le=3600)


class Linking(Section):
    """How a person proves to be a creator, and joins their accounts."""

    code_hours: int = Field(24, ge=1, le=168)
    codes_a_day: int = Field(5, ge=1, le=100)
    connect_minutes: int = Field(15, ge=1, le=1440)
    hold_hours: int = Field(72, ge=0, le=720)


class Shop(Section):
    """How the shop keeps its promises."""

    announce_days: int = Field(7, ge=0, le=365)
    quote_minutes: int = Field(60, ge=0, le=10_080)
    delivery_grace_days: int = Field(7, ge=0, le=365)
    queue_hours: int = Field(24, ge=1, le=8760)


class Desk(Section):
    """What one moderator can't do alone."""

    two_person_over: int = Field(1_000, ge=0, le=10_000_000)
    confirm_hours: int = Field(48, ge=1, le=720)


class Breaker(Section):
    """When a refresh waits for a moderator before it changes anybody's points."""

    most_change_percent: int = Field(40, ge=0, le=100_000)
    least_points: int = Field(2_000, ge=0, le=1_000_000_000)
    most_points: int = Field(0, ge=0, le=1_000_000_000)


class Appeals(Section):
    """How creators object to a figure."""

    days: int = Field(30, ge=1, le=365)


class Backup(Section):
    """Copies of the database."""

    keep: int = Field(14, ge=1, le=1_000)
    folder: str = "backups"


class Watching(Section):
    """How the running program is watched from outside."""

    port: int = Field(0, ge=0, le=65_535)
    log: Literal["auto", "text", "json"] = "auto"


class Discord(Section):
    """Where the bot lives on Discord, and who moderates there."""

    guild_ids: Ids = ()
    moderator_role_ids: Ids = ()
    moderator_channel_ids: Ids = ()
    api_url: Address = "https://discord.com/api/v10"


class Telegram(Section):
    """Who moderates on Telegram: the administrators of these chats, in these chats."""

    moderator_chat_ids: Ids = ()
    webhook_url: Webhook = ""
    webhook_host: str = "127.0.0.1"
    webhook_port: int = Field(8443, ge=1, le=65_535)
    api_url: Address = "https://api.telegram.org"
