from odoo import models


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _get_forbidden_access(self, operation):
        """Override of `mail`, which lets authors rewrite what they wrote, and who wrote it.

        They stay authors when they are administrators no more.
        """
        forbidden = super()._get_forbidden_access(operation)
        if operation != "write":
            return forbidden
        return forbidden | self.filtered(lambda each: each.sudo().model == "ups.connection")
