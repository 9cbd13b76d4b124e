from lxml import html
from odoo.tests import tagged

from ..exceptions import UpsReauthorizationNeeded
from .common import UpsHttpCase


@tagged("post_install", "-at_install")
class TestTranslations(UpsHttpCase):
    """Who reads German is told in German, wherever the sentence was made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.env.ref("base.module_ups_pickup_oauth")._update_translations("de_DE")
        cls.admin.lang = "de_DE"
        cls.env.flush_all()

    def test_the_page_of_a_refusal(self):
        self.authenticate("ups_admin", "ups_admin")
        response = self.url_open(self.simulator.person_cancels(self.go_to_ups()))
        self.assertEqual(html.fromstring(response.text).get("lang"), "de-DE")
        self.assertTrue(response.text.lstrip().startswith("<!DOCTYPE html>"))
        for words in (
            "UPS wurde nicht autorisiert",
            "Sie haben bei UPS nicht zugestimmt.",
            "Erneut versuchen",
            "Zurück zum Unternehmen",
            "UPS-Kundenbetreuer",
        ):
            self.assertIn(words, response.text)

    def test_the_activity_of_a_person_whom_the_cron_asks(self):
        """The cron has no language, and the person has."""
        self.authorize()
        self.simulator.kill_grants()
        connection = self.company.ups_connection_ids
        self.let_it_end()
        self.assertIsInstance(self.error_of(connection._live_token), UpsReauthorizationNeeded)
        activity = connection.activity_ids
        self.assertEqual(activity.summary, "UPS für Acme erneut autorisieren")
        self.assertIn("Die UPS-Autorisierung von Acme ist beendet.", activity.note)
