"""Secrets: they come from the environment alone, and stand in no message and no repr."""

import pytest

from bot.config import load
from tests.config_world import file, nothing_set, refusal  # noqa: F401  # a fixture among them

SECRET = "123456:a-token-that-nobody-may-see"


@pytest.mark.parametrize("name", ["discord_token", "telegram_token", "gemini_api_key"])
def test_a_token_in_the_file_is_refused_and_not_repeated(name: str):
    file(f"{name} = '{SECRET}'")
    assert refusal() == (
        f"config.toml: {name} does not belong in a file; "
        f"set FAIRPOINTS_{name.upper()} in the environment or in .env"
    )


def test_a_password_in_the_file_is_refused_and_not_repeated():
    file(f"database_url = 'postgresql://ana:{SECRET}@host/name'")
    assert refusal() == (
        "config.toml: a database_url with a password does not belong in a file; "
        "set FAIRPOINTS_DATABASE_URL in the environment or in .env"
    )


@pytest.mark.parametrize("key", ["two words-0123", "ключ-0123", "a\x01b-0123"])
def test_a_key_that_no_request_can_bear_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, key: str
):
    file("")
    monkeypatch.setenv("FAIRPOINTS_GEMINI_API_KEY", key)
    assert refusal() == (
        "environment: FAIRPOINTS_GEMINI_API_KEY = (hidden) is not allowed: "
        "a key as Google AI Studio shows it, without spaces"
    )


def test_a_key_is_taken_without_the_end_of_its_line(monkeypatch: pytest.MonkeyPatch):
    file("")
    monkeypatch.setenv("FAIRPOINTS_GEMINI_API_KEY", "AIza-0123\n")
    key = load().gemini_api_key
    assert key is not None
    assert key.get_secret_value() == "AIza-0123"


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://ana:{SECRET}@host/name",
        f"postgresql://ana:{SECRET}@host:port/name",
        f"postgresql://ana:{SECRET}@host",
        SECRET,
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_an_address_of_no_database_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, address: str
):
    file("")
    monkeypatch.setenv("FAIRPOINTS_DATABASE_URL", address)
    assert refusal() == (
        "environment: FAIRPOINTS_DATABASE_URL = (hidden) is not allowed: "
        "postgresql://user@host/name or sqlite:///file, or '' for one in data_dir"
    )


def test_secrets_are_in_no_repr_and_no_dump(monkeypatch: pytest.MonkeyPatch):
    file("")
    for name in ("DISCORD_TOKEN", "TELEGRAM_TOKEN", "GEMINI_API_KEY"):
        monkeypatch.setenv(f"FAIRPOINTS_{name}", SECRET)
    monkeypatch.setenv("FAIRPOINTS_DATABASE_URL", f"postgresql://ana:{SECRET}@host/name")
    settings = load()
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()}"
    assert SECRET not in settings.model_dump_json()


def test_another_bad_value_beside_a_secret_does_not_show_it(monkeypatch: pytest.MonkeyPatch):
    file("[scoring]\npreset = 'best'")
    monkeypatch.setenv("FAIRPOINTS_TELEGRAM_TOKEN", SECRET)
    assert SECRET not in refusal()
