/** From the dialog of a company to its pickups, whichever company was at work in this tab. */

import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/** All of the web client is loaded anew, as when a person chooses another company. */
async function firstPickup(env, { params }) {
    // A link from somebody else chooses neither the company nor the page (see ask.js).
    if ("action" in params) {
        return "ups_pickup.ups_pickup_action";
    }
    await user.activateCompanies([params.company_id], { reload: false });
    browser.location.assign(params.is_new ? "/odoo/ups-pickups/new" : "/odoo/ups-pickups");
}

registry.category("actions").add("ups_pickup.first", firstPickup);
