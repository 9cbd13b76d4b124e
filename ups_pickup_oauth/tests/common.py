"""What the tests share: a simulator, the settings that lead to it, companies and people."""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import BaseCase, HttpCase, TransactionCase, get_db_name, new_test_user
from odoo.tests.common import ChromeBrowser
from odoo.tools import config

from .. import const
from ..settings import redirect_uri, ups_settings
from .ups_simulator import UpsSimulator

CLIENT_ID = "client-of-the-tests"
CLIENT_SECRET = "secret-of-the-tests"
VARIABLES = ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET", "ENVIRONMENT", "TOKEN_KEYS")


class UpsSetup:
    """Mixed into Odoo's test cases; their registry must be in test mode.

    Only so does a transaction of its own see what the test has written.
    """

    SIMULATOR = UpsSimulator  # an addon's tests may have one of their own

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls._registry_patched:
            cls.registry_enter_test_mode_cls()
        cls.set_environment()
        cls.simulator = cls.SIMULATOR(CLIENT_ID, CLIENT_SECRET, [redirect_uri(cls.env)])
        cls.simulator.start()
        cls.addClassCleanup(cls.simulator.stop)
        os.environ["UPS_BASE_URL"] = cls.simulator.base_url
        os.environ["UPS_TOKEN_KEYS"] = Fernet.generate_key().decode()
        cls.configure()
        cls.company = cls.env["res.company"].create({"name": "Acme"})
        of_acme = {"name": "Acme Harbour", "parent_id": cls.company.id}
        cls.branch, cls.other_company = cls.env["res.company"].create([of_acme, {"name": "Bolt"}])
        cls.companies = cls.company + cls.branch + cls.other_company
        cls.admin = cls.new_user("ups_admin", "base.group_user,base.group_system")

    @classmethod
    def set_environment(cls):
        """Start from a server whose environment says nothing of UPS."""
        environment = patch.dict(os.environ)
        environment.start()
        cls.addClassCleanup(environment.stop)
        for name in VARIABLES:
            os.environ.pop(f"UPS_{name}", None)

    @classmethod
    def configure(cls, **values):
        """Save General Settings as an administrator does."""
        cls.env["res.config.settings"].create(
            {
                "ups_client_id": CLIENT_ID,
                "ups_client_secret": CLIENT_SECRET,
                "ups_environment": "cie",
                "ups_use_pkce": True,
            }
            | values
        ).execute()

    @classmethod
    def forget_application(cls):
        """As in a database where nobody has saved the settings of UPS."""
        for name in (const.PARAM_CLIENT_ID, const.PARAM_CLIENT_SECRET):
            cls.env["ir.config_parameter"].set_param(name, False)

    @classmethod
    def new_user(cls, login, groups, companies=None):
        companies = cls.companies if companies is None else companies
        return new_test_user(
            cls.env, login, groups, company_id=companies[0].id, company_ids=[(6, 0, companies.ids)]
        )

    def setUp(self):
        super().setUp()
        self.simulator.reset()

    def go_to_ups(self, company=None, user=None):
        """:return: the URL at UPS to which the button OAuth leads."""
        company = (company or self.company).with_user(user or self.admin)
        return company.action_ups_oauth()["url"]

    def authorize(self, company=None):
        """Authorize without a browser."""
        store_authorization((company or self.company).with_user(self.admin), self.simulator)
        self.env.flush_all()  # other cursors read the database

    def let_it_end(self, seconds=0):
        """Let each access token live that much longer."""
        ends = fields.Datetime.now() + timedelta(seconds=seconds)
        self.env["ups.connection"].search([]).access_token_expires_at = ends
        self.env.flush_all()

    def error_of(self, call):
        """:return: the refusal, or None. Unlike assertRaises it rolls nothing back."""
        try:
            call()
        except UserError as error:
            return error
        finally:
            self.env.invalidate_all()

    @contextmanager
    def server(self, **variables):
        with patch.dict(os.environ, variables):
            yield

    @contextmanager
    def parameter(self, name, value):
        parameters = self.env["ir.config_parameter"]
        before = parameters.get_param(name)
        parameters.set_param(name, value)
        yield
        parameters.set_param(name, before)

    def attempts(self):
        return self.env["ups.authorization.attempt"].search([])


class UpsCase(UpsSetup, TransactionCase):
    """For what needs no HTTP request to Odoo."""


class AuthorizedCase(UpsCase):
    """The company is authorized, and UPS has been asked nothing since."""

    def setUp(self):
        super().setUp()
        self.authorize()
        self.simulator.forget_requests()
        self.connection = self.company.ups_connection_ids


class UpsHttpCase(UpsSetup, HttpCase):
    """For what a browser does."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(ChromeBrowser, "_handle_console", _handle_console))


_odoos_handle_console = ChromeBrowser._handle_console


def _handle_console(browser, type, args=None, **kw):  # pylint: disable=redefined-builtin
    """Let a page complain of what Debian's package of Odoo leaves out: a file for video calls."""
    if "Could not get content for mail/" not in str(args):
        _odoos_handle_console(browser, type, args, **kw)


class RealTransactionCase(BaseCase):
    """For what Odoo's test cursors cannot show: real cursors, locks and commits.

    What a test commits is deleted after it; companies are archived.
    """

    SIMULATOR = UpsSimulator

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # Odoo's own test runner holds it all the time, and no other thread could open a cursor.
        self.startPatcher(patch.object(Registry, "_lock", DummyRLock()))
        with self.transaction(SUPERUSER_ID) as env:
            self.admin_id = env.ref("base.user_admin").id
            self.simulator = self.SIMULATOR(CLIENT_ID, CLIENT_SECRET, [redirect_uri(env)]).start()
        self.addCleanup(self.simulator.stop)
        self.startPatcher(patch.dict(os.environ, self.environment()))
        self.company_ids = []
        self.addCleanup(self.delete_companies)
        self.company_id = self.create_company()

    def environment(self):
        """:return: the variables of a server whose UPS is the simulator."""
        return {
            "UPS_BASE_URL": self.simulator.base_url,
            "UPS_CLIENT_ID": CLIENT_ID,
            "UPS_CLIENT_SECRET": CLIENT_SECRET,
            "UPS_ENVIRONMENT": "cie",
            "UPS_TOKEN_KEYS": Fernet.generate_key().decode(),
        }

    @contextmanager
    def transaction(self, uid=None):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, uid or self.admin_id, {})

    def create_company(self, name="Concurrent"):
        with self.transaction(SUPERUSER_ID) as env:
            company = env["res.company"].create({"name": name})
            env["res.users"].browse(self.admin_id).company_ids += company
            self.company_ids.append(company.id)
            return company.id

    def delete_companies(self):
        with self.transaction(SUPERUSER_ID) as env:
            companies = env["res.company"].browse(self.company_ids)
            for model in ("ups.connection", "ups.authorization.attempt"):
                env[model].search([("company_id", "in", companies.ids)]).unlink()
            env["res.users"].browse(self.admin_id).company_ids -= companies
            # Accounting, stock and others made things for it that nobody may delete.
            for company in companies:
                company.write({"name": f"Gone {company.id}", "active": False})

    def authorize(self, company_id=None, expired=True):
        """Authorize without a browser; by default the access token has just ended."""
        with self.transaction() as env:
            company = env["res.company"].browse(company_id or self.company_id)
            store_authorization(company, self.simulator)
            if expired:
                company.sudo().ups_connection_ids.access_token_expires_at = "2020-01-01"

    def stored(self, company_id=None):
        """:return: the company's state and its refresh token, as the next transaction sees them."""
        with self.transaction(SUPERUSER_ID) as env:
            company = env["res.company"].browse(company_id or self.company_id)
            return company.ups_authorization_state, company.ups_refresh_token

    def assert_authorized(self, company_id=None):
        """And the refresh token that is kept is the one that UPS takes next."""
        state, refresh_token = self.stored(company_id)
        self.assertEqual(state, "authorized")
        self.assertTrue(self.simulator.is_live_refresh_token(refresh_token))

    def want_token(self):
        with self.transaction() as env:
            return env["res.company"].browse(self.company_id)._ups_get_access_token()

    @contextmanager
    def hanging_refresh(self, when="before"):
        """UPS has been asked for a token; its answer comes when the context ends."""
        self.simulator.queue_fault("refresh", "hang", when=when)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self.want_token)
            self.simulator.wait_for_calls("refresh", 1)
            try:
                yield waiting
            finally:
                self.simulator.release()

    def opt_out(self, company_id=None):
        with self.transaction() as env:
            env["res.company"].browse(company_id or self.company_id).action_ups_opt_out()

    # === OTHER PROCESSES === #

    def start_process(self, script, *arguments):
        """Start a script of the tests as this server's twin, and wait until it says `ready`."""
        command = [sys.executable, str(script), self.config_file(), get_db_name(), *arguments]
        process = subprocess.Popen(  # noqa: S603 this very interpreter
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def go(self, process):
        process.stdin.write("go\n")
        process.stdin.flush()

    def config_file(self):
        """:return: a configuration with which another process is this server's twin."""
        options = ("addons_path", "data_dir", "db_host", "db_port", "db_user", "db_password")
        lines = ["[options]", "http_interface = 127.0.0.1"]
        for name in options:
            value = config[name]
            if value:
                value = ",".join(value) if isinstance(value, list) else value
                lines.append(f"{name} = {value}")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name, "odoo.conf")
        path.write_text("\n".join(lines))
        return str(path)


def store_authorization(company, simulator):
    """Let the company's user authorize it, without a browser."""
    settings = ups_settings(company.env)
    request = settings.client.begin(settings.redirect_uri)
    code = simulator.issue_code(request.redirect_uri, request.code_challenge)
    token_set = settings.client.exchange_code(code, request.redirect_uri, request.code_verifier)
    connection = company.env["ups.connection"].sudo()._lock_for(company.id)
    connection._store(token_set, settings)
    connection._put(connection._judged(settings, "accepted"))  # as the refresh at once proves it
    connection._message_log(body="Authorized at UPS.")
    connection._ask_people()


def end_authorization(connection):
    """Let it end as if UPS had refused to renew it, so that a person is asked."""
    connection._end("refused", "", [])
    connection._ask_people()
