/** The first pickup, step by step: for whoever has a location, and wants to be shown. */

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("ups_pickup_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: '.o_app[data-menu-xmlid="ups_pickup.ups_pickup_menu_root"]',
            content: _t("Here you ask UPS for drivers."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { trigger: ".o_ups_pickup_overview" },
        {
            trigger: ".o_list_button_add",
            content: _t("Make your first pickup."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_price]",
            content: _t("Choose the location, then ask UPS for the price. Nothing is booked yet."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { trigger: ".o_field_widget[name=price]" },
        {
            trigger: ".o_form_view button[name=action_confirm]",
            content: _t("Now ask for the driver."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { trigger: ".o_form_view .oe_title .o_field_widget[name=prn]" },
    ],
});
