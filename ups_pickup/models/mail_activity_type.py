from odoo import api, models

from .. import const

OURS = (
    const.ACCOUNT_ACTIVITY,
    const.BATCH_ACTIVITY,
    const.CHANGED_ACTIVITY,
    const.PLAN_ACTIVITY,
    const.TO_CHECK_ACTIVITY,
    const.UNSUCCESSFUL_ACTIVITY,
)


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_model_info_by_xmlid(self):
        """Nobody deletes what a cron asks people by, as hr_holidays and fleet have it."""
        own = {"res_model": "ups.pickup", "unlink": False}
        return super()._get_model_info_by_xmlid() | dict.fromkeys(OURS, own)
