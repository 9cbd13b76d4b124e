from lxml.builder import E
from odoo import api, models


class ResCompany(models.Model):
    """Filters by the state of UPS, whatever search view the list of companies has.

    Odoo has none to inherit from. A view of ours would be one among those of other addons, of which
    Odoo takes the first.
    """

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Override of `base` to add the filters to whatever search view is shown."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "search":
            arch.append(E.separator())
            arch.append(self._ups_filter("authorized", self.env._("UPS authorized")))
            arch.append(self._ups_filter("reauthorize", self.env._("UPS to reauthorize")))
        return arch, view

    @api.model
    def _ups_filter(self, state, label):
        """The list shows no branches, so a company is found by its branches too."""
        name, found = "ups_authorization_state", f"'=', '{state}'"
        return E.filter(
            name=f"ups_{state}",
            string=label,
            domain=f"['|', ('{name}', {found}), ('all_child_ids.{name}', {found})]",
            groups="base.group_system",
        )
