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
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from scoring.formula.rules import Rules
from scoring.plan import Plan

PREFIX = "FAIRPOINTS_"
TOKENS = ("discord_token", "telegram_token", "gemini_api_key")


class BadConfig(Exception):
    """A setting that can't be used, in one line: file, key, value and what is allowed."""


class Section(BaseModel):
    """A frozen table of the file that knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


def _cron(text: str) -> str:
    if text and len(text.split()) != 5:
        raise ValueError("five cron fields such as '0 6 * * *' (UTC), or '' for never")
    return text


Cron = Annotated[str, AfterValidator(_cron)]
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
    min_views: int = Field(100, ge=0)
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


class Discord(Section):
    """Where the bot lives on Discord, and who moderates there."""

    guild_ids: tuple[int, ...] = ()
    moderator_role_ids: tuple[int, ...] = ()
    moderator_channel_ids: tuple[int, ...] = ()


class Telegram(Section):
    """Who moderates on Telegram: the administrators of these chats, in these chats."""

    moderator_chat_ids: tuple[int, ...] = ()
    api_url: str = "https://api.telegram.org"


class Settings(BaseSettings):
    """Everything that can be set, checked and frozen."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    programme: str = Field("Fairpoints", min_length=1, max_length=64)
    data_dir: Path = Path("data")
    database_url: SecretStr = SecretStr("")
    scoring: Scoring = Scoring()
    sentiment: Sentiment = Sentiment()
    jobs: Jobs = Jobs()
    intake: Intake = Intake()
    discord: Discord = Discord()
    telegram: Telegram = Telegram()
    discord_token: SecretStr | None = None
    telegram_token: SecretStr | None = None
    gemini_api_key: SecretStr | None = None

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
        """The database's address for SQLAlchemy, with its asynchronous driver."""
        given = self.database_url.get_secret_value()
        if not given:
            return f"sqlite+aiosqlite:///{self.data_dir / 'fairpoints.sqlite3'}"
        for plain, driver in (
            ("postgresql:", "postgresql+asyncpg:"),
            ("sqlite:", "sqlite+aiosqlite:"),
        ):
            if given.startswith(plain):
                return driver + given.removeprefix(plain)
        return given


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the file that the environment names (else `config.toml` here) and the environment."""
    path = Path(environ.get("FAIRPOINTS_CONFIG") or "config.toml")
    values = _read(path)
    _refuse_tokens(path, values)
    _refuse_unknown(environ)
    values["data_dir"] = str(path.parent / values.get("data_dir", "data"))
    try:
        return Settings(**values)
    except ValidationError as error:
        raise BadConfig(_line(path, error, environ)) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadConfig(
            f"{path}: there is no such file; run from the project's folder, "
            "or name another file in FAIRPOINTS_CONFIG"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadConfig(f"{path}: can't be read as TOML: {error}") from None


def _refuse_tokens(path: Path, values: Mapping[str, Any]) -> None:
    for name in TOKENS:
        if name in values:
            raise BadConfig(
                f"{path}: {name} does not belong in a file; "
                f"set {PREFIX}{name.upper()} in the environment or in .env"
            )


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {"CONFIG", *(name.upper() for name in _keys(Settings))}
    for name in environ:
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).upper() not in known:
            raise BadConfig(f"environment: {name} is not a setting; config.toml lists them all")


def _keys(model: type[BaseModel]) -> list[str]:
    names = []
    for name, field in model.model_fields.items():
        names.append(name)
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names.extend(f"{name}__{inner}" for inner in _keys(kind))
    return names


def _line(path: Path, error: ValidationError, environ: Mapping[str, str]) -> str:
    first = error.errors(include_url=False)[0]
    keys = [str(part) for part in first["loc"]]
    variable = PREFIX + "__".join(keys[:3]).upper()
    where = "environment" if variable in environ else str(path)
    name = variable if variable in environ else ".".join(keys)
    if first["type"] == "extra_forbidden":
        return f"{where}: {name} is not a known key; allowed here: {', '.join(_siblings(keys))}"
    return f"{where}: {name} = {_shown(keys, first['input'])} is not allowed: {_allowed(first)}"


def _siblings(keys: list[str]) -> list[str]:
    model: type[BaseModel] = Settings
    for key in keys[:-1]:
        kind = model.model_fields[key].annotation
        model = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else model
    return [name for name in model.model_fields if name not in TOKENS]


def _shown(keys: list[str], value: object) -> str:
    return "(hidden)" if keys[0] in {*TOKENS, "database_url"} else repr(value)


def _allowed(error: Any) -> str:
    text = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return text[0].lower() + text[1:]
