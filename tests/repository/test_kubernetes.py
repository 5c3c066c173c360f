"""deploy/kubernetes: what kustomize renders is what Kubernetes takes, and may do little."""

import subprocess
import sysconfig
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from config import load
from tests.repository.dockerfile import read_stages
from tests.repository.paths import ROOT

KUSTOMIZE = ROOT / "deploy" / "kubernetes"
OVERLAYS = sorted(path.name for path in (KUSTOMIZE / "overlays").iterdir())
VERSIONS = ("1.30", "1.37")
"""Of Kubernetes; the schemas of those between say the same of these kinds."""

pytestmark = pytest.mark.parametrize("overlay", OVERLAYS)


@cache
def rendered(overlay: str) -> tuple[dict[str, Any], ...]:
    """What `kubectl apply --kustomize` would send."""
    kubectl = Path(sysconfig.get_path("scripts")) / "kubectl"
    done = subprocess.run(
        [kubectl, "kustomize", KUSTOMIZE / "overlays" / overlay], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return tuple(yaml.safe_load_all(done.stdout))


def one(overlay: str, kind: str) -> dict[str, Any]:
    """Return the one object of a kind."""
    (found,) = [each for each in rendered(overlay) if each["kind"] == kind]
    return found


def pod(overlay: str) -> dict[str, Any]:
    """Return the specification of the pod."""
    return dict(one(overlay, "Deployment")["spec"]["template"]["spec"])


def container(overlay: str) -> dict[str, Any]:
    """Return the one container."""
    (found,) = pod(overlay)["containers"]
    return dict(found)


def as_a_kubelet_writes(folder: Path, files: Mapping[str, str]) -> Path:
    """Lay out a volume of a Secret or ConfigMap: links to a folder that is exchanged as a whole."""
    version = folder / "..2026_03_01_06_00_00.123"
    version.mkdir(parents=True)
    (folder / "..data").symlink_to(version.name)
    for name, content in files.items():
        (version / name).write_text(content, "utf-8")
        (folder / name).symlink_to(f"..data/{name}")
    return folder


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_takes_it(overlay: str, version: str) -> None:
    for each in rendered(overlay):
        kubernetes_validate.validate(each, version, strict=True)


def test_the_service_and_the_budget_choose_the_pods(overlay: str) -> None:
    labels = one(overlay, "Deployment")["spec"]["template"]["metadata"]["labels"]
    for chosen in (
        one(overlay, "Deployment")["spec"]["selector"]["matchLabels"],
        one(overlay, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        one(overlay, "Service")["spec"]["selector"],
    ):
        assert chosen
        assert chosen.items() <= labels.items()


def test_it_may_do_little(overlay: str) -> None:
    spec, here = pod(overlay), container(overlay)
    user = read_stages(ROOT / "Dockerfile")["full"].last("USER").rest
    given = spec["securityContext"]
    assert f"{given['runAsUser']}:{given['runAsGroup']}" == user
    assert given["fsGroup"] == given["runAsGroup"]
    assert given["runAsNonRoot"] is True
    assert given["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert here["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert here["resources"]["limits"]["memory"]


def test_secrets_do_not_lie_where_a_cluster_mounts_its_token(overlay: str) -> None:
    mounts = {mount["name"]: mount["mountPath"] for mount in container(overlay)["volumeMounts"]}
    environ = {each["name"]: each["value"] for each in container(overlay)["env"]}
    assert environ["TUNEWATCH_SECRETS_DIR"] == mounts["secrets"]
    assert not mounts["secrets"].startswith(("/run", "/var/run"))  # one folder in Debian's images
    assert {volume["name"] for volume in pod(overlay)["volumes"]} == set(mounts)


def test_probes_ask_what_the_daemon_answers(overlay: str) -> None:
    here = container(overlay)
    (port,) = here["ports"]
    assert port["containerPort"] == 8787
    for probe, path in (
        ("startupProbe", "/-/healthy"),
        ("livenessProbe", "/-/healthy"),
        ("readinessProbe", "/-/ready"),
    ):
        assert here[probe]["httpGet"] == {"path": path, "port": port["name"]}
    assert pod(overlay)["terminationGracePeriodSeconds"] == 15


def test_the_configuration_loads_as_the_pod_finds_it(overlay: str, tmp_path: Path) -> None:
    configuration = as_a_kubelet_writes(tmp_path / "configuration", one(overlay, "ConfigMap")["data"])
    secrets = (
        {} if overlay == "sqlite" else {"tunewatch_history__url": "postgresql+psycopg://tunewatch:pw@db/tunewatch"}
    )
    environ = {each["name"]: each["value"] for each in container(overlay)["env"]}
    settings = load(
        configuration / Path(container(overlay)["args"][-1]).name,
        environ=environ,
        secrets_dir=as_a_kubelet_writes(tmp_path / "secrets", secrets),
    )
    assert settings.missing_secrets() == ()
    assert settings.history.url == (secrets or {"": "sqlite:////var/lib/tunewatch/tunewatch.db"}).popitem()[1]
    (volume,) = [each for each in pod(overlay)["volumes"] if each["name"] == "secrets"]
    assert volume["secret"].get("optional", False) is (overlay == "sqlite")


def test_where_the_history_is_a_file_there_is_one_pod_and_it_stays(overlay: str) -> None:
    deployment = one(overlay, "Deployment")["spec"]
    (state,) = [each for each in pod(overlay)["volumes"] if each["name"] == "state"]
    if overlay == "sqlite":
        assert (deployment["replicas"], deployment["strategy"]) == (1, {"type": "Recreate"})
        assert state["persistentVolumeClaim"]["claimName"] == one(overlay, "PersistentVolumeClaim")["metadata"]["name"]
    else:
        assert deployment["replicas"] == (2 if overlay == "two-replicas" else 1)
        assert "emptyDir" in state
