"""A field whose value is opened each time it is read, and never before."""

from odoo import fields

from . import token_keys


class SealedChar(fields.Char):
    """A text that stays sealed in the ORM's cache.

    What is in the cache is handed out without a question. So who reads it opens it, and is asked
    for (see template_guard), also when somebody else has read it before in the same transaction.
    """

    def convert_to_record(self, value, record):
        """Return the text in the clear, or False where there is none or its key is lost.

        :raise UpsSettingsWrong: if the keys of this server cannot be used.
        :raise AccessError: if a template asks.
        """
        sealed = super().convert_to_record(value, record)
        return token_keys.opened(record.env, sealed)
