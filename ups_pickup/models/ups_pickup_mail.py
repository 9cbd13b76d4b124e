"""Who at the location reads by mail that UPS comes, or does not? Once, and only of what is kept."""

import logging
from datetime import timedelta

import psycopg2
from odoo import SUPERUSER_ID, api, fields, models
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
            self._called_off_domain(),
            False,
            # Of several with the same PRN, the driver comes all the same.
            is_true=lambda own: not own._others_with_its_driver(),
        )

    @api.model
    def _called_off_domain(self):
        return [
            ("state", "=", "cancelled"),
            ("mailed_on", "!=", False),
            ("pickup_date", ">=", clock.now().date() - timedelta(days=1)),
        ]

    def unlink(self):
        """Override of `mail`, which deletes what is not sent yet along: the location would wait for
        a driver who does not come.
        """
        domain = [*self._called_off_domain(), *self._mailed_domain()]
        for pickup in self.with_user(SUPERUSER_ID).filtered_domain(domain):
            if not pickup._others_with_its_driver():
                pickup._only_telling(lambda own: own._queue_mail(own._template(CALLED_OFF)))
        own = [("model", "=", self._name), ("res_id", "in", self.ids), ("state", "=", "outgoing")]
        self.env["mail.mail"].sudo().search(own).write({"model": False, "res_id": False})
        return super().unlink()

    @api.model
    def _mail_each(self, xmlid, domain, mailed_on, is_true=lambda own: True):
        """Write the mail of a template to the locations of what is found.

        :param mailed_on: what each has afterwards.
        :param is_true: with a pickup, locked: whether the location has to read it.
        """
        if template := self._template(xmlid):
            for pickup in self.sudo().search([*domain, *self._mailed_domain()]):
                pickup._mail(template, domain, mailed_on, is_true)

    @api.model
    def _template(self, xmlid):
        template = self.env.ref(xmlid, raise_if_not_found=False)
        return template and template.filtered("active")

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
                own._queue_mail(env["mail.template"].browse(template_id))

        try:
            in_own_transaction(self.env, mail)
        except psycopg2.Error as error:  # the next run tries again
            _logger.info("UPS pickup %s is not mailed yet: %s", self.id, type(error).__name__)
        except Exception as error:
            _logger.warning("UPS pickup %s is not mailed: %s", self.id, type(error).__name__)
            self._each(lambda own: own._mail_failed(name, mailed_on))

    def _queue_mail(self, template):
        if template:
            template.send_mail(self.id)
            if cron := self.env.ref(MAIL_CRON, raise_if_not_found=False):
                cron._trigger()

    def _mail_failed(self, name, mailed_on):
        self._own_write({"mailed_on": mailed_on, "is_mail_outdated": False})
        self._note(
            self.env._(
                "The mail to the location could not be written: correct the e-mail template"
                " “%s”. What UPS was told stands all the same.",
                name,
            )
        )
