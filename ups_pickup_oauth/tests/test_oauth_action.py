import hashlib
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged

from .. import const
from .common import CLIENT_ID, UpsCase


@tagged("post_install", "-at_install")
class TestOAuthAction(UpsCase):
    def query(self, url):
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    def refusal(self):
        """:return: the sentence with which OAuth is refused, after which nothing is left."""
        try:
            with self.env.cr.savepoint():
                self.go_to_ups()
        except (RedirectWarning, UserError) as refused:
            self.assertFalse(self.attempts())
            return refused.args[0]
        self.fail("it was not refused")

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
        with self.assertRaises(RedirectWarning) as caught:
            self.go_to_ups()
        _message, action_id, button, _context = caught.exception.args
        self.assertEqual(action_id, self.env.ref("ups_pickup_oauth.action_ups_settings").id)
        self.assertEqual(button, "Open Settings")
        with self.server(UPS_CLIENT_SECRET="of-the-server"):  # the missing one is not the server's
            self.assertIn("General Settings", self.refusal())
        self.configure(ups_client_secret="")
        set_param = self.env["ir.config_parameter"].set_param
        for secret, words in ((False, "secret of your UPS application is missing"),
                              ("typed-into-the-parameter", "not entered in General Settings"),
                              ("gAAAAnot-ours", "Enter the secret again")):  # fmt: skip
            set_param(const.PARAM_CLIENT_SECRET, secret)
            self.assertIn(words, self.refusal())
        self.assertEqual(self.simulator.calls(), 0)

    def test_what_is_wrong_is_told_with_what_to_do(self):
        elsewhere = "https://elsewhere.example.com"
        for change, said in (
            (self.settings(ups_client_id="not-registered-at-ups"),
             ("UPS does not know the client ID", "10401 ClientId is Invalid", "Test (CIE)",
              "Account Executive")),
            (self.parameter("web.base.url", elsewhere),
             (f"{elsewhere}/ups_pickup_oauth/callback", "callback URL")),
            (self.parameter("web.base.url", "odoo.example.com"), ("web.base.url",)),
            (self.server(UPS_CLIENT_ID="wrong-id-of-the-server"), ("whoever runs the server",)),
            (self.server(UPS_BASE_URL="http://localhost:9"), ("UPS did not answer",)),
            (self.server(UPS_BASE_URL="http://ups.example.com"), ("UPS_BASE_URL",)),
            (self.server(UPS_ENVIRONMENT="sandbox"),
             ("must be production or cie", "UPS_ENVIRONMENT")),
            (self.parameter(const.PARAM_ENVIRONMENT, "sandbox"),
             ("must be production or cie", "General Settings")),
            (self.fault("status", status=403), ("UPS has blocked this application",)),
            (self.fault("status", status=500), ("Nothing is lost. Try again in a few minutes",)),
            (self.fault("error_page"), ("Nothing is lost. Try again in a few minutes",)),
            (self.fault("status", status=429, headers={"Retry-After": "150"}),
             ("too many requests", "in 3 min.")),
        ):  # fmt: skip
            with self.subTest(said), change:
                sentence = self.refusal()
                for words in said:
                    self.assertIn(words, sentence)
                if "web.base.url" in said:
                    self.assertNotIn("General Settings", sentence)

    @contextmanager
    def settings(self, **values):
        self.configure(**values)
        yield
        self.configure()

    @contextmanager
    def fault(self, kind, **options):
        self.simulator.queue_fault("authorize", kind, **options)
        yield

    def test_what_is_odd_stops_nobody_and_stands_in_the_history(self):
        for kind, options in (("status", {"status": 401, "body": "a proxy"}), ("drop", {})):
            with self.subTest(kind), self.fault(kind, **options):
                self.assertTrue(self.go_to_ups())
                history = self.company.ups_connection_ids.message_ids
                self.assertIn("looked odd", history[0].body)
