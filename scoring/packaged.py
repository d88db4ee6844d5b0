"""The baseline that ships with the program and serves while a programme has too few videos.

    python -m scoring.packaged data/baseline.json "Where they come from." EXPORT...

computes it again from exports, each video at its reading nearest to 14 days of age and with the
sentiment of its caption.
"""

import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from db.observed import Observed
from db.refused import Refused
from db.videos import COUNTS
from scoring.estimate import observations
from scoring.formula.baseline import Baseline, fit, rescaled
from scoring.formula.rules import Rules
from scoring.formula.standardise import Floats
from scoring.intake.read import read_export
from scoring.plan import Plan
from scoring.sentiment.caption import CaptionJudge

DUE = Plan().settle_after


def packaged(path: Path, rules: Rules, videos: int) -> Baseline:
    """Return the packaged baseline of the rules' preset, on their scale.

    It was fitted with equal weights; `Refused` under others, which need a baseline of their own.
    """
    if rules.weights != Rules().weights:
        raise Refused(
            "{count} video is too few to fit a baseline, and the packaged one knows equal "
            "weights only: take in more exports, or set scoring.weights back in config.toml.",
            plural="{count} videos are too few to fit a baseline, and the packaged one knows equal "
            "weights only: take in more exports, or set scoring.weights back in config.toml.",
            count=videos,
        )
    kept = json.loads(path.read_text(encoding="utf-8"))["baselines"][rules.preset]
    return rescaled(Baseline.from_json(json.dumps(kept)), rules)


def main(target: str, origin: str, *exports: str) -> None:
    """Fit both presets on exports and write the file that ships: figures, no rows.

    `origin` says where the exports come from, to readers who do not have them.
    """
    nearest = _nearest(Path(one) for one in exports)
    reference = asyncio.run(_judged(list(nearest.values())))
    fitted = {
        "fair": fit(reference, Rules(preset="fair")),
        "plain": fit(reference, Rules(preset="plain")),
    }
    kept = {name: json.loads(one.to_json()) for name, one in fitted.items()}
    about = (
        f"Fitted on {len(reference):,} videos of {len(exports)} exports, sentiment from their "
        f"captions. {origin}"
    )
    text = json.dumps({"about": about, "baselines": kept}, indent=1, ensure_ascii=False)
    Path(target).write_text(text + "\n", encoding="utf-8")


def _nearest(exports: Iterable[Path]) -> dict[str, Observed]:
    nearest: dict[str, Observed] = {}
    now = datetime.now(UTC)
    for path in exports:
        for row in read_export(path, now=now):
            if isinstance(row, Observed) and row.views is not None:
                known = nearest.get(row.video_id)
                if known is None or _distance(row) < _distance(known):
                    nearest[row.video_id] = row
    return nearest


def _distance(row: Observed) -> float:
    return abs((row.observed_at - row.date_posted - DUE).total_seconds())


async def _judged(videos: Sequence[Observed]) -> Floats:
    judged = await CaptionJudge().judge([one.caption for one in videos])
    rows = [
        (*(getattr(video, name) for name in COUNTS), said.sentiment)
        for video, said in zip(videos, judged, strict=True)
    ]
    return observations(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
