"""The key file of several workers that need it at once, before there is one."""

import stat
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from cryptography.fernet import Fernet

from devenv import database, server
from devenv.database import run as sql
from devenv.paths import ADDON

NAME = "ups_life_keys"
WORKERS = 3
APPLICATION = {
    "UPS_CLIENT_ID": server.SIMULATOR_CLIENT_ID,
    "UPS_CLIENT_SECRET": server.SIMULATOR_CLIENT_SECRET,
}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def odoo(pristine, serve, data_dir):
    """Several processes, in which nothing has been encrypted yet.

    The application comes from the environment, so that no secret has to be sealed beforehand.
    """
    database.copy(pristine, NAME)
    options = (f"--workers={WORKERS}", f"--data-dir={data_dir}")
    with serve(NAME, *options, **APPLICATION) as odoo:
        yield odoo


@pytest.fixture
def keys(data_dir):
    """The folder of the key file, empty."""
    folder = data_dir / ADDON.name
    for path in folder.glob("*"):
        path.unlink()
    return folder


def only_key(folder):
    """:return: the content of the one file, which is Odoo's alone."""
    [path] = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_bytes()


def test_opt_ins_in_all_workers_at_once(odoo, simulator, keys):
    admins = [odoo.sign_in() for _each in range(WORKERS)]
    calls = simulator.calls("authorize")
    # A worker serves one request at a time: when so many wait for UPS, each waits in another one.
    simulator.queue_fault("authorize", "hang", times=WORKERS)
    with ThreadPoolExecutor(WORKERS) as pool:
        starts = [pool.submit(admin.start_authorization) for admin in admins]
        simulator.wait_for_calls("authorize", calls + WORKERS, timeout=120)
        assert not keys.exists() or not list(keys.iterdir())
        simulator.release()
        urls = [start.result() for start in starts]
    only_key(keys)
    for admin, url in zip(admins, urls, strict=True):
        page = admin.open(simulator.person_agrees(url))  # its verifier is opened with the key
        assert "/ups-authorized" in page.url
        assert admin.test_authorization() == "UPS accepts the authorization of My Company."


def test_settings_saved_in_all_workers_at_once(odoo, keys):
    admins = [odoo.sign_in() for _each in range(2 * WORKERS)]
    at_once = Barrier(len(admins))

    def save(admin):
        at_once.wait()
        return admin.call("res.config.settings", "create", [server.SIMULATOR_SETTINGS])

    with ThreadPoolExecutor(len(admins)) as pool:
        saved = [ids for [ids] in pool.map(save, admins)]
    key = only_key(keys)
    query = "SELECT ups_sealed_client_secret FROM res_config_settings WHERE id = ANY(%s)"
    sealed = sql(NAME, query, saved)
    assert len(sealed) == len(admins)
    assert {Fernet(key).decrypt(secret) for (secret,) in sealed} == {
        server.SIMULATOR_CLIENT_SECRET.encode()
    }
