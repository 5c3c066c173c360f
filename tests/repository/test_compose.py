"""compose.yaml keeps its promises: little may be done by what it starts, and nothing secret is in it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from config import load
from tests.repository.dockerfile import read_stages
from tests.repository.paths import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
MONITORING: dict[str, Any] = yaml.safe_load((ROOT / "compose.monitoring.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
BESIDE = {name: service for name, service in MONITORING["services"].items() if name not in SERVICES}
TUNEWATCH = SERVICES["tunewatch"]
EVERY = {**SERVICES, **BESIDE}
EXAMPLE = ROOT / "examples" / "compose" / "tunewatch.yaml"


def mount_at(target: str) -> dict[str, Any]:
    """Return the mount of tunewatch at a path."""
    (mount,) = [mount for mount in TUNEWATCH["volumes"] if mount["target"] == target]
    return dict(mount)


@pytest.mark.parametrize("service", EVERY.values(), ids=EVERY.keys())
def test_a_service_may_do_little(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["restart"] == "unless-stopped"


def test_tunewatch_starts_when_postgresql_answers() -> None:
    assert TUNEWATCH["depends_on"] == {"history": {"condition": "service_healthy"}}
    assert SERVICES["history"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]


def test_the_history_outlives_its_container() -> None:
    assert SERVICES["history"]["volumes"] == ["history:/var/lib/postgresql"]
    assert "history" in COMPOSE["volumes"]


def test_only_this_machine_reaches_tunewatch_and_nobody_reaches_postgresql() -> None:
    assert TUNEWATCH["ports"] == ["127.0.0.1:8787:8787"]
    assert "ports" not in SERVICES["history"]
    assert SERVICES["history"]["networks"] == ["history"]
    assert COMPOSE["networks"]["history"] == {"internal": True}


@pytest.mark.parametrize("target", ["/etc/tunewatch/tunewatch.yaml", "/logs"])
def test_configuration_and_log_are_mounted_read_only(target: str) -> None:
    mount = mount_at(target)
    assert mount["type"] == "bind"
    assert mount["read_only"] is True


def test_the_mounted_configuration_is_where_the_image_looks_for_it() -> None:
    image = read_stages(ROOT / "Dockerfile")["full"]
    assert mount_at(image.last("CMD").exec_form[-1])["source"] == f"./{EXAMPLE.relative_to(ROOT)}"


def test_what_is_mounted_beside_is_there_and_read_only() -> None:
    for service in BESIDE.values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        mounts = [mount for mount in service["volumes"] if isinstance(mount, dict)]
        assert mounts
        for mount in mounts:
            assert mount["read_only"] is True
            assert (ROOT / mount["source"]).is_dir()


def test_prometheus_asks_under_a_name_that_is_answered_and_grafana_asks_prometheus() -> None:
    scraped = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text("utf-8"))
    (target,) = scraped["scrape_configs"][0]["static_configs"][0]["targets"]
    assert target.removesuffix(":8787") in load(EXAMPLE, environ={}, secrets_dir=None).web.hosts
    provisioned = ROOT / "deploy" / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioned / "datasources" / "tunewatch.yaml").read_text("utf-8"))["datasources"]
    assert source["url"] == "http://prometheus:9090"
    (folder,) = yaml.safe_load((provisioned / "dashboards" / "tunewatch.yaml").read_text("utf-8"))["providers"]
    assert folder["options"]["path"] in {mount["target"] for mount in BESIDE["grafana"]["volumes"][:2]}


def test_secrets_are_files_that_git_ignores() -> None:
    used = {secret for service in SERVICES.values() for secret in service["secrets"]}
    assert used == set(COMPOSE["secrets"])
    assert all(secret["file"].startswith("./secrets/") for secret in COMPOSE["secrets"].values())
    assert "/secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert "environment" not in TUNEWATCH
    assert SERVICES["history"]["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/history_password"


def test_it_is_given_more_time_to_stop_than_it_takes() -> None:
    assert TUNEWATCH["stop_grace_period"] == "15s"


def test_the_example_loads_with_the_secrets_that_compose_mounts(tmp_path: Path) -> None:
    secrets = {
        "tunewatch_history__url": "postgresql+psycopg://tunewatch:pw@history/tunewatch\n",
    }
    assert set(secrets) == set(TUNEWATCH["secrets"])
    for name, value in secrets.items():
        (tmp_path / name).write_text(value, "utf-8")

    settings = load(EXAMPLE, environ={"TUNEWATCH_WEB__HOST": "0.0.0.0"}, secrets_dir=tmp_path)  # noqa: S104

    assert settings.missing_secrets() == ()
    assert settings.history.url.endswith("@history/tunewatch")
    predictions = settings.monitors["support-bot"].source.predictions
    assert "/logs/predictions*.parquet" in str(predictions)
