from odoo.tests import tagged

from .common import UpsHttpCase


@tagged("post_install", "-at_install")
class TestTours(UpsHttpCase):
    """The steps of UPS's guide, in the browser of Odoo's own tests; tests/e2e has more."""

    def fetch_proxy(self, url):
        """Override of `odoo` to let a person agree at UPS: a tour cannot act on another site."""
        if not url.startswith(self.simulator.base_url):
            return super().fetch_proxy(url)
        back = self.simulator.person_agrees(url)
        location = {"name": "Location", "value": back}
        return {"responseCode": 302, "responseHeaders": [location], "body": ""}

    def test_opt_in_test_and_opt_out_with_second_thoughts(self):
        self.env.flush_all()
        url = f"/odoo/companies/{self.company.id}"
        self.start_tour(url, "ups_whole_life", login=self.admin.login)
        self.env.invalidate_all()
        calls = [self.simulator.calls(route) for route in ("token", "countries")]
        self.assertEqual(calls, [1, 1])
        self.assertEqual(self.company.ups_authorization_state, "not_authorized")
        self.assertFalse(self.company.ups_refresh_token)
        history = self.company.ups_connection_ids.message_ids
        self.assertEqual(history.author_id, self.admin.partner_id)
        self.assertEqual(len(history), 3)
