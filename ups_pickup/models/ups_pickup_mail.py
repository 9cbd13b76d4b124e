"""Who at the location reads by mail that UPS comes, or does not? Once, and only of what is kept."""

import logging
from datetime import timedelta

import psycopg2
from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.own_transaction import in_own_transaction
from odoo.addons.ups_pickup_oauth.settings import ups_environment

from .. import clock
from ..const import LISTED

_logger = logging.getLogger(__name__)

CONFIRMED = "ups_pickup.mail_template_confirmed"
CALLED_OFF = "ups_pickup.mail_template_called_off"
MAIL_CRON = "mail.ir_cron_mail_scheduler_action"


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    mailed_on = fields.Datetime(
        help="When the location was told by mail that UPS comes; empty if it was called off since.",
        readonly=True,
        copy=False,
    )

    @api.model
    def _mail_confirmations(self):
        """Write to the locations of what UPS has confirmed, and of what is called off since.

        A transaction each. Whoever wants no such mail archives or deletes its template.
        """
        recently = clock.now().date() - timedelta(days=1)
        for xmlid, now, domain in (
            (CONFIRMED, clock.now(), [("state", "in", LISTED), ("mailed_on", "=", False)]),
            (
                CALLED_OFF,
                False,
                [
                    ("state", "=", "cancelled"),
                    ("mailed_on", "!=", False),
                    ("pickup_date", ">=", recently),
                ],
            ),
        ):
            template = self.env.ref(xmlid, raise_if_not_found=False)
            if template and template.active:
                for pickup in self.sudo().search([*domain, *self._mailed_domain()]):
                    pickup._mail(template, domain, now)

    @api.model
    def _mailed_domain(self):
        return [
            ("prn", "!=", False),
            ("environment", "=", ups_environment(self.env)),
            ("location_id.notification_email", "!=", False),
        ]

    def _mail(self, template, domain, now):
        """Queue the mail. The template is anybody's to change, so it may fail in any way."""
        template_id, name = template.id, template.name

        def mail(env):
            own = env[self._name].browse(self.id)
            own._lock()
            if own.filtered_domain(domain):
                own._own_write({"mailed_on": now})
                if not now and own._others_with_its_driver():
                    return  # who comes all the same, with the same PRN
                env["mail.template"].browse(template_id).send_mail(own.id)
                if cron := env.ref(MAIL_CRON, raise_if_not_found=False):
                    cron._trigger()

        try:
            in_own_transaction(self.env, mail)
        except psycopg2.Error as error:  # the next run tries again
            _logger.info("UPS pickup %s is not mailed yet: %s", self.id, type(error).__name__)
        except Exception as error:
            _logger.warning("UPS pickup %s is not mailed: %s", self.id, type(error).__name__)
            self._each(lambda own: own._mail_failed(name, now))

    def _mail_failed(self, name, now):
        self._own_write({"mailed_on": now})
        self._note(
            self.env._(
                "The mail to the location could not be written: correct the e-mail template"
                " “%s”. What UPS was told stands all the same.",
                name,
            )
        )
