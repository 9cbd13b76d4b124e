from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import UpsCase


@tagged("post_install", "-at_install")
class TestCallLog(UpsCase):
    """At level debug, Odoo logs what the web client sends."""

    def logged(self, method, *args):
        """:return: what is logged while an administrator saves the secret."""
        with self.assertLogs("odoo.service.model", "DEBUG") as log:
            call_kw(self.env["res.config.settings"], method, list(args), {})
        return "".join(log.output)

    def test_the_client_secret_is_hidden_and_the_rest_is_not(self):
        for secret in (
            "S3CRET",
            "it's S3CRET",
            '"it\'s" S3CRET',
            "\\' S3CRET",
            "%s S3CRET",
            "é\n S3CRET",
        ):
            with self.subTest(secret):
                values = {"ups_client_secret": secret, "ups_client_id": "shown"}
                line = self.logged("web_save", [], values, {})
                self.assertNotIn("S3CRET", line)
                self.assertIn("'ups_client_secret': [hidden], 'ups_client_id': 'shown'", line)
                line = self.logged("load", ["ups_client_secret"], [[secret]])
                self.assertNotIn("S3CRET", line)
