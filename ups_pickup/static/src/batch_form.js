/** A batch goes on at the server; who looks at it sees each row's end without a click. */

import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { onWillUnmount } from "@odoo/owl";

const LOOK_EVERY = 3000; // milliseconds

class BatchFormController extends formView.Controller {
    setup() {
        super.setup();
        const timer = setInterval(() => this.look(), LOOK_EVERY);
        onWillUnmount(() => clearInterval(timer));
    }

    /** Nothing is loaded anew while a person edits it. */
    async look() {
        const root = this.model.root;
        if (this.looking || !root?.resId || root.data.state !== "running" || root.dirty) {
            return;
        }
        this.looking = true;
        try {
            await root.load();
        } finally {
            this.looking = false;
        }
    }
}

registry
    .category("views")
    .add("ups_pickup_batch_form", { ...formView, Controller: BatchFormController });
