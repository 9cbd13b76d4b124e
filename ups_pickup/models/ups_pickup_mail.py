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
    # It told another PRN: who is told of the new one is told of a call-off before that, too.
    is_mail_outdated = fields.Boolean(groups=fields.NO_ACCESS, copy=False)

    @api.model
    def _mail_confirmations(self):
        """Write to the locations of what UPS has confirmed, and of what is called off since.

        A transaction each. Whoever wants no such mail archives or deletes its template.
        """
        now = clock.now()
        is_due = ["|", ("mailed_on", "=", False), ("is_mail_outdated", "=", True)]
        self._mail_each(CONFIRMED, [("state", "in", LISTED), *is_due], now)
        self._mail_each(
            CALLED_OFF,
            [
                ("state", "=", "cancelled"),
                ("mailed_on", "!=", False),
                ("pickup_date", ">=", now.date() - timedelta(days=1)),
            ],
            False,
            # Of several with the same PRN, the driver comes all the same.
            is_true=lambda own: not own._others_with_its_driver(),
        )

    @api.model
    def _mail_each(self, xmlid, domain, mailed_on, is_true=lambda own: True):
        """Write the mail of a template to the locations of what is found.

        :param mailed_on: what each has afterwards.
        :param is_true: with a pickup, locked: whether the location has to read it.
        """
        template = self.env.ref(xmlid, raise_if_not_found=False)
        if template and template.active:
            for pickup in self.sudo().search([*domain, *self._mailed_domain()]):
                pickup._mail(template, domain, mailed_on, is_true)

    @api.model
    def _mailed_domain(self):
        return [
            ("prn", "!=", False),
            ("environment", "=", ups_environment(self.env)),
            ("location_id.notification_email", "!=", False),
        ]

    def _mail(self, template, domain, mailed_on, is_true):
        """Queue the mail. The template is anybody's to change, so it may fail in any way."""
        template_id, name = template.id, template.name

        def mail(env):
            own = env[self._name].browse(self.id)
            own._lock()
            if own.filtered_domain(domain):
                own._own_write({"mailed_on": mailed_on, "is_mail_outdated": False})
                if not is_true(own):
                    return
                env["mail.template"].browse(template_id).send_mail(own.id)
                if cron := env.ref(MAIL_CRON, raise_if_not_found=False):
                    cron._trigger()

        try:
            in_own_transaction(self.env, mail)
        except psycopg2.Error as error:  # the next run tries again
            _logger.info("UPS pickup %s is not mailed yet: %s", self.id, type(error).__name__)
        except Exception as error:
            _logger.warning("UPS pickup %s is not mailed: %s", self.id, type(error).__name__)
            self._each(lambda own: own._mail_failed(name, mailed_on))

    def _mail_failed(self, name, mailed_on):
        self._own_write({"mailed_on": mailed_on, "is_mail_outdated": False})
        self._note(
            self.env._(
                "The mail to the location could not be written: correct the e-mail template"
                " “%s”. What UPS was told stands all the same.",
                name,
            )
        )
