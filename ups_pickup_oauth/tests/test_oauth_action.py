import hashlib
import os
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .. import const
from .common import CLIENT_ID, UpsCase


@tagged("post_install", "-at_install")
class TestOAuthAction(UpsCase):
    def query(self, url):
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    def refusal(self, exception=RedirectWarning):
        """:return: the sentence with which OAuth is refused, after which nothing is left."""
        with self.assertRaises(exception) as caught:
            self.go_to_ups()
        self.assertFalse(self.attempts())
        return caught.exception.args[0]

    # === THE WAY TO UPS === #

    def test_the_browser_is_sent_to_the_authorize_url_in_the_same_tab(self):
        action = self.company.with_user(self.admin).action_ups_oauth()
        self.assertEqual((action["type"], action["target"]), ("ir.actions.act_url", "self"))
        self.assertTrue(
            action["url"].startswith(self.simulator.base_url + "/security/v1/oauth/authorize?")
        )
        query = self.query(action["url"])
        self.assertEqual(query["client_id"], CLIENT_ID)
        self.assertEqual(query["response_type"], "code")
        self.assertIn(query["redirect_uri"], self.simulator.redirect_uris)
        self.assertEqual(len(query["code_challenge"]), 43)

    def test_without_pkce_no_challenge_is_sent(self):
        self.configure(ups_use_pkce=False)
        self.assertNotIn("code_challenge", self.query(self.go_to_ups()))

    def test_the_attempt_cannot_be_finished_with_what_the_database_holds(self):
        state = self.query(self.go_to_ups())["state"]
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM ups_authorization_attempt")
        [row] = self.env.cr.dictfetchall()
        self.assertNotIn(state, str(row))
        self.assertEqual(row["state_hash"], hashlib.sha256(state.encode()).hexdigest())
        self.assertTrue(row["sealed_code_verifier"].startswith("gAAAA"), "a Fernet token")
        self.assertEqual(row["user_id"], self.admin.id)
        self.assertEqual(row["company_id"], self.company.id)

    def test_the_oldest_of_too_many_pending_attempts_makes_room(self):
        first = self.query(self.go_to_ups())["state"]
        for _each in range(const.MAX_PENDING_ATTEMPTS):
            self.go_to_ups()
        self.assertEqual(len(self.attempts()), const.MAX_PENDING_ATTEMPTS)
        hashes = self.attempts().mapped("state_hash")
        self.assertNotIn(hashlib.sha256(first.encode()).hexdigest(), hashes)

    def test_old_attempts_are_deleted_and_young_ones_stay(self):
        self.go_to_ups()
        attempt = self.attempts()
        attempt._gc_attempts()
        self.assertTrue(attempt.exists())
        attempt.expires_at = "2020-01-01 00:00:00"
        attempt._gc_attempts()
        self.assertFalse(attempt.exists())

    # === WHAT IS SAID INSTEAD === #

    def test_missing_settings_lead_to_the_settings(self):
        self.forget_application()
        self.assertIn("client ID of your UPS application is missing", self.refusal())
        self.configure(ups_client_secret="")
        self.env["ir.config_parameter"].set_param(const.PARAM_CLIENT_SECRET, False)
        self.assertIn("client secret of your UPS application is missing", self.refusal())
        self.assertEqual(self.simulator.calls(), 0)

    def test_a_secret_whose_key_is_lost_is_asked_for_again(self):
        self.env["ir.config_parameter"].set_param(const.PARAM_CLIENT_SECRET, "gAAAAnot-ours")
        self.assertIn("Enter the secret again", self.refusal())

    def test_the_button_of_the_warning_opens_general_settings(self):
        self.forget_application()
        with self.assertRaises(RedirectWarning) as caught:
            self.go_to_ups()
        _message, action_id, button, _context = caught.exception.args
        self.assertEqual(action_id, self.env.ref("ups_pickup_oauth.action_ups_settings").id)
        self.assertEqual(button, "Open Settings")

    def test_an_unknown_client_id(self):
        self.configure(ups_client_id="not-registered-at-ups")
        sentence = self.refusal()
        self.assertIn("UPS does not know the client ID", sentence)
        self.assertIn("10401 ClientId is Invalid", sentence, "UPS's own words")
        self.assertIn("Test (CIE)", sentence, "a client ID of production is unknown there")
        self.assertIn("Account Executive", sentence)

    def test_an_unregistered_redirect_uri(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "https://elsewhere.example.com")
        sentence = self.refusal(UserError)
        self.assertIn("https://elsewhere.example.com/ups_pickup_oauth/callback", sentence)
        self.assertIn("callback URL", sentence)

    def test_values_of_the_server_are_not_looked_for_in_the_settings(self):
        with patch.dict(os.environ, {"UPS_CLIENT_ID": "wrong-id-of-the-server"}):
            self.assertIn("whoever runs the server", self.refusal())

    def test_a_missing_value_is_looked_for_where_it_can_be_changed(self):
        self.forget_application()
        with patch.dict(os.environ, {"UPS_CLIENT_SECRET": "of-the-server"}):
            self.assertIn("General Settings", self.refusal())

    def test_an_odoo_without_an_address(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "odoo.example.com")
        sentence = self.refusal(UserError)
        self.assertIn("web.base.url", sentence)
        self.assertNotIn("General Settings", sentence)

    def test_a_blocked_application(self):
        self.simulator.queue_fault("authorize", "status", status=403)
        self.assertIn("UPS has blocked this application", self.refusal(UserError))

    def test_ups_is_not_available(self):
        for fault in (
            {"kind": "status", "status": 500},
            {"kind": "error_page"},
        ):
            with self.subTest(fault):
                self.simulator.queue_fault("authorize", **fault)
                self.assertIn(
                    "Nothing is lost. Try again in a few minutes", self.refusal(UserError)
                )

    def test_what_is_odd_stops_nobody_and_stands_in_the_history(self):
        for fault in (
            {"kind": "status", "status": 401, "body": "<html>a proxy</html>"},
            {"kind": "html"},
            {"kind": "drop"},
        ):
            with self.subTest(fault):
                self.simulator.queue_fault("authorize", **fault)
                self.assertTrue(self.go_to_ups())
                history = self.company.ups_connection_ids.message_ids
                self.assertIn("looked odd", history[0].body)

    def test_too_many_requests_say_when_to_come_back(self):
        self.simulator.queue_fault(
            "authorize", "status", status=429, headers={"Retry-After": "150"}
        )
        sentence = self.refusal(UserError)
        self.assertIn("too many requests", sentence)
        self.assertIn("3 minute(s)", sentence)

    def test_nobody_listens_at_ups(self):
        with patch.dict(os.environ, {"UPS_BASE_URL": "http://localhost:9"}):
            self.assertIn("UPS did not answer", self.refusal(UserError))

    def test_a_base_url_without_tls_is_refused(self):
        with patch.dict(os.environ, {"UPS_BASE_URL": "http://ups.example.com"}):
            self.assertIn("UPS_BASE_URL", self.refusal(UserError))

    def test_an_unknown_environment_is_refused(self):
        with patch.dict(os.environ, {"UPS_ENVIRONMENT": "sandbox", "UPS_BASE_URL": ""}):
            self.assertIn("UPS_ENVIRONMENT", self.refusal(UserError))

    # === WHO MAY === #

    def test_only_administrators_of_the_company(self):
        manager = self.new_user("ups_manager", "base.group_user,base.group_erp_manager")
        portal = self.new_user("ups_portal", "base.group_portal")
        stranger = self.new_user(
            "ups_stranger", "base.group_user,base.group_system", self.other_company
        )
        self.authorize()
        for user in (manager, portal, stranger):
            for action in (
                "action_ups_api",
                "action_ups_oauth",
                "action_ups_opt_out",
                "action_ups_history",
            ):
                with self.subTest(user=user.login, action=action), self.assertRaises(AccessError):
                    getattr(self.company.with_user(user), action)()
        self.assertEqual(self.company.ups_authorization_state, "authorized")
        self.assertEqual(self.simulator.calls("authorize"), 0)
