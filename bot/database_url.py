"""The address of a database: what it may say, and the asynchronous driver that serves it."""

from pydantic import SecretStr
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVERS = {
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
}
"""What a database's address may begin with, and the asynchronous driver that serves it."""


def allowed(given: SecretStr) -> SecretStr:
    """Return an address, or nothing, that can be used; ValueError says what can."""
    text = given.get_secret_value()
    if text and parsed(text) is None:
        raise ValueError("postgresql://user@host/name or sqlite:///file, or '' for one in data_dir")
    return given


def parsed(text: str) -> URL | None:
    """Return a database's address with its asynchronous driver; None where it is none."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        return None
    driver = DRIVERS.get(url.drivername, url.drivername)
    kept = driver in DRIVERS.values() and url.database not in {None, "", ":memory:"}
    return url.set(drivername=driver) if kept else None


def has_password(address: object) -> bool:
    """Tell whether an address holds a password, which belongs in no file."""
    url = parsed(address) if isinstance(address, str) else None
    return url is not None and bool(url.password)
