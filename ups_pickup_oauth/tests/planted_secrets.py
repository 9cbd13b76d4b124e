"""Real secrets for the tests to look for, and the users who must not get them."""

import inspect
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tools import SQL

from .. import const
from ..token_keys import unseal
from .common import CLIENT_SECRET

SHARED = ("res.company", "res.config.settings")
"""Odoo's own models, of which only the fields and methods of this addon matter here."""

MODELS = ("ups.connection", "ups.authorization.attempt", *SHARED)

LOWER_ROLES = {
    "public": "base.group_public",
    "portal": "base.group_portal",
    "internal user": "base.group_user",
    "access rights": "base.group_user,base.group_erp_manager",
}
TYPED_SECRET = "typed-and-not-yet-saved"


class Planted:
    """Mixed into test cases, after UpsSetup: users by role, and rows with what they must not get.

    A subclass sets `records` by model, `secrets` that must never come back, and then `rows`.
    """

    models = MODELS
    lower_roles = (*LOWER_ROLES,)
    """Those who get nothing at all."""

    theirs = frozenset()
    """Roles and doors at which they only get or make what is their own."""

    tables = ("ups_connection", "ups_authorization_attempt")
    own = {}
    """Those whose rows they are, by role; `users` are the others."""

    constants = {("default_get", "state"), ("default_get", "status")}
    """Doors and fields of a new row that stand in the source."""

    def setUp(self):
        super().setUp()
        self.users = {
            role: self.new_user(f"ups_{role.replace(' ', '_')}", groups)
            for role, groups in LOWER_ROLES.items()
        } | {"administrator": self.admin}

    def stored_rows(self):
        """:return: what the database holds of this addon."""
        self.env.flush_all()
        rows = []
        for table in self.tables:
            self.env.cr.execute(SQL("SELECT * FROM %s ORDER BY id", SQL.identifier(table)))
            rows.append(self.env.cr.fetchall())
        self.env.cr.execute("SELECT key, value FROM ir_config_parameter WHERE key LIKE 'ups%'")
        return [*rows, sorted(self.env.cr.fetchall())]

    def fields_of(self, model):
        """:return: this addon's fields, but for the id, which the caller knows."""
        names = self.env[model]._fields
        return [
            name
            for name in names
            if name != "id" and (model not in SHARED or name.startswith("ups_"))
        ]

    def models_of(self, _role):
        """:return: the models that hold something which is not the role's."""
        return self.models

    def records_of(self, role, model):
        return self.records[model].with_user(self.users[role])

    def methods_of(self, model, prefix=""):
        """:return: the public methods that need no argument; of Odoo's models, this addon's."""
        records = self.records[model]
        for name in dir(type(records)):
            method = inspect.getattr_static(type(records), name)
            if name.startswith(prefix or tuple("abcdefghijklmnopqrstuvwxyz")) and callable(method):
                with suppress(AccessError, AttributeError, TypeError):
                    public = get_public_method(records, name)
                    inspect.signature(public).bind(records)
                    if model not in SHARED or "ups_pickup_oauth" in public.__module__:
                        yield name

    def assert_no_secret(self, answer):
        text = str(answer)
        self.assertFalse(any(secret in text for secret in self.secrets), "a secret came back")

    def assert_nothing_happened(self):
        self.assertEqual(self.stored_rows(), self.rows)
        self.assertEqual(self.simulator.calls(), 0)


class PlantedSecrets(Planted):
    """The company is authorized, an attempt for it waits, and a client secret is typed in Settings.

    `self.secrets` are in clear, sealed, and hashed.
    """

    def setUp(self):
        super().setUp()
        self.authorize()
        answer = self.simulator.person_agrees(self.go_to_ups())
        settings = self.env["res.config.settings"].with_user(self.admin)
        self.records = {
            "ups.connection": self.company.ups_connection_ids,
            "ups.authorization.attempt": self.attempts(),
            "res.company": self.company,
            "res.config.settings": settings.create({"ups_client_secret": TYPED_SECRET}).sudo(),
        }
        self.env.flush_all()
        self.secrets = self.simulator.issued_secrets() | {*self.kept_secrets(answer)}
        self.assertTrue(all(self.secrets), "an empty secret would be found anywhere")
        self.simulator.forget_requests()
        self.rows = self.stored_rows()

    def kept_secrets(self, answer):
        """:return: what Odoo holds, and what the person's browser holds."""
        connection, attempt, _company, settings = self.records.values()
        query = parse_qs(urlsplit(answer).query)
        sealed = (
            connection.sealed_access_token,
            connection.sealed_refresh_token,
            attempt.sealed_code_verifier,
            settings.ups_sealed_client_secret,
            self.env["ir.config_parameter"].get_param(const.PARAM_CLIENT_SECRET),
        )
        yield from sealed
        yield from (unseal(self.env, each) for each in sealed)
        yield from (query["state"][0], query["code"][0], attempt.state_hash)
        yield from (CLIENT_SECRET, TYPED_SECRET)
