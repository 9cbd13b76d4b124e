"""What stands on the sheet that the driver signs? What UPS was told, whatever has changed since."""

import base64
import re

from odoo import models
from odoo.tools.barcode import createBarcodeDrawing

from ..const import LISTED
from ..local_time import in_words, zone_in_words

IN_BARCODES = re.compile(r"[\x20-\x7e]+")
"""Of what UPS, or whatever answers in its place, calls a PRN: what Code 128 can say."""


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    def _sheet(self):
        """:return: what the sheet shows beside the pickup's own fields, as texts."""
        self.ensure_one()
        told = self.told if self.told and self.state != "draft" else self._telling()
        return {
            "warning": self._sheet_warning(),
            "barcode": IN_BARCODES.fullmatch(self.prn or "") and self._prn_barcode(),
            "shared_with": ", ".join(self.sharing_ids.mapped("name")),
            "hours": self.env._(
                "%(ready)s to %(close)s (%(zone)s)",
                ready=in_words(self.ready_time),
                close=in_words(self.close_time),
                zone=zone_in_words(told["tz"]),
            ),
            "place": self._place_lines(told["address"]),
        }

    def _prn_barcode(self):
        """:return: the PRN as a picture, drawn in lines.

        Odoo's own (`ir.actions.report.barcode`) is a PNG, for which reportlab needs a library that
        is not always there.
        """
        bars = createBarcodeDrawing("Code128", value=self.prn, width=600, height=100, quiet=True)
        return base64.b64encode(bars.asString("svg").encode())

    def _sheet_warning(self):
        """:return: a sentence where the sheet is no proof that a driver comes, else False."""
        if self.state in LISTED or self.state == "done":
            return False
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "This sheet does not prove that a driver comes: the pickup's state is %s.",
            states[self.state],
        )

    def _place_lines(self, address):
        room_and_floor = [
            address["room"] and self.env._("Room %s", address["room"]),
            address["floor"] and self.env._("Floor %s", address["floor"]),
            address["pickup_point"],
        ]
        city = (address["city"], address["state"], address["postal_code"], address["country"])
        lines = (
            self.location_id.display_name,
            address["company_name"],
            address["street"],
            ", ".join(filter(None, room_and_floor)),
            " ".join(filter(None, city)),
            ", ".join(filter(None, (address["contact_name"], address["phone"]))),
        )
        return [line for line in lines if line]
