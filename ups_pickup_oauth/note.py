"""How is a sentence added to a record's history? Without what only mails need.

``_message_log`` finds the writer's address and that for answers, by four queries, though nobody can
answer a note by mail; whoever comes back from UPS would wait for it.
"""

from markupsafe import escape
from odoo.tools.misc import clean_context


def note(record, words, **values):
    """Add it as the current user; the words are text, never HTML.

    :param odoo.models.BaseModel record: one, of a model with `mail.thread`.
    :param values: more of the `mail.message`.
    """
    env = record.env(context=clean_context(record.env.context))
    env["mail.message"].sudo().create(
        {
            "model": record._name,
            "res_id": record.id,
            "body": escape(words),
            "message_type": "notification",
            "subtype_id": env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
            "author_id": env.user.partner_id.id,
            "email_from": False,
            "reply_to": False,
            "email_add_signature": False,
            "is_internal": True,
            **values,
        }
    )
