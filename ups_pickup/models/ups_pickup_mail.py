"""Who at the location reads by mail that UPS comes? Once, and only of what is committed."""

import logging

import psycopg2
from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.own_transaction import in_own_transaction
from odoo.addons.ups_pickup_oauth.settings import ups_environment

from .. import clock
from ..const import LISTED

_logger = logging.getLogger(__name__)

TEMPLATE = "ups_pickup.mail_template_confirmed"
MAIL_CRON = "mail.ir_cron_mail_scheduler_action"


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    mailed_on = fields.Datetime(
        help="When the location was told by mail that UPS comes.", readonly=True, copy=False
    )

    @api.model
    def _mail_confirmations(self):
        """Write to the locations of what UPS has confirmed, a transaction each.

        Whoever wants no mail archives or deletes the template.
        """
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template or not template.active:
            return
        pickups = self.sudo().search(
            [
                ("state", "in", LISTED),
                ("prn", "!=", False),
                ("mailed_on", "=", False),
                ("environment", "=", ups_environment(self.env)),
                ("location_id.notification_email", "!=", False),
            ]
        )
        for pickup in pickups:
            pickup._mail_confirmation(template.id)

    def _mail_confirmation(self, template_id):
        """Queue the mail. The template is anybody's to change, so it may fail in any way."""

        def mail(env):
            own = env[self._name].browse(self.id)
            own._lock()
            if own.state in LISTED and not own.mailed_on:
                own._own_write({"mailed_on": clock.now()})
                env["mail.template"].browse(template_id).send_mail(own.id)
                if cron := env.ref(MAIL_CRON, raise_if_not_found=False):
                    cron._trigger()

        try:
            in_own_transaction(self.env, mail)
        except psycopg2.Error as error:  # the next run tries again
            _logger.info("UPS pickup %s is not mailed yet: %s", self.id, type(error).__name__)
        except Exception as error:
            _logger.warning("UPS pickup %s is not mailed: %s", self.id, type(error).__name__)
            self._each(lambda own: own._mail_failed())

    def _mail_failed(self):
        self._own_write({"mailed_on": clock.now()})
        self._note(
            self.env._(
                "The mail to the location could not be written: correct the e-mail template"
                " “UPS Pickups: confirmed by UPS”. UPS comes all the same."
            )
        )
