"""What the tests share: a simulator, the settings that lead to it, companies and people."""

import os
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo.tests import HttpCase, TransactionCase, new_test_user

from ..settings import redirect_uri
from .ups_simulator import UpsSimulator

CLIENT_ID = "client-of-the-tests"
CLIENT_SECRET = "secret-of-the-tests"
VARIABLES = (
    "UPS_BASE_URL",
    "UPS_CLIENT_ID",
    "UPS_CLIENT_SECRET",
    "UPS_ENVIRONMENT",
    "UPS_TOKEN_KEYS",
)


class UpsSetup:
    """Mixed into Odoo's test cases; their registry must be in test mode.

    Only so does a transaction of its own see what the test has written.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls._registry_patched:
            cls.registry_enter_test_mode_cls()
        cls.set_environment()
        cls.simulator = UpsSimulator(CLIENT_ID, CLIENT_SECRET, [redirect_uri(cls.env)])
        cls.simulator.start()
        cls.addClassCleanup(cls.simulator.stop)
        os.environ["UPS_BASE_URL"] = cls.simulator.base_url
        os.environ["UPS_TOKEN_KEYS"] = Fernet.generate_key().decode()
        cls.configure()
        cls.company = cls.env["res.company"].create({"name": "Acme"})
        cls.branch = cls.env["res.company"].create(
            {"name": "Acme Harbour", "parent_id": cls.company.id}
        )
        cls.other_company = cls.env["res.company"].create({"name": "Bolt"})
        cls.companies = cls.company + cls.branch + cls.other_company
        cls.admin = cls.new_user("ups_admin", "base.group_user,base.group_system")

    @classmethod
    def set_environment(cls):
        """Start from a server whose environment says nothing of UPS."""
        environment = patch.dict(os.environ)
        environment.start()
        cls.addClassCleanup(environment.stop)
        for name in VARIABLES:
            os.environ.pop(name, None)

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
        company = company or self.company
        self.env["ups.connection"]._lock_for(company.id).with_user(self.admin).sudo()._store(
            self.token_set(), "cie"
        )

    def token_set(self):
        from ..settings import ups_settings

        client = ups_settings(self.env).client
        request = client.begin(redirect_uri(self.env))
        code = self.simulator.issue_code(request.redirect_uri, request.code_challenge)
        return client.exchange_code(code, request.redirect_uri, request.code_verifier)

    def attempts(self):
        return self.env["ups.authorization.attempt"].search([])


class UpsCase(UpsSetup, TransactionCase):
    """For what needs no HTTP request to Odoo."""


class UpsHttpCase(UpsSetup, HttpCase):
    """For what a browser does."""
