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
        callback = "/ups_pickup_oauth/callback"
        for address, shown in (
            (f"{callback}?code=C0DE&state=ST", f"{callback}?[hidden]"),
            # Where the login page carries it.
            ("/web/login?redirect=%2Fups_pickup_oauth%2Fcallback%3Fcode%3DC0DE", ...),
            ("/web/login?redirect=%252Fups_pickup_oauth%252Fcallback%253F?code=C0DE", ...),
            # What looks like the end of the address.
            *((f"{callback}?x={odd}&code=C0DE", ...) for odd in ("\u2028", " ", "'", '"', "\n")),
            ("/%75ps_pickup%5Foauth/callback?code=C0DE", ...),
        ):
            with self.subTest(address):
                line = self.logged('%s - "%s" %s', "1.2.3.4", f"GET {address} HTTP/1.1", 303)
                self.assertNotIn("C0DE", line)
                self.assertTrue(line.startswith('1.2.3.4 - "GET '))
                self.assertTrue(line.endswith('HTTP/1.1" 303'))
                self.assertTrue(shown is ... or shown in line)

    def test_an_address_that_names_the_addon_again_and_again_keeps_nobody_waiting(self):
        # Were each name read to the end of the address, this would take an hour.
        address = "/ups_pickup_oauth" * 100_000
        self.assertEqual(self.logged('"GET %s HTTP/1.1"', address), f'"GET {address} HTTP/1.1"')
        line = self.logged('"GET %s?code=C0DE HTTP/1.1"', address)
        self.assertEqual(line, f'"GET {address}?[hidden] HTTP/1.1"')

    def test_other_lines_stay_as_they_are(self):
        self.assertEqual(self.logged("GET /web?code=%s", "1"), "GET /web?code=1")
        self.assertEqual(self.logged("%(code)s", {"code": 1}), "1")

    def test_a_message_that_cannot_be_formatted_is_left_to_logging(self):
        record = logging.LogRecord("werkzeug", logging.INFO, "", 0, "%d", ("one",), None)
        self.assertTrue(HideCallbackQuery().filter(record))

    def test_the_filter_is_on_each_logger_once(self):
        for name in ("werkzeug", "longpolling", "odoo.tools.misc"):
            filters = [
                f for f in logging.getLogger(name).filters if isinstance(f, HideCallbackQuery)
            ]
            self.assertEqual(len(filters), 1, name)
