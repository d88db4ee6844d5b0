"""`config.toml` and the environment become frozen settings.

`FAIRPOINTS_SECTION__KEY` in the environment wins over the file. Tokens come from the environment
only. A key that is not known or a value that is not allowed stops the start with one line.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
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
from bot.sections import (
    Appeals,
    Backup,
    Breaker,
    Database,
    Desk,
    Discord,
    Intake,
    Jobs,
    Linking,
    Scoring,
    Shop,
    Telegram,
    Watching,
)
from bot.sections_judging import (
    PRICES,
    Bucket,
    Budget,
    Gemini,
    GeminiKey,
    Prices,
    Sentiment,
    priced,
)
from scoring import plan
from scoring.formula.rules import Rules
from scoring.plan import Judging, Limits, Plan

__all__ = ["PREFIX", "TOKENS", "BadConfig", "Settings", "config_file", "load"]


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
    budget: Budget = Budget()
    prices: Prices = PRICES
    gemini: Gemini = Gemini()
    bucket: Bucket = Bucket()
    jobs: Jobs = Jobs()
    intake: Intake = Intake()
    linking: Linking = Linking()
    shop: Shop = Shop()
    desk: Desk = Desk()
    breaker: Breaker = Breaker()
    appeals: Appeals = Appeals()
    backup: Backup = Backup()
    watching: Watching = Watching()
    discord: Discord = Discord()
    telegram: Telegram = Telegram()
    discord_token: SecretStr | None = None
    telegram_token: SecretStr | None = None
    gemini_api_key: GeminiKey | None = None

    @model_validator(mode="after")
    def _what_watches_has_a_price(self) -> "Settings":
        priced(self)
        return self

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
            judging=self.judging if self.sentiment.is_watching else None,
            limits=Limits(**self.breaker.model_dump()),
        )

    @property
    def judging(self) -> Judging:
        """How Gemini watches videos, or would if it were asked to."""
        said, budget = self.sentiment, self.budget
        return Judging(
            **said.model_dump(include={one.name for one in fields(Judging)}),
            prices={
                one.model: plan.Price(**one.model_dump(exclude={"model"})) for one in self.prices
            },
            budget=plan.Budget(budget.calls, budget.tokens, round(budget.dollars * 1_000_000)),
            inline_bytes=int(said.inline_megabytes * 1_000_000),
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
