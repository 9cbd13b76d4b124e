from odoo import api, fields, models
from odoo.tools import format_datetime, html2plaintext


class MailMessage(models.Model):
    """A line of the history of `ups.connection`, in its reader's language and time zone."""

    _inherit = "mail.message"

    # The sentence in each language that was installed, with {date} and {zone} where a moment
    # stands; and that moment.
    ups_said = fields.Json(string="UPS Sentences", readonly=True, groups=fields.NO_ACCESS)
    ups_sentence = fields.Text(
        string="What Happened", compute="_compute_ups_sentence", compute_sudo=True
    )

    @api.depends("ups_said", "body")
    @api.depends_context("lang", "tz")
    def _compute_ups_sentence(self):
        for message in self:
            said = message.model == "ups.connection" and message.ups_said
            message.ups_sentence = (
                self._ups_in_words(**said) if said else html2plaintext(message.body or "")
            )

    @api.model
    def _ups_in_words(self, by_language, moment=None):
        """:return: what happened, for the current user; in English where a language is younger."""
        sentence = by_language.get(self.env.lang) or by_language["en_US"]
        if not moment:
            return sentence
        zone = f"{self.env.tz}"
        date = format_datetime(
            self.env, fields.Datetime.to_datetime(moment), tz=zone, dt_format="short"
        )
        return sentence.replace("{date}", date).replace("{zone}", zone)

    def _get_forbidden_access(self, operation):
        """Override of `mail`, which lets authors rewrite what they wrote, and who wrote it.

        They stay authors when they are administrators no more.
        """
        forbidden = super()._get_forbidden_access(operation)
        if operation != "write":
            return forbidden
        return forbidden | self.filtered(lambda each: each.sudo().model == "ups.connection")
