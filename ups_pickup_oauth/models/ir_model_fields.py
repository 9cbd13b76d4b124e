from odoo import api, models
from odoo.exceptions import ValidationError

from ..sealed_char import SealedChar


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    @api.constrains("related")
    def _check_related_to_ups_token(self):
        """A related field keeps what it reads, in a column or in the ORM's cache: in the clear.

        :raise ValidationError: If an administrator's own field would copy a token.
        """
        for field in self.filtered(lambda each: each.state == "manual" and each.related):
            source = field._related_field()
            if isinstance(self.env[source.model]._fields.get(source.name), SealedChar):
                raise ValidationError(
                    self.env._("A field cannot copy UPS tokens. Relate it to something else.")
                )
