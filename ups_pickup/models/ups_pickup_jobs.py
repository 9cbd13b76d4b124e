"""Do the scheduled actions of pickups run? Who waits for one that stands still is told."""

from datetime import timedelta

from odoo import api, fields, models

from ..const import OPEN

JOB_IS_LATE_AFTER = timedelta(minutes=30)


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _standstill_in_words(self):
        """:return: which scheduled actions stand still though they have work, or an empty text."""
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
        """:return: their names."""
        jobs = {name: self._job(f"ups_pickup.ir_cron_{name}") for name in self._waits_for_jobs()}
        since = fields.Datetime.now() - JOB_IS_LATE_AFTER
        still = {name for name, job in jobs.items() if not job.active or job.nextcall < since}
        waits = self._waits_for_jobs()
        return [jobs[name].name or name for name in sorted(still) if waits[name]()]

    @api.model
    def _job(self, xmlid):
        """:return: the scheduled action, which is none where somebody has deleted it."""
        job_id = self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        return self.env["ir.cron"].sudo().browse(job_id or ()).exists()

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
