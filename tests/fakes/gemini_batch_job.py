"""One of Gemini's batches, as the API by key and Vertex each tell it."""

from dataclasses import dataclass

from tests.fakes.gemini_replies import Body

ENDED = {"SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"}


@dataclass
class Job:
    """One batch, as the service has it."""

    name: str
    display_name: str
    model: str
    source: str
    """The upload's name, or the object's address."""
    destination: str = ""
    state: str = "PENDING"
    output: str = ""
    questions: int = 0
    succeeded: int = 0
    reason: str = ""

    def shown(self, *, tells_counts: bool) -> Body:
        """Return it as the door by which it came tells it."""
        return _on_vertex(self, tells_counts=tells_counts) if self.destination else _by_key(self)


def _on_vertex(job: Job, *, tells_counts: bool) -> Body:
    told: Body = {
        "name": job.name,
        "displayName": job.display_name,
        "model": f"publishers/google/models/{job.model}",
        "inputConfig": {"instancesFormat": "jsonl", "gcsSource": {"uris": [job.source]}},
        "outputConfig": {
            "predictionsFormat": "jsonl",
            "gcsDestination": {"outputUriPrefix": job.destination},
        },
        "state": f"JOB_STATE_{job.state}",
        "createTime": "2026-11-28T12:00:00.123456Z",
    }
    if job.output:
        told["outputInfo"] = {"gcsOutputDirectory": job.output}
    if job.state in ENDED and tells_counts:
        counts = {"successfulCount": str(job.succeeded)} if job.succeeded else {}
        told["completionStats"] = counts | {"incompleteCount": "-1"}
    if job.reason:
        told["error"] = {"code": 13, "message": job.reason}
    return told


def _by_key(job: Job) -> Body:
    meta: Body = {
        "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
        "model": f"models/{job.model}",
        "displayName": job.display_name,
        "state": f"BATCH_STATE_{job.state}",
        "createTime": "2026-11-28T12:00:00.123456Z",
        "updateTime": "2026-11-28T12:00:00.123456Z",
        "name": job.name,
    }
    told: Body = {"name": job.name, "metadata": meta}
    if job.state in ENDED:
        told["done"] = True
    if job.output:
        meta["output"] = {"responsesFile": job.output}
        told["response"] = {"responsesFile": job.output}
    return told
