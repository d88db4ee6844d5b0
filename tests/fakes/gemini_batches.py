"""Gemini's batches on loopback, by key and on Vertex: created, listed, answered when a test says.

Each line of a batch goes through the same mind as a question of its own. What is created twice is
two batches, as with Google.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web

from tests.fakes.gemini_batch_job import ENDED, Job
from tests.fakes.gemini_files import StoredFile
from tests.fakes.gemini_replies import Body, Fault, Reply, error
from tests.fakes.gemini_server import GeminiServer, drawn, remember

PAGE = 3
"""Jobs that a list tells at once at the most: few, so that whoever reads on is tested."""
GRPC = {400: 3, 403: 7, 404: 5, 429: 8, 500: 13, 503: 14, 504: 4}
WHERE = "projects/a-project/locations/global"


class Objects(Protocol):
    """A bucket, by gs:// addresses."""

    def get(self, uri: str) -> bytes:
        """Return an object."""
        ...

    def put(self, uri: str, content: bytes) -> None:
        """Write one."""
        ...


@dataclass
class Batches:
    """All batches of one key, or of one project."""

    objects: Objects | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    created: int = 0
    deleted: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    refusals: list[Reply] = field(default_factory=list)
    """How the next creations are refused."""
    lost_answers: int = 0
    """So many of the next creations happen, and their answers are lost."""
    tells_counts: bool = True
    """Whether Vertex tells how many questions it answered."""
    _server: GeminiServer | None = None

    def routes(self, server: GeminiServer) -> list[web.RouteDef]:
        """Return what a `gemini_server` needs to have batches."""
        self._server = server
        vertex = f"/v1beta1/{WHERE}/batchPredictionJobs"
        made = []
        for there, on_vertex in (("/v1beta/batches", False), (vertex, True)):
            made += [
                web.get(there, self._door(self._page, on_vertex=on_vertex)),
                web.get(there + "/{name}", self._door(self._read, on_vertex=on_vertex)),
                web.delete(there + "/{name}", self._door(self._delete, on_vertex=on_vertex)),
                web.post(there + "/{name}:cancel", self._door(self._cancel, on_vertex=on_vertex)),
            ]
        by_key = "/v1beta/models/{model}:batchGenerateContent"
        return [
            *made,
            web.post(by_key, self._door(self._create_by_key, on_vertex=False)),
            web.post(vertex, self._door(self._create_on_vertex, on_vertex=True)),
            web.get("/v1beta/files/{name}:download", self._door(self._download, on_vertex=False)),
        ]

    @property
    def server(self) -> GeminiServer:
        """The server whose mind answers."""
        assert self._server is not None, "it has no routes yet"
        return self._server

    @property
    def only(self) -> Job:
        """The one batch that there is."""
        (one,) = self.jobs.values()
        return one

    async def answer(self, job: Job, state: str = "SUCCEEDED", most: int | None = None) -> None:
        """End a batch: each line, or only so many of them, goes through the mind."""
        on_vertex = bool(job.destination)
        lines = [json.loads(line) for line in self._content(job.source).splitlines()]
        answers = [await self._line(job, one, on_vertex=on_vertex) for one in lines[:most]]
        told = b"".join(json.dumps(one).encode() + b"\n" for one in reversed(answers))
        job.questions, job.state = len(lines), state
        job.succeeded = sum(bool(one.get("response")) for one in answers)
        if most == 0:
            return
        if on_vertex:
            job.output = f"{job.destination}/prediction-model-2026-11-28T12:00:00.123456Z"
            self._put(f"{job.output}/predictions.jsonl", told)
        else:
            self.keep(job, told)

    def keep(self, job: Job, content: bytes) -> None:
        """Let a batch by key have this file of answers."""
        job.output = f"files/batch-{job.name.rpartition('/')[2]}"
        size = len(content)
        file = StoredFile(job.output, "application/jsonl", size, content, looks_until_ready=0)
        self.server.files[job.output] = file

    async def _line(self, job: Job, line: Body, *, on_vertex: bool) -> Body:
        if why := "; ".join(_wrong(line, on_vertex=on_vertex)):
            self.server.wrong.append(why)
            return {"error": {"code": 3, "message": why}}
        answered = await self.server.answer(line["request"], job.model, on_vertex=on_vertex)
        assert not isinstance(answered, Fault), "a batch's line has some answer"
        if not isinstance(answered, Reply):
            more = {"status": "", "processed_time": "2026-11-28T12:00:00Z"} if on_vertex else {}
            return (
                {**line, **more, "response": answered}
                if on_vertex
                else _keyed(line, response=answered)
            )
        assert isinstance(answered.body, dict)
        refused = answered.body["error"]
        if on_vertex:
            name = "Bad Request" if answered.status == 400 else "Error"
            return {**line, "status": f"{name}: {json.dumps(answered.body)}", "response": {}}
        return _keyed(line, error=refused | {"code": GRPC[answered.status]})

    def _content(self, source: str) -> bytes:
        if source.startswith("gs://"):
            assert self.objects is not None
            return self.objects.get(source)
        return self.server.files[source].content

    def _put(self, uri: str, content: bytes) -> None:
        assert self.objects is not None
        self.objects.put(uri, content)

    def _door(self, act: Callable[[web.Request, Body], Reply], *, on_vertex: bool) -> Any:
        async def answered(request: web.Request) -> web.StreamResponse:
            came = await remember(self.server, request)
            if refusal := self.server.not_let_in(came, on_vertex=on_vertex):
                return drawn(refusal)
            reply = act(request, json.loads(came.content) if came.content else {})
            if act in (self._create_by_key, self._create_on_vertex) and self._is_lost(reply):
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            return drawn(reply)

        return answered

    def _is_lost(self, reply: Reply) -> bool:
        if reply.status != 200 or self.lost_answers == 0:
            return False
        self.lost_answers -= 1
        return True

    def _create_by_key(self, request: web.Request, body: Body) -> Reply:
        batch = body.get("batch", {})
        source = batch.get("inputConfig", {}).get("fileName", "")
        if body.keys() != {"batch"} or batch.keys() != {"displayName", "inputConfig"}:
            return self.server.refuse(400, f"Invalid JSON payload received: {sorted(body)}")
        if source not in self.server.files:
            return self.server.refuse(404, f"File {source} not found.")
        model = request.match_info["model"]
        return self._created(f"batches/{self.created}", batch["displayName"], model, source, "")

    def _create_on_vertex(self, _request: web.Request, body: Body) -> Reply:
        source, destination = body.get("inputConfig", {}), body.get("outputConfig", {})
        is_right = (
            body.keys() == {"displayName", "model", "inputConfig", "outputConfig"}
            and source.keys() == {"instancesFormat", "gcsSource"}
            and destination.keys() == {"predictionsFormat", "gcsDestination"}
            and (source["instancesFormat"], destination["predictionsFormat"]) == ("jsonl", "jsonl")
            and body["model"].startswith("publishers/google/models/")
        )
        if not is_right:
            return self.server.refuse(400, f"Invalid JSON payload received: {body}")
        (uri,) = source["gcsSource"]["uris"]
        where = destination["gcsDestination"]["outputUriPrefix"]
        name = f"{WHERE}/batchPredictionJobs/{100 + self.created}"
        model = body["model"].rpartition("/")[2]
        return self._created(name, body["displayName"], model, uri, where)

    def _created(
        self, name: str, display_name: str, model: str, source: str, destination: str
    ) -> Reply:
        if self.refusals:
            return self.refusals.pop(0)
        job = Job(name, display_name, model, source, destination)
        self.created += 1
        self.jobs[name] = job
        return Reply(job.shown(tells_counts=self.tells_counts))

    def _page(self, request: web.Request, _body: Body) -> Reply:
        first = int(request.query.get("pageToken") or 0)
        size = min(PAGE, int(request.query.get("pageSize") or PAGE))
        wanted = request.query.get("filter")
        jobs = [one for one in self.jobs.values() if _fits(one, wanted)]
        told: Body = {}
        if shown := [
            one.shown(tells_counts=self.tells_counts) for one in jobs[first : first + size]
        ]:
            told["batchPredictionJobs" if jobs[0].destination else "operations"] = shown
        if first + size < len(jobs):
            told["nextPageToken"] = str(first + size)
        return Reply(told)

    def _named(self, request: web.Request) -> Job | None:
        number = request.match_info["name"]
        return next((one for one in self.jobs.values() if one.name.endswith(f"/{number}")), None)

    def _read(self, request: web.Request, _body: Body) -> Reply:
        job = self._named(request)
        return (
            error(404, "Requested entity was not found.")
            if job is None
            else Reply(job.shown(tells_counts=self.tells_counts))
        )

    def _delete(self, request: web.Request, _body: Body) -> Reply:
        job = self._named(request)
        if job is None:
            return error(404, "Requested entity was not found.")
        if job.destination and job.state not in ENDED:
            return self.server.refuse(400, "The job has not finished and can't be deleted.")
        self.deleted.append(self.jobs.pop(job.name).name)
        return Reply({"name": "operations/1", "done": True} if job.destination else {})

    def _cancel(self, request: web.Request, _body: Body) -> Reply:
        job = self._named(request)
        if job is None:
            return error(404, "Requested entity was not found.")
        self.cancelled.append(job.name)
        job.state = "CANCELLED"
        return Reply({})

    def _download(self, request: web.Request, _body: Body) -> Reply:
        file = self.server.files.get(f"files/{request.match_info['name']}")
        if request.query.get("alt") != "media" or file is None:
            return self.server.refuse(404, "There is nothing to download.")
        return Reply(file.content, headers={"Content-Type": "application/octet-stream"})


def _fits(job: Job, wanted: str | None) -> bool:
    return wanted is None or wanted == f'display_name="{job.display_name}"'


def _keyed(line: Body, **said: object) -> Body:
    return {"key": line["key"], **said}


def _wrong(line: Body, *, on_vertex: bool) -> Iterator[str]:
    """Yield what is wrong with a line itself."""
    if line.keys() != ({"request"} if on_vertex else {"key", "request"}):
        yield f"Invalid line: {sorted(line)}"
