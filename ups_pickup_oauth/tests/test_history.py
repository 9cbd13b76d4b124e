import contextlib

from odoo.exceptions import RedirectWarning
from odoo.tests import tagged
from odoo.tools import format_datetime

from .common import CLIENT_SECRET, UpsHttpCase


@tagged("post_install", "-at_install")
class TestHistory(UpsHttpCase):
    """What administrators read about a company: who did what and when, and what UPS said."""

    def setUp(self):
        super().setUp()
        self.authenticate("ups_admin", "ups_admin")

    def history(self, **reader):
        """:return: the sentences, the newest first, as an administrator reads them."""
        self.env.invalidate_all()
        connection = self.company.sudo().ups_connection_ids.with_user(self.admin)
        messages = connection.with_context(**reader).message_ids
        self.assertTrue(all(messages.mapped("date")))
        return messages.mapped("ups_sentence")

    def newest(self):
        return self.company.sudo().ups_connection_ids.message_ids[:1]

    def come_back(self, url):
        self.url_open(url, allow_redirects=False)

    def as_admin(self):
        return self.company.with_user(self.admin)

    def test_opt_in_test_and_opt_out_name_who_did_it(self):
        self.come_back(self.simulator.person_agrees(self.go_to_ups()))
        self.assertEqual(self.history(), ["Authorized at UPS. Environment: Test (CIE)."])
        self.assertEqual(self.newest().author_id, self.admin.partner_id)
        self.as_admin().action_ups_test()
        self.assertEqual(self.history()[0], "Tested. UPS accepts the authorization of Acme.")
        self.assertEqual(self.newest().author_id, self.admin.partner_id)
        self.as_admin().action_ups_opt_out()
        self.assertIn("Opted out of UPS", self.history()[0])
        self.assertEqual(self.newest().author_id, self.admin.partner_id)
        self.assertEqual(len(self.history()), 3)

    def test_a_refused_code_stands_there_with_upss_own_code(self):
        answer = self.simulator.person_agrees(self.go_to_ups())
        self.simulator.queue_fault("token", "status", status=401, body=error("10499", "No <b>!"))
        self.come_back(answer)
        self.assertIn("UPS was not authorized.", self.history()[0])
        self.assertIn("10499 No <b>!", self.history()[0])
        self.assertNotIn("<b>", self.newest().body, "escaped")
        self.assertEqual(self.newest().author_id, self.admin.partner_id)
        self.come_back(answer)
        self.assertEqual(len(self.history()), 1, "once, however often the page is loaded")

    def test_a_refused_refresh_token_stands_there_with_the_reason(self):
        self.authorize()
        self.simulator.kill_grants()
        self.expire()
        with self.assertRaisesRegex(Exception, "has ended"):
            self.company._ups_get_access_token()
        self.assertIn("UPS no longer accepts it", self.history()[0])
        self.assertIn("Invalid Refresh Token", self.history()[0])

    def test_what_lasts_stands_there_once(self):
        self.authorize()
        self.simulator.queue_fault("refresh", "status", status=500, times=5)
        for secret, refusal, words in (
            (CLIENT_SECRET, "not available", "times in a row"),
            ("not-the-secret", "client secret", "with this client secret"),
        ):
            self.configure(ups_client_secret=secret)
            for _each in range(5):
                self.expire()
                with self.assertRaisesRegex(Exception, refusal):
                    self.company._ups_get_access_token()
            self.assertEqual(len([line for line in self.history() if words in line]), 1)

    def test_a_test_that_ups_refuses_shows_neither_token_nor_secret(self):
        self.authorize()
        token = self.company.ups_access_token
        body = error("10403", f"<b>: {token}")
        self.simulator.queue_fault("countries", "status", status=403, body=body)
        shown = self.as_admin().action_ups_test()["context"]["ups_finding"]
        self.assertIn("10403", shown)
        self.assertIn("10403 <b>", self.history()[0])
        self.assertNotIn("<b>", self.newest().body, "escaped")
        for text in (shown, self.history()[0]):
            self.assertNotIn(token, text)
            self.assertNotIn(CLIENT_SECRET, text)

    def test_everybody_reads_it_in_their_own_language_and_time_zone(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.come_back(self.simulator.person_cancels(self.go_to_ups()))
        self.configure(ups_client_id="not-registered-at-ups")
        with contextlib.suppress(RedirectWarning):
            self.go_to_ups()
        self.configure()
        self.simulator.queue_fault("authorize", "html")
        self.come_back(self.simulator.person_agrees(self.go_to_ups()))
        self.as_admin().action_ups_test()
        authorized_on = self.company.ups_authorized_on
        self.simulator.kill_grants()
        self.as_admin().action_ups_test()
        self.as_admin().action_ups_opt_out()
        english, german = self.history(), self.history(lang="de_DE", tz="Asia/Tokyo")
        self.assertEqual(len(english), 8, english)
        cancelled = "UPS was not authorized. You did not agree at UPS. Nothing was authorized."
        self.assertEqual(english[-1], cancelled)
        for one, other in zip(english, german, strict=True):
            self.assertNotEqual(one, other)
        self.assertIn("Opt-out bei UPS erfolgt", german[0])
        there = format_datetime(
            self.env(context={"lang": "de_DE"}), authorized_on, tz="Asia/Tokyo", dt_format="short"
        )
        self.assertIn(f"{there} (Asia/Tokyo)", german[0])
        self.env["res.lang"]._activate_lang("fr_FR")
        later = self.history(lang="fr_FR")
        self.assertEqual(later[1:], english[1:], "a language that came later, but for the date")
        self.newest().sudo().write({"ups_said": False})
        self.assertIn("Opted out of UPS", self.history(lang="de_DE")[0], "of an older version")

    def expire(self):
        self.env.invalidate_all()
        self.company.sudo().ups_connection_ids.retry_at = False
        self.let_it_end()


def error(code, message):
    """:return: UPS's error envelope."""
    return {"response": {"errors": [{"code": code, "message": message}]}}
