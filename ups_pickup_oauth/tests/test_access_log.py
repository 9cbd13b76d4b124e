import logging

from odoo.tests import BaseCase, tagged

from ..access_log import HideCallbackQuery


@tagged("post_install", "-at_install")
class TestAccessLog(BaseCase):
    def logged(self, message, *args):
        record = logging.LogRecord("werkzeug", logging.INFO, "", 0, message, args, None)
        HideCallbackQuery().filter(record)
        return record.getMessage()

    def test_the_query_of_the_callback_is_hidden(self):
        line = self.logged(
            '%s - "%s" %s',
            "1.2.3.4",
            "GET /ups_pickup_oauth/callback?code=C0DE&state=ST HTTP/1.1",
            303,
        )
        self.assertEqual(line, '1.2.3.4 - "GET /ups_pickup_oauth/callback?[hidden] HTTP/1.1" 303')

    def test_also_where_the_login_page_carries_it(self):
        line = self.logged(
            "GET /web/login?redirect=%%2Fups_pickup_oauth%%2Fcallback%%3Fcode%%3DC0DE %s", 200
        )
        self.assertNotIn("C0DE", line)

    def test_odd_characters_in_the_query_reveal_nothing(self):
        for odd in ("\u2028", " ", "'", '"', "\n"):
            with self.subTest(odd):
                line = self.logged(
                    '"%s" %s', f"GET /ups_pickup_oauth/callback?x={odd}&code=C0DE HTTP/1.1", 303
                )
                self.assertNotIn("C0DE", line)
                self.assertIn("HTTP/1.1", line)

    def test_other_lines_stay_as_they_are(self):
        self.assertEqual(self.logged("GET /web?code=%s", "1"), "GET /web?code=1")
        self.assertEqual(self.logged("%(code)s", {"code": 1}), "1")

    def test_a_message_that_cannot_be_formatted_is_left_to_logging(self):
        record = logging.LogRecord("werkzeug", logging.INFO, "", 0, "%d", ("one",), None)
        self.assertTrue(HideCallbackQuery().filter(record))

    def test_the_filter_is_on_the_access_log_once(self):
        filters = [
            f for f in logging.getLogger("werkzeug").filters if isinstance(f, HideCallbackQuery)
        ]
        self.assertEqual(len(filters), 1)
