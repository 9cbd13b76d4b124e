"""The key file of several workers that need it at once, before there is one."""

import stat
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from cryptography.fernet import Fernet

from devenv import database, server
from devenv.paths import ADDON

NAME = "ups_life_keys"
WORKERS = 3
# From the environment, so that no secret has to be sealed beforehand.
APPLICATION = {
    "UPS_CLIENT_ID": server.SIMULATOR_CLIENT_ID,
    "UPS_CLIENT_SECRET": server.SIMULATOR_CLIENT_SECRET,
}


def test_settings_saved_in_all_workers_at_once(pristine, serve, simulator, tmp_path):
    database.copy(pristine, NAME)
    options = (f"--workers={WORKERS}", f"--data-dir={tmp_path}")
    with serve(NAME, *options, **APPLICATION) as odoo:
        admins = [odoo.sign_in() for _each in range(2 * WORKERS)]
        at_once = Barrier(len(admins))

        def save(admin):
            at_once.wait()
            return admin.call("res.config.settings", "create", [server.SIMULATOR_SETTINGS])

        with ThreadPoolExecutor(len(admins)) as pool:
            saved = [ids for [ids] in pool.map(save, admins)]
        [path] = (tmp_path / ADDON.name).iterdir()
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        query = "SELECT ups_sealed_client_secret FROM res_config_settings WHERE id = ANY(%s)"
        sealed = odoo.sql(query, saved)
        assert len(sealed) == len(admins)
        opened = {Fernet(path.read_bytes()).decrypt(secret) for (secret,) in sealed}
        assert opened == {server.SIMULATOR_CLIENT_SECRET.encode()}
        # Each worker opens with it what another one has sealed: the verifier of an attempt.
        for admin in admins[:2]:
            assert "/ups-authorized" in admin.authorize(simulator).url
            assert "accepts" in admin.test_authorization()
