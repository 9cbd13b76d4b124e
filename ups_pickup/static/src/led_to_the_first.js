/** A UserError that leads on: the dialog of Odoo's RedirectWarning has the button for it. */
import { RedirectWarningDialog } from "@web/core/errors/error_dialogs";
import { registry } from "@web/core/registry";

const raised = "odoo.addons.ups_pickup.models.ups_pickup_request.LedToTheFirst";
registry.category("error_dialogs").add(raised, RedirectWarningDialog);
