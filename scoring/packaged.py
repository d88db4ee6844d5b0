"""The baseline that ships with the program and serves while a programme has too few videos."""

import json
from pathlib import Path

from db.refused import Refused
from scoring.formula.baseline import Baseline, rescaled
from scoring.formula.rules import Rules


def packaged(path: Path, rules: Rules, videos: int) -> Baseline:
    """Return the packaged baseline of the rules' preset, on their scale.

    It was fitted with equal weights; `Refused` under others, which need a baseline of their own.
    """
    if rules.weights != Rules().weights:
        raise Refused(
            f"{videos} videos are too few to fit a baseline, and the packaged one knows equal "
            "weights only: take in more exports, or set scoring.weights back in config.toml."
        )
    kept = json.loads(path.read_text(encoding="utf-8"))["baselines"][rules.preset]
    return rescaled(Baseline.from_json(json.dumps(kept)), rules)


def write(path: Path, baselines: dict[str, Baseline], about: str) -> None:
    """Write the file that ships: one baseline a preset, and where its figures come from."""
    kept = {name: json.loads(one.to_json()) for name, one in baselines.items()}
    text = json.dumps({"about": about, "baselines": kept}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
