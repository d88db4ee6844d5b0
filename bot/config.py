"""`config.toml` and the environment become frozen settings.

`FAIRPOINTS_SECTION__KEY` in the environment wins over the file. Tokens come from the environment
only. A key that is not known or a value that is not allowed stops the start with one line.
"""

import os
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot import database_url
from bot.bad_config import (
    PREFIX,
    TOKENS,
    BadConfig,
    refuse_unknown_variables,
    refuse_wrong_types,
    told,
)
from scoring.formula.rules import MOST_COUNT, Rules
from scoring.plan import Plan

__all__ = ["PREFIX", "TOKENS", "BadConfig", "Settings", "config_file", "load"]


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


class Sentiment(Section):
    """Who judges, and how long a video waits for it."""

    judge: Literal["caption", "none"] = "caption"
    give_up_after_days: int = Field(21, ge=1, le=365)


class Jobs(Section):
    """When the jobs run, as cron text in UTC."""

    intake: Cron = "*/15 * * * *"
    refresh: Cron = "0 6 * * *"


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


class Settings(BaseSettings):
    """Everything that can be set, checked and frozen."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    programme: str = Field("Fairpoints", min_length=1, max_length=64)
    language: Literal["en", "es"] = "en"
    data_dir: Path = Path("data")
    database_url: Database = SecretStr("")
    scoring: Scoring = Scoring()
    sentiment: Sentiment = Sentiment()
    jobs: Jobs = Jobs()
    intake: Intake = Intake()
    linking: Linking = Linking()
    watching: Watching = Watching()
    discord: Discord = Discord()
    telegram: Telegram = Telegram()
    discord_token: SecretStr | None = None
    telegram_token: SecretStr | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, whose values come in as keywords."""
        return env_settings, init_settings

    @property
    def inbox(self) -> Path:
        """Where exports are dropped."""
        return self.data_dir / "inbox"

    @property
    def plan(self) -> Plan:
        """What the jobs need to know of the rules."""
        said = self.scoring
        return Plan(
            rules=Rules(
                preset=said.preset,
                scale=said.scale,
                mean_points=said.mean_points,
                sd_points=said.sd_points,
                weights=said.weights.ordered(),
                min_views=said.min_views,
            ),
            settle_after=timedelta(days=said.settle_after_days),
            grace=timedelta(days=said.grace_days),
            give_up=timedelta(days=self.sentiment.give_up_after_days),
            season_days=said.season_days,
            baseline_videos=said.baseline_videos,
            judge=self.sentiment.judge,
        )

    @property
    def url(self) -> str:
        """The database's address with its asynchronous driver; it may hold a password."""
        given = database_url.parsed(self.database_url.get_secret_value())
        if given is None:
            return f"sqlite+aiosqlite:///{self.data_dir / 'fairpoints.sqlite3'}"
        return given.render_as_string(hide_password=False)


def config_file() -> Path:
    """Return the file that the environment names, else `config.toml` here."""
    return Path(os.environ.get(f"{PREFIX}CONFIG") or "config.toml")


def load() -> Settings:
    """Read the file and the environment; raises BadConfig."""
    path = config_file()
    values = _read(path)
    _refuse_secrets(path, values)
    refuse_unknown_variables(Settings)
    refuse_wrong_types(path, values, Settings)
    folder = values.get("data_dir", "data")
    if isinstance(folder, str):
        values["data_dir"] = str(path.parent / folder)
    try:
        return Settings(**values)
    except ValidationError as error:
        raise told(path, error, Settings) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadConfig(
            f"{path}: there is no such file; run from the project's folder, "
            f"or name another file in {PREFIX}CONFIG"
        ) from None
    except OSError as error:
        raise BadConfig(f"{path}: can't be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: is not TOML: {error}") from None


def _refuse_secrets(path: Path, values: Mapping[str, Any]) -> None:
    for name in TOKENS:
        if name in values:
            raise _misplaced(path, name, name)
    if database_url.has_password(values.get("database_url")):
        raise _misplaced(path, "a database_url with a password", "database_url")


def _misplaced(path: Path, what: str, name: str) -> BadConfig:
    variable = PREFIX + name.upper()
    return BadConfig(
        f"{path}: {what} does not belong in a file; set {variable} in the environment or in .env"
    )
