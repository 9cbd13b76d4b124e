"""Do the scheduled actions of pickups run? Who waits for one that stands still is told."""

import time
from datetime import timedelta

from odoo import api, fields, models

from ..const import OPEN

JOB_IS_LATE_AFTER = timedelta(minutes=30)

STARTED, CATCHES_UP = time.monotonic(), 300
"""Of this process: seconds, in which a server that was down overnight has its jobs run."""


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _standstill_in_words(self):
        """:return: which scheduled actions stand still though they have work, or an empty text."""
        if time.monotonic() - STARTED < CATCHES_UP:
            return ""
        names = ", ".join(f"“{name}”" for name in self._standing_still())
        if not names:
            return ""
        return self.env._(
            "Scheduled actions stand still: %s. Nothing of UPS pickups goes on by itself until"
            " they run. An administrator can switch them on in Settings, Technical, Scheduled"
            " Actions; if they are on, whoever runs the server should look why.",
            names,
        )

    @api.model
    def _standing_still(self):
        """:return: their names, or what we call one that somebody has deleted."""
        to_id, waits = self.env["ir.model.data"]._xmlid_to_res_id, self._waits_for_jobs()
        ids = {name: to_id(f"ups_pickup.ir_cron_{name}") for name in waits}
        crons = self.env["ir.cron"].sudo()
        found = crons.search_fetch(
            [
                ("id", "in", [each for each in ids.values() if each]),
                ("active", "=", True),
                ("nextcall", ">=", fields.Datetime.now() - JOB_IS_LATE_AFTER),
            ],
            ["nextcall"],
        )
        still = [name for name in waits if ids[name] not in found.ids and waits[name]()]
        return [crons.browse(ids[name] or ()).exists().name or name for name in still]

    @api.model
    def _waits_for_jobs(self):
        """:return: by job whether there is anything for it to do."""
        pickups, batches = self.sudo(), self.env["ups.pickup.batch"]
        locations = self.env["ups.pickup.location"].sudo()
        return {
            "check": lambda: pickups.search_count([("state", "in", OPEN)], limit=1),
            "plan": lambda: locations.search_count([("plan", "!=", "manual")], limit=1),
            "batch": lambda: pickups.search_count(batches._queued(), limit=1),
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    @api.model
    def _ups_advice(self):
        sentences = super()._ups_advice(), self.env["ups.pickup"]._standstill_in_words()
        return "\n".join(filter(None, sentences))
