import os
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields, http
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import config

from .. import const
from ..hooks import uninstall_hook
from ..settings import environment_to_store, ups_settings
from .common import CLIENT_ID, CLIENT_SECRET, UpsCase


@tagged("post_install", "-at_install")
class TestSettings(UpsCase):
    def new_settings(self, **values):
        return self.env["res.config.settings"].create(values)

    def in_force(self):
        settings = ups_settings(self.env)
        names = ("client_id", "client_secret", "environment", "use_pkce")
        return tuple(getattr(settings, name) for name in names)

    def test_what_was_saved_is_in_force(self):
        """And an empty secret keeps the stored one."""
        stored = (CLIENT_ID, CLIENT_SECRET, "cie", True)
        self.new_settings(ups_client_secret="typed-but-not-saved", ups_client_id="other")
        self.assertEqual(self.in_force(), stored)
        self.configure(ups_client_secret="", ups_use_pkce=False)
        self.assertEqual(self.in_force(), (*stored[:3], False))
        self.assertFalse(self.new_settings().ups_use_pkce)

    def test_blanks_of_a_paste_are_dropped(self):
        self.configure(ups_client_id=" pasted-id\n", ups_client_secret="\tpasted-secret \n")
        self.assertEqual(self.in_force()[:2], ("pasted-id", "pasted-secret"))

    def test_a_page_that_was_opened_before_others_saved_puts_nothing_back(self):
        opened = self.new_settings()
        self.configure(ups_client_id="new-id", ups_environment="production", ups_use_pkce=False)
        untouched = ("ups_client_id", "ups_environment", "ups_use_pkce", "ups_client_secret")
        opened.write({name: opened[name] for name in untouched})  # as the web client sends them
        opened.execute()
        self.assertEqual(self.in_force(), ("new-id", CLIENT_SECRET, "production", False))

    def test_nothing_is_deleted_without_a_word(self):
        with self.assertRaisesRegex(ValidationError, "nothing was saved"):
            self.configure(ups_client_id=" ", ups_client_secret="")
        self.assertEqual(self.in_force()[:2], (CLIENT_ID, CLIENT_SECRET))
        self.forget_application()
        with self.assertRaisesRegex(ValidationError, "client ID"):  # a secret is not thrown away
            self.configure(ups_client_id="", ups_client_secret="typed-in-just-now")

    def test_a_change_says_first_how_many_must_be_authorized_again(self):
        form = Form(self.env["res.config.settings"])
        form.ups_environment = "production"
        self.assertFalse(form.ups_reauthorize_warning, "nobody is authorized yet")
        self.authorize()
        self.authorize(self.other_company)
        form = Form(self.env["res.config.settings"])
        self.assertFalse(form.ups_reauthorize_warning)
        form.ups_environment = "production"
        self.assertIn("again after this change: 2.", form.ups_reauthorize_warning)
        self.assertIn("unless somebody has clicked OAuth", form.ups_reauthorize_warning)
        form.ups_environment = "cie"
        self.assertFalse(form.ups_reauthorize_warning)

    def test_the_settings_say_what_on_the_server_stands_in_the_way(self):
        job = self.env.ref("ups_pickup_oauth.ir_cron_keep_alive")
        late = fields.Datetime.subtract(fields.Datetime.now(), days=3)
        set_param = self.env["ir.config_parameter"].set_param
        set_param("web.base.url", "https://odoo.example.com")
        self.assertFalse(self.new_settings().ups_server_advice)
        for change, words in (
            (lambda: job.write({"nextcall": late}), "has not run for two days"),
            (lambda: job.write({"active": False}), "switched off"),
            (lambda: set_param("web.base.url", "http://odoo.example.com"), "https://"),
        ):
            change()
            self.assertIn(words, self.new_settings().ups_server_advice)
        several = {"db_name": ["one", "two"], "dbfilter": ""}
        with patch.dict(config._runtime_options, several):
            self.assertIn("dbfilter", self.new_settings().ups_server_advice)
        here = SimpleNamespace(httprequest=SimpleNamespace(host_url="https://10.0.0.7/"))
        with patch.object(http, "request", here):
            self.assertIn("web.base.url.freeze", self.new_settings().ups_server_advice)
            for no_address in ("https://odoo:8o69", "http://["):  # nor does it break the page
                set_param("web.base.url", no_address)
                self.assertIn("not know its own address", self.new_settings().ups_server_advice)
                self.assertTrue(self.company.with_user(self.admin).ups_status)

    def test_test_settings_says_what_ups_says_and_saves_nothing(self):
        self.assertEqual(self.finding()[0], "success")
        self.authorize()
        self.configure(ups_client_secret="wrong")
        for _click in range(2):  # UPS has refused it before the second one
            kind, words = self.finding()
            self.assertEqual(kind, "danger")
            self.assertIn("Copy the client secret again", words)
        self.configure(ups_client_id="unknown-to-ups")
        kind, words = self.finding()
        self.assertEqual(kind, "danger")
        self.assertIn("UPS does not know the client ID", words)

    def finding(self):
        self.env.invalidate_all()
        params = self.new_settings().with_user(self.admin).action_ups_test_settings()["params"]
        return params["type"], params["message"]

    def test_settings_open_when_the_servers_keys_cannot_be_used(self):
        with patch.dict(os.environ, {"UPS_TOKEN_KEYS": "garbage"}):
            settings = self.new_settings()
            self.assertEqual(settings.ups_client_id, CLIENT_ID)
            self.assertTrue(settings.ups_has_client_secret)
            self.assertTrue(settings.ups_redirect_uri)

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
            for name in ("ups_client_id", "ups_client_secret", "ups_environment"):
                self.assertTrue(settings[f"{name}_is_fixed"])
            settings.execute()
            self.assertEqual(ups_settings(self.env).client_secret, "secret-from-the-server")
        self.assertEqual(self.in_force(), (CLIENT_ID, CLIENT_SECRET, "cie", True))

    def test_an_environment_as_people_write_it_and_one_that_is_none(self):
        for written, environment in (("CIE", "cie"), (" Production ", "production")):
            with self.server(UPS_ENVIRONMENT=written):
                self.assertEqual(environment_to_store(self.env), environment)
                self.assertEqual(self.new_settings().ups_environment, environment)
        self.authorize()
        with self.parameter(const.PARAM_ENVIRONMENT, "sandbox"):
            told = "must be production or cie"
            self.assertIn(told, self.new_settings().ups_server_advice)
            self.assertIn(told, self.company.with_user(self.admin).ups_reauthorize_reason)
            self.assertIn(told, str(self.error_of(lambda: environment_to_store(self.env))))

    def test_ups_base_url_replaces_the_host_of_either_environment(self):
        self.assertEqual(ups_settings(self.env).base_url, self.simulator.base_url)
        with patch.dict(os.environ):
            del os.environ["UPS_BASE_URL"]
            self.assertEqual(ups_settings(self.env).base_url, "https://wwwcie.ups.com")
            self.configure(ups_environment="production")
            self.assertEqual(ups_settings(self.env).base_url, "https://onlinetools.ups.com")
