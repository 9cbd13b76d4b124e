import { registry } from "@web/core/registry";

const API_BUTTON = ".o_action_manager .o_form_sheet [name=ups_api] button";
const MODAL = ".modal:not(.o_inactive_modal)";

const openModal = (state) => [
    {
        content: `The button reads ${state}; open the modal`,
        trigger: `${API_BUTTON}:contains(${state})`,
        run: "click",
    },
    {
        content: "The modal shows UPS's tip",
        trigger: `${MODAL} .modal-footer:contains(UPS Account Executive)`,
    },
];

const press = (name) => ({
    content: `Press ${name}`,
    trigger: `${MODAL} .modal-footer button:contains(/^${name}$/)`,
    run: "click",
});

const told = (words) => ({
    content: `The dialog says: ${words}`,
    trigger: `${MODAL} [role=status]:contains(${words})`,
});

const modalIsClosed = { content: "The modal is closed", trigger: "body:not(:has(.modal))" };

const pressOptOut = [
    press("Opt-Out"),
    {
        content: "The confirmation says what will happen",
        trigger: `${MODAL}:contains(Odoo deletes)`,
    },
];

registry.category("web_tour.tours").add("ups_whole_life", {
    steps: () => [
        ...openModal("API"),
        press("Cancel"),
        modalIsClosed,
        ...openModal("API"),
        { ...press("OAuth"), expectUnloadPage: true },
        // The test plays UPS and the person there, and sends the browser back.
        told("Odoo can now act for this company at UPS."),
        press("Close"),
        modalIsClosed,
        ...openModal("Authorized"),
        press("Test"),
        told("UPS accepts the authorization of"),
        ...pressOptOut,
        press("Cancel"),
        ...openModal("Authorized").slice(1),
        press("Close"),
        modalIsClosed,
        ...openModal("Authorized"),
        ...pressOptOut,
        press("OK"),
        told("reset your UPS.com password"),
        press("Cancel"),
        modalIsClosed,
        { content: "The button reads API", trigger: `${API_BUTTON}:not(:contains(Authorized))` },
    ],
});
