"""The container and the service start what they say, as nobody in particular, without a secret."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
SERVICE = (PROJECT / "docs" / "fairpoints.service").read_text(encoding="utf-8")


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile with what it is given."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(name, given) for name, given in lines]


def given(name: str) -> list[str]:
    return [said for one, said in instructions() if one == name]


def final_stage() -> list[tuple[str, str]]:
    found = instructions()
    last = max(at for at, (name, _said) in enumerate(found) if name == "FROM")
    return found[last:]


def copied() -> list[str]:
    """What is copied from the project's folder."""
    said = [shlex.split(one) for one in given("COPY") if not one.startswith("--from")]
    return [source for *sources, _target in said for source in sources]


def test_what_is_copied_is_there_and_not_ignored():
    allowed = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in copied():
        assert (PROJECT / source).exists()
        assert f"!{source.rstrip('/')}" in allowed
    assert allowed[1] == "*"


def test_the_image_holds_all_that_the_program_imports_and_reads():
    data = {"data/baseline.json", "data/rubrics/"}
    assert {"bot/", "scoring/", "db/", "config.toml"} | data <= set(copied())


def test_no_secret_stands_in_the_image_or_the_service():
    set_there = re.findall(r"(\w*(?:TOKEN|PASSWORD|DATABASE_URL)\w*)=(?!\.\.\.)", DOCKERFILE)
    assert set_there == []
    assert not re.search(r"^Environment=.*TOKEN", SERVICE, re.MULTILINE)


def test_the_program_runs_by_itself_and_not_as_root():
    final = dict(final_stage())
    assert json.loads(final["CMD"]) == ["fairpoints", "run"]
    assert final["USER"] not in {"0", "root"}
    assert final["STOPSIGNAL"] == "SIGTERM"
    assert "ENTRYPOINT" not in final


def test_the_volume_belongs_to_who_runs_the_program():
    final = dict(final_stage())
    folder = final["VOLUME"]
    assert f"install -d -o fairpoints -g fairpoints -m 0750 {folder}" in final["RUN"]
    assert f"--uid {final['USER']} " in final["RUN"]
    assert f"FAIRPOINTS_DATA_DIR={folder}" in final["ENV"]


def test_the_final_stage_installs_nothing():
    assert not re.search(r"\b(apt|apt-get|pip|gcc)\b", " ".join(said for _, said in final_stage()))


def test_versions_are_the_ones_known_to_work_and_no_registry_is_named():
    (install,) = [one for one in given("RUN") if "pip install" in one]
    assert "-c constraints.txt" in install
    assert not re.search(r"https?://(?!127\.0\.0\.1)|index-url", DOCKERFILE)


def test_the_health_check_is_a_program_that_python_reads():
    (said,) = given("HEALTHCHECK")
    program = json.loads(said.partition("CMD ")[2])
    assert program[:2] == ["python", "-c"]
    compile(program[2], "HEALTHCHECK", "exec")


def service() -> dict[str, str]:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read_string(SERVICE)
    return dict(parser["Service"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DynamicUser", "yes"),
        ("StateDirectory", "fairpoints"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
        ("Restart", "on-failure"),
        ("TimeoutStopSec", "15"),
        ("EnvironmentFile", "/etc/fairpoints.env"),
    ],
)
def test_the_service_may_do_little_and_stops_in_time(name: str, value: str):
    assert service()[name] == value


def test_the_service_runs_the_program():
    assert service()["ExecStart"].endswith("/fairpoints run")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_understands_the_service(tmp_path: Path):
    unit = tmp_path / "fairpoints.service"
    unit.write_text(re.sub(r"^ExecStart=.*", "ExecStart=/bin/true", SERVICE, flags=re.MULTILINE))
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert [line for line in verified.stderr.splitlines() if "fairpoints.service" in line] == []
