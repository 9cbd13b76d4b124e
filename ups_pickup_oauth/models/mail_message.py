from odoo import api, fields, models
from odoo.tools import format_datetime, html2plaintext


class MailMessage(models.Model):
    """A line of a history: whose it is; of `ups.connection`, in its reader's language and zone."""

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

    # === WHO WRITES A HISTORY === #

    # Whoever may write a record may, to Odoo, rewrite and delete what was said of it, in any name.
    # A model with `_ups_keeps_history` keeps what the server says there: "notifications".

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `mail`: what people say stands there as such, and under their own name."""
        if self.env.su:
            return super().create(vals_list)
        messages = super().create([self._ups_as_people_say(vals) for vals in vals_list])
        own = self.env.user.partner_id
        others = messages.filtered(
            lambda each: each._ups_is_kept() and each.sudo().author_id != own
        )
        if others:
            raise others._make_access_error("create")
        return messages

    def write(self, vals):
        """Override of `mail`: nobody makes another's of what they have said themselves."""
        kept = self.browse() if self.env.su else self.filtered(lambda each: each._ups_is_kept())
        if kept and not {"author_guest_id", "date", "email_from"}.isdisjoint(vals):
            raise kept._make_access_error("write")
        result = super().write(vals)
        if not self.env.su and not {"author_id", "message_type", "model", "res_id"}.isdisjoint(
            vals
        ):
            self.filtered(lambda each: each._ups_is_kept()).check_access("write")
        return result

    def _get_forbidden_access(self, operation):
        """Override of `mail`: a history stays as it is, comments of one's own aside."""
        forbidden = super()._get_forbidden_access(operation)
        if operation not in ("write", "unlink"):
            return forbidden
        own = self.env.user.partner_id
        return forbidden | self.filtered(
            lambda each: (
                each._ups_is_kept()
                and (each.sudo().message_type, each.sudo().author_id) != ("comment", own)
            )
        )

    @api.model
    def _ups_as_people_say(self, vals):
        """:return: the values of a comment of one's own. What comes in by mail, Odoo itself makes.

        What is for one reader ("user_notification") stands in no history, and stays such.
        """
        model = vals.get("model", self.env.context.get("default_model"))
        if not self._ups_keeps_history_of(model):
            return vals
        is_for_one = vals.get("message_type") == "user_notification"
        person = self.env.user.partner_id
        return vals | {
            "message_type": "user_notification" if is_for_one else "comment",
            "author_id": person.id,
            "author_guest_id": False,
            "date": fields.Datetime.now(),  # given, or the context's default would be
            "email_from": person.email_formatted,
        }

    def _ups_is_kept(self):
        return self._ups_keeps_history_of(self.sudo().model)

    @api.model
    def _ups_keeps_history_of(self, model):
        return model in self.env and getattr(self.env[model], "_ups_keeps_history", False)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_thread_with_out_of_office(self, message, recipients_data, *args, **how):
        """Override of `mail`: who is away has not answered, but Odoo for them."""
        own = self.sudo() if getattr(self, "_ups_keeps_history", False) else self
        return super(MailThread, own)._notify_thread_with_out_of_office(
            message, recipients_data, *args, **how
        )
