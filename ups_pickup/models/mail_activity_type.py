from odoo import api, models

from ..const import (
    ACCOUNT_ACTIVITY,
    BATCH_ACTIVITY,
    CHANGED_ACTIVITY,
    PLAN_ACTIVITY,
    TO_CHECK_ACTIVITY,
    UNSUCCESSFUL_ACTIVITY,
)

OURS = (
    ACCOUNT_ACTIVITY,
    BATCH_ACTIVITY,
    CHANGED_ACTIVITY,
    PLAN_ACTIVITY,
    TO_CHECK_ACTIVITY,
    UNSUCCESSFUL_ACTIVITY,
)


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_model_info_by_xmlid(self):
        """Nobody deletes what a cron asks people by, as hr_holidays and fleet have it."""
        own = {"res_model": "ups.pickup", "unlink": False}
        return super()._get_model_info_by_xmlid() | dict.fromkeys(OURS, own)
