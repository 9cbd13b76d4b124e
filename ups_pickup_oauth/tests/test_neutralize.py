from odoo import fields
from odoo.modules.neutralize import neutralize_database
from odoo.tests import tagged

from ..models.ups_connection import NOTHING_GRANTED
from ..settings import ups_settings
from .common import UpsCase, end_authorization

FULL = {"char": "x", "text": "x", "integer": 1, "json": {"x": 1}, "many2one": 1}


@tagged("post_install", "-at_install")
class TestNothingGranted(UpsCase):
    def setUp(self):
        super().setUp()
        self.configure(ups_environment="production")
        self.authorize()
        self.connection = self.company.ups_connection_ids
        end_authorization(self.connection)  # there is an activity
        for name in NOTHING_GRANTED:
            field = self.connection._fields[name]
            now = {"datetime": fields.Datetime.now()}
            value = (FULL | now).get(field.type) or field.get_values(self.env)[-1]
            self.connection[name] = value
        self.env.flush_all()

    def assert_nothing_granted(self):
        self.env.invalidate_all()
        for name, nothing in NOTHING_GRANTED.items():
            self.assertEqual(self.connection[name] or False, nothing or False, name)
        self.assertFalse(self.connection.activity_ids)

    def test_opting_out(self):
        self.company.with_user(self.admin).action_ups_opt_out()
        self.assert_nothing_granted()

    def test_a_neutralized_database_cannot_act_at_ups(self):
        self.go_to_ups()
        typed = self.env["res.config.settings"].create({"ups_client_secret": "not yet saved"})
        self.assertTrue(typed.ups_sealed_client_secret)
        self.env.flush_all()
        neutralize_database(self.env.cr)
        self.env.registry.clear_all_caches()
        self.assert_nothing_granted()
        self.assertFalse(self.attempts() or typed.ups_sealed_client_secret)
        settings = ups_settings(self.env)
        self.assertEqual((settings.client_secret, settings.environment), ("", "cie"))
