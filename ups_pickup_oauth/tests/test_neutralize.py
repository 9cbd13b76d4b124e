from odoo.modules.neutralize import neutralize_database
from odoo.tests import tagged

from ..settings import ups_settings
from .common import UpsCase


@tagged("post_install", "-at_install")
class TestNeutralize(UpsCase):
    def test_a_neutralized_database_cannot_act_at_ups(self):
        self.configure(ups_environment="production")
        self.authorize()
        self.go_to_ups()
        self.company.ups_connection_ids.last_problem = {"class": "TryLater"}
        self.env.flush_all()
        neutralize_database(self.env.cr)
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.assertEqual(self.company.ups_authorization_state, "not_authorized")
        self.assertFalse(self.company.ups_refresh_token or self.company.ups_access_token)
        self.assertFalse(self.company.ups_connection_ids.last_problem)
        self.assertFalse(self.attempts())
        settings = ups_settings(self.env)
        self.assertEqual((settings.client_secret, settings.environment), ("", "cie"))
