"""compose.yaml, as far as it can be shown without Docker: who reaches what, and the simulator."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import yaml
from ups_client import AskPersonAgain, OAuthClient

from devenv import addons
from devenv.paths import REPO
from devenv.server import CALLBACK


@pytest.fixture(scope="module")
def services() -> dict:
    return yaml.safe_load((REPO / "compose.yaml").read_text())["services"]


@pytest.fixture(scope="module")
def simulator_url(services) -> Iterator[str]:
    """The simulator, started by the file's own command line, at a free port."""
    _, script, *options = services["simulator"]["entrypoint"]
    options = ["--port=0" if option.startswith("--port=") else option for option in options]
    assert services["simulator"]["volumes"] == [".:/clone:ro"]
    path = REPO / script.removeprefix("/clone/")
    environment = os.environ | services["simulator"]["environment"]
    command = [sys.executable, path, *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().removeprefix("listening on ").strip()
        process.terminate()


def test_nothing_is_published_beyond_this_machine(services):
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_all_addons_are_installed(services):
    """Those that Odoo does not install by itself, as soon as all that they need is there."""
    named = [
        name for name in addons.names() if not addons.manifest(REPO / name).get("auto_install")
    ]
    assert f"--init={','.join(named)}" in services["odoo"]["command"]
    assert ".:/mnt/extra-addons:ro" in services["odoo"]["volumes"]


def test_simulator_and_its_door_share_odoos_loopback(services):
    for name in ("simulator", "simulator-door"):
        assert services[name]["network_mode"] == "service:odoo"
    port = services["odoo"]["environment"]["UPS_BASE_URL"].rpartition(":")[2]
    (listen, target) = services["simulator-door"]["command"]
    door = listen.removeprefix("TCP-LISTEN:").partition(",")[0]
    assert target.endswith(f":{port}")
    assert f"127.0.0.1:{port}:{door}" in services["odoo"]["ports"]
    assert f"--port={port}" in services["simulator"]["entrypoint"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_simulator_knows_odoos_application(host, services, simulator_url):
    """At whichever of its two addresses the person works in Odoo."""
    settings = services["odoo"]["environment"]
    client = OAuthClient(simulator_url, settings["UPS_CLIENT_ID"], settings["UPS_CLIENT_SECRET"])
    client.preflight(client.begin(f"http://{host}:8069{CALLBACK}"))
    with pytest.raises(AskPersonAgain, match="Invalid Refresh Token"):
        client.refresh("unknown")
