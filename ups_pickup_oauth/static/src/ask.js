/** A question whose words come from the server, since they name companies. */

import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { registry } from "@web/core/registry";

function ask(env, { params }) {
    // Odoo opens a client action for whoever has its address, and takes the address's own words for
    // its params, `action` among them (action_service.js, _getActionParams): a link from somebody
    // else must neither ask in our name nor choose what OK does.
    if ("action" in params) {
        return "base.action_res_company_form";
    }
    env.services.dialog.add(ConfirmationDialog, {
        title: params.title,
        body: params.question,
        confirmLabel: params.ok,
        confirmClass: "btn-danger",
        cancelLabel: params.cancel,
        confirm: async () => {
            const ids = [params.company_id];
            const next = await env.services.orm.call("res.company", "action_ups_opt_out", [ids]);
            // Once this question is closed: what comes next may be a dialog too.
            Promise.resolve().then(() => env.services.action.doAction(next));
        },
        cancel: () => {},
    });
}

registry.category("actions").add("ups_pickup_oauth.ask", ask);
