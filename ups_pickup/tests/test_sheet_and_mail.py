"""What leaves Odoo on paper and by mail: the driver's sheet, and the word to the location."""

from lxml import html
from odoo import SUPERUSER_ID
from odoo.tests import tagged

from .common import PickupCase


@tagged("post_install", "-at_install")
class TestSheetAndMail(PickupCase):
    def sheet(self, *pickup_ids):
        """:return: the words that are printed, and how many barcodes."""
        with self.transaction() as env:
            bindings = env["ir.actions.actions"].get_bindings("ups.pickup")["report"]
            [report_id] = [each["id"] for each in bindings]
            report = env["ir.actions.report"].browse(report_id)
            content, _kind = report._render_qweb_html(report_id, pickup_ids)
            page = html.fromstring(content)
            words = " ".join(page.text_content().split())
            return words, len(
                page.xpath("//img[@alt='Barcode'][starts-with(@src, 'data:image/svg')]")
            )

    def test_the_sheet_says_what_ups_was_told(self):
        pickup_id, prn = self.booked()
        with self.transaction() as env:
            partner = env["ups.pickup.location"].browse(self.location_id).partner_id
            partner.street = "Elsewhere 1"
        words, barcodes = self.sheet(pickup_id)
        for expected in (
            prn,
            "11/24/2026, 14:00 to 17:00 (New York)",
            "12 Pier Road",
            "New York NY 10004 US",
            "Kim, +1 212 555 0100",
            "UPS Ground (003) United States Package 1",
            "signature",
        ):
            self.assertIn(expected, words)
        self.assertEqual(barcodes, 1)
        self.assertNotIn("does not prove", words)
        draft_id = self.new_pickup(pickup_date="2026-11-25")
        words, barcodes = self.sheet(pickup_id, draft_id)
        self.assertIn(
            "This sheet does not prove that a driver comes: the pickup's state is Draft.", words
        )
        self.assertIn(prn, words)
        self.assertIn("Elsewhere 1", words)
        self.assertEqual((words.count("signature"), barcodes), (2, 1))

    def mails(self):
        with self.transaction(SUPERUSER_ID) as env:
            found = env["mail.mail"].search([("email_to", "=", "ramp@example.com")], order="id")
            return [(each.subject, each.body_html) for each in found]

    def test_the_location_reads_once_that_ups_comes(self):
        """Also of what was confirmed after its answer was lost; never of what is not."""
        self.addCleanup(self.delete_mails)
        self.set_place(notification_email="ramp@example.com")
        elsewhere_id = self.place("Pacific/Honolulu")
        # The other location has no address for mails.
        self.click(self.new_pickup(elsewhere_id, pickup_date="2026-11-25"))
        self.simulator.queue_fault("request", kind="drop", when="after")
        pickup_id = self.new_pickup()
        self.click(pickup_id)
        self.assertEqual(self.mails(), [])
        for _again in range(3):
            self.run_cron()
        [(subject, body)] = self.mails()
        prn = self.stored_values(pickup_id, "prn")
        self.assertTrue(subject.startswith("Test (CIE)"))
        self.assertIn(prn, subject)
        for expected in (prn, "14:00 to 17:00 (New York)", "11/24/2026"):
            self.assertIn(expected, body)
        trucks = self.simulator.memory.trucks.by_prn
        for new, mail in (("29ABCDEFGHI", self.run_cron), ("29JKLMNOPQR", lambda: None)):
            trucks[new] = trucks.pop(prn)
            trucks[new].prn = prn = new
            self.click(pickup_id, "action_check")
            mail()
        self.click(pickup_id, "action_cancel")
        for _again in range(2):
            self.run_cron()
        [_first, (_subject, again), (subject, body)] = self.mails()
        self.assertIn("29ABCDEFGHI", again)
        self.assertIn("Called off", subject)
        self.assertIn(prn, body)
        later_id = self.new_pickup(pickup_date="2026-11-27")
        self.click(later_id)
        self.run_cron()
        self.click(later_id, "action_cancel")
        for each in (pickup_id, later_id):  # the mails of the first one are not sent yet
            self.click(each, "unlink")
        said = ["called off" in body for _subject, body in self.mails()]
        self.assertEqual(said, [False, False, True, False, True])

    def test_a_broken_template_stops_no_pickup(self):
        self.set_place(notification_email="ramp@example.com")
        with self.transaction(SUPERUSER_ID) as env:
            template = env.ref("ups_pickup.mail_template_confirmed")
            self.addCleanup(self.write_subject, template.subject)
            template.subject = "{{ 1 // (object.quantity - 1) }}"  # fails for one piece
        pickup_id, prn = self.booked()
        for _twice in range(2):
            self.run_cron()
        self.assertEqual(self.mails(), [])
        self.assertEqual(self.stored_values(pickup_id, "state", "prn"), ("requested", prn))
        self.assertEqual(str(self.history(pickup_id)).count("could not be written"), 1)

    def write_subject(self, subject):
        with self.transaction(SUPERUSER_ID) as env:
            env.ref("ups_pickup.mail_template_confirmed").subject = subject

    def delete_mails(self):
        with self.transaction(SUPERUSER_ID) as env:
            env["mail.mail"].search([("email_to", "=", "ramp@example.com")]).unlink()
