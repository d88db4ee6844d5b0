"""What a machine that watches over the bot may ask, on this machine alone: /health and /metrics.

Loaded only where a port is set.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.config import Settings
from bot.judging import judge_of
from bot.presence import Presence
from bot.watching_judging import Judging, JudgingGauges, look_at_judging
from db.refused import Refused
from db.standing import Standing, look
from db.store import Store

T = TypeVar("T")

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
LOOK_SECONDS = 5.0
STOP_SECONDS = 1.0
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Bounds of the answers' times; Discord gives 3 seconds."""
UNREADABLE = (SQLAlchemyError, OSError, RuntimeError, Refused, TimeoutError)
"""What reading may raise where the database is away, busy or closed."""


class Counting(logging.Handler):
    """Counts the answers as they are logged, so that the log and the figures agree."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__()
        self._commands = Counter(
            "fairpoints_commands",
            "Commands answered.",
            ["command", "platform", "outcome"],
            registry=registry,
        )
        self._seconds = Histogram(
            "fairpoints_answer_seconds",
            "From a command's start to its reply.",
            ["platform"],
            buckets=SECONDS,
            registry=registry,
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Count one answer."""
        told: dict[str, Any] = vars(record)
        self._commands.labels(told["command"], told["platform"], told["outcome"]).inc()
        self._seconds.labels(told["platform"]).observe(told["ms"] / 1000)


class Gauges(Collector):
    """How things stand in the moment of being asked."""

    def __init__(self, presence: Presence, found: Standing | None) -> None:
        self._presence, self._found = presence, found

    def collect(self) -> Iterator[Metric]:
        """Return the gauges; those of the database are left out where it can't be read."""
        fronts = {name: float(one.connected) for name, one in self._presence.fronts.items()}
        yield _gauge("front_connected", "Whether a front is connected.", "front", fronts)
        if (found := self._found) is None:
            return
        yield _gauge("notices_waiting", "Notices to be sent.", "", {"": found.notices})
        yield _gauge("updates_waiting", "Updates to be answered.", "", {"": found.updates})
        yield _gauge("posts_waiting", "Posts to be sent to moderators.", "", {"": found.posts})
        wrong: dict[str, float] = {"": found.ledger_problems}
        yield _gauge("ledger_problems", "What the last check found to disagree.", "", wrong)
        seconds = {one.job: one.seconds for one in found.done}
        yield _gauge("run_seconds", "How long a job's last good run took.", "job", seconds)
        ends = {one.job: one.finished_at.timestamp() for one in found.done}
        yield _gauge("run_last_success_timestamp_seconds", "When that ended.", "job", ends)


def _gauge(name: str, about: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"fairpoints_{name}", about, labels=[label] if label else [])
    for said, value in values.items():
        family.add_metric([said] if label else [], value)
    return family


class Watching:
    """The server on loopback."""

    def __init__(
        self, settings: Settings, store: Store, presence: Presence, clock: Callable[[], datetime]
    ) -> None:
        self._port = settings.watching.port
        self._settings, self._judge = settings, judge_of(settings)
        self._store, self._presence, self._clock = store, presence, clock
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._counting = Counting(self._registry)
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen; where the port is taken, say so and go on without."""
        logs.answers.addHandler(self._counting)
        app = web.Application()
        app.add_routes([web.get("/health", self._health), web.get("/metrics", self._metrics)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError as error:
            reason = error.strerror or str(error)
            log.error("watching.port %d can't be opened: %s", self._port, reason)  # noqa: TRY400  # that is all
        else:
            log.info("watching: http://%s:%d/health and /metrics", HOST, self._port)

    async def stop(self) -> None:
        """Listen no more."""
        logs.answers.removeHandler(self._counting)
        if self._runner is not None:
            await self._runner.cleanup()

    async def _look(self) -> Standing | None:
        return await self._read(look, self._clock())

    async def _look_at_judging(self) -> Judging | None:
        if self._judge is None:
            return None
        return await self._read(look_at_judging, self._judge, self._clock())

    async def _read(self, what: Callable[..., T], *values: object) -> T | None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await self._store.read(what, *values)
        except UNREADABLE as error:
            log.warning("the database can't be read: %s", type(error).__name__)
            return None

    async def _health(self, _request: web.Request) -> web.Response:
        found = await self._look()
        fronts = self._presence.fronts
        is_well = found is not None and any(one.connected for one in fronts.values())
        status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response(self._told(found, is_well=is_well), status=status)

    def _told(self, found: Standing | None, *, is_well: bool) -> dict[str, Any]:
        done = {one.job: one.finished_at for one in found.done} if found else {}
        refreshed = done.get("refresh")
        age = (self._clock() - refreshed).total_seconds() if refreshed else None
        return {
            "status": "ok" if is_well else "failing",
            "database": "readable" if found else "unreadable",
            "fronts": {
                name: {
                    "connected": one.connected,
                    "since": one.since.isoformat(),
                    "reason": one.reason,
                    "next_try_at": one.next_try_at and one.next_try_at.isoformat(),
                }
                for name, one in self._presence.fronts.items()
            },
            "refreshed_seconds_ago": age,
            "notices_waiting": found.notices if found else None,
            "updates_waiting": found.updates if found else None,
            "posts_waiting": found.posts if found else None,
            "ledger_problems": found.ledger_problems if found else None,
        }

    async def _metrics(self, _request: web.Request) -> web.Response:
        now = CollectorRegistry()
        now.register(Gauges(self._presence, await self._look()))
        if (judging := await self._look_at_judging()) is not None:
            now.register(JudgingGauges(self._settings, judging))
        body = generate_latest(self._registry) + generate_latest(now)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def start(
    settings: Settings, store: Store, presence: Presence, clock: Callable[[], datetime]
) -> Watching:
    """Begin to answer who watches."""
    watching = Watching(settings, store, presence, clock)
    await watching.start()
    return watching
