/** Several are requested by one click: what is known of their prices stands before it. */

import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { registry } from "@web/core/registry";

function confirm(env, { params }) {
    // A link from somebody else chooses nothing to request (see first_pickup.js).
    if ("action" in params) {
        return "ups_pickup.ups_pickup_action";
    }
    const { action, dialog, orm } = env.services;
    dialog.add(ConfirmationDialog, {
        title: params.title,
        body: params.words,
        confirmLabel: params.button,
        confirm: async () => {
            const { context, ids, model } = params;
            const told = await orm.call(model, "action_request", [ids], { context });
            await action.doAction(told === true ? "soft_reload" : told);
        },
        cancelLabel: params.close,
        cancel: () => {},
    });
}

registry.category("actions").add("ups_pickup.confirm", confirm);
