import os
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .. import const
from ..hooks import uninstall_hook
from ..settings import ups_settings
from .common import CLIENT_ID, CLIENT_SECRET, UpsCase


@tagged("post_install", "-at_install")
class TestSettings(UpsCase):
    def parameter(self, name):
        return self.env["ir.config_parameter"].get_param(name)

    def new_settings(self, **values):
        return self.env["res.config.settings"].create(values)

    def test_what_was_saved_is_in_force(self):
        settings = ups_settings(self.env)
        self.assertEqual(settings.client_id, CLIENT_ID)
        self.assertEqual(settings.client_secret, CLIENT_SECRET)
        self.assertEqual(settings.environment, "cie")
        self.assertTrue(settings.use_pkce)

    def test_the_secret_never_comes_back(self):
        settings = self.new_settings(ups_client_secret="typed-in-just-now")
        fields = [name for name in settings._fields if name.startswith("ups_")]
        answer = settings.with_user(self.admin).web_save(
            {"ups_client_secret": "typed-in-again"}, {"ups_client_secret": {}, "ups_client_id": {}}
        )
        shown = f"{settings.sudo().read(fields)} {answer} {ups_settings(self.env)}"
        for secret in ("typed-in-just-now", "typed-in-again", CLIENT_SECRET):
            self.assertNotIn(secret, shown)
        self.assertTrue(settings.ups_has_client_secret)

    def test_the_secret_is_encrypted_in_the_database(self):
        settings = self.new_settings(ups_client_secret="typed-in-just-now")
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM res_config_settings WHERE id = %s", [settings.id])
        self.assertNotIn("typed-in-just-now", str(self.env.cr.dictfetchall()))
        self.assertNotIn(CLIENT_SECRET, self.parameter(const.PARAM_CLIENT_SECRET))

    def test_an_empty_secret_keeps_the_stored_one(self):
        self.configure(ups_client_secret="")
        self.assertEqual(ups_settings(self.env).client_secret, CLIENT_SECRET)

    def test_nothing_is_stored_before_save(self):
        self.new_settings(ups_client_secret="typed-but-not-saved", ups_client_id="other")
        self.assertEqual(ups_settings(self.env).client_secret, CLIENT_SECRET)
        self.assertEqual(ups_settings(self.env).client_id, CLIENT_ID)

    def test_blanks_of_a_paste_are_dropped(self):
        self.configure(ups_client_id=" pasted-id\n", ups_client_secret="\tpasted-secret \n")
        settings = ups_settings(self.env)
        self.assertEqual(
            (settings.client_id, settings.client_secret), ("pasted-id", "pasted-secret")
        )

    def test_without_a_client_id_the_secret_goes_too(self):
        self.configure(ups_client_id="", ups_client_secret="")
        self.assertFalse(self.parameter(const.PARAM_CLIENT_SECRET))
        self.assertEqual(ups_settings(self.env).client_secret, "")

    def test_a_secret_without_its_client_id_is_not_thrown_away(self):
        with self.assertRaisesRegex(ValidationError, "client ID"):
            self.configure(ups_client_id="", ups_client_secret="typed-in-just-now")

    def test_settings_open_when_the_servers_keys_cannot_be_used(self):
        with patch.dict(os.environ, {"UPS_TOKEN_KEYS": "garbage"}):
            settings = self.new_settings()
            self.assertEqual(settings.ups_client_id, CLIENT_ID)
            self.assertTrue(settings.ups_has_client_secret)
            self.assertTrue(settings.ups_redirect_uri)

    def test_only_administrators_are_told_the_settings(self):
        portal = self.new_user("ups_portal", "base.group_portal")
        settings = self.env["res.config.settings"].with_user(portal)
        values = settings.default_get(["ups_client_id", "ups_environment"])
        self.assertNotIn(CLIENT_ID, values.values())
        self.assertFalse(values.get("ups_environment"))

    def test_another_companys_state_is_not_told(self):
        self.authorize()
        stranger = self.new_user(
            "ups_stranger", "base.group_user,base.group_system", self.other_company
        )
        settings = self.env["res.config.settings"].with_user(stranger)
        row = settings.create({"company_id": self.company.id})
        self.assertEqual(row.ups_authorization_state, "not_authorized")

    def test_pkce_can_be_switched_off_and_stays_off(self):
        self.configure(ups_use_pkce=False)
        self.assertFalse(ups_settings(self.env).use_pkce)
        self.assertFalse(self.new_settings().ups_use_pkce)

    def test_pkce_and_production_are_the_defaults(self):
        uninstall_hook(self.env)
        settings = self.new_settings()
        self.assertTrue(settings.ups_use_pkce)
        self.assertEqual(settings.ups_environment, "production")
        self.assertFalse(settings.ups_has_client_secret)

    def test_the_server_environment_wins_and_is_not_stored(self):
        fixed = {
            "UPS_CLIENT_ID": "from-the-server",
            "UPS_CLIENT_SECRET": "secret-from-the-server",
            "UPS_ENVIRONMENT": "production",
        }
        with patch.dict(os.environ, fixed):
            settings = self.new_settings()
            self.assertEqual(settings.ups_client_id, "from-the-server")
            self.assertEqual(settings.ups_environment, "production")
            self.assertTrue(settings.ups_client_id_is_fixed)
            self.assertTrue(settings.ups_client_secret_is_fixed)
            self.assertTrue(settings.ups_environment_is_fixed)
            settings.execute()
            self.assertEqual(ups_settings(self.env).client_secret, "secret-from-the-server")
        self.assertEqual(ups_settings(self.env).client_id, CLIENT_ID)
        self.assertEqual(ups_settings(self.env).client_secret, CLIENT_SECRET)
        self.assertEqual(ups_settings(self.env).environment, "cie")

    def test_the_redirect_uri_is_that_of_the_base_url(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "https://odoo.example.com/")
        self.assertEqual(
            self.new_settings().ups_redirect_uri,
            "https://odoo.example.com/ups_pickup_oauth/callback",
        )

    def test_ups_base_url_replaces_the_host_of_either_environment(self):
        self.assertEqual(ups_settings(self.env).base_url, self.simulator.base_url)
        with patch.dict(os.environ):
            del os.environ["UPS_BASE_URL"]
            self.assertEqual(ups_settings(self.env).base_url, "https://wwwcie.ups.com")
            self.configure(ups_environment="production")
            self.assertEqual(ups_settings(self.env).base_url, "https://onlinetools.ups.com")

    def test_uninstalling_leaves_no_parameter_behind(self):
        uninstall_hook(self.env)
        left = self.env["ir.config_parameter"].search([("key", "like", "ups_pickup_oauth")])
        self.assertFalse(left)
