/** Where does the web client go: back from UPS, and to the settings of UPS? */

import { browser } from "@web/core/browser/browser";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/**
 * Come back to where the person began, with its breadcrumbs, and the company's dialog open there.
 *
 * The address is replaced first: neither Back nor a reload lands again.
 */
async function land(env, { params }) {
    if ("action" in params) {
        return; // a link from somebody else (see ask.js): the callback's lands by its path
    }
    const url = new URL(params.path, browser.location.origin);
    browser.history.replaceState({}, "", url.href);
    await env.services.action.loadState(router.urlToState(url));
    showBlock();
    if (params.dialog) {
        const underneath = env.services.action.currentController;
        await env.services.action.doAction(params.dialog, {
            onClose: () => {
                // Not where a button of the dialog has led somewhere else.
                if (env.services.action.currentController === underneath) {
                    return env.services.action.restore(underneath.jsId).then(showBlock);
                }
            },
        });
    }
}

async function openSettings(env) {
    await env.services.action.doAction("base_setup.action_general_configuration");
    showBlock();
}

/** In General Settings, where the block of UPS stands far below; it may not be drawn yet. */
async function showBlock(tries = 20) {
    const isSettings = document.querySelector(".o_setting_container, #ups_redirect_uri");
    const block = document.querySelector("#ups_redirect_uri");
    if (block) {
        block.scrollIntoView({ block: "center" });
    } else if (isSettings && tries) {
        await new Promise((done) => browser.setTimeout(done, 100));
        await showBlock(tries - 1);
    }
}

registry.category("actions").add("ups_pickup_oauth.land", land);
registry.category("actions").add("ups_pickup_oauth.settings", openSettings);

registry.category("command_provider").add("ups_pickup_oauth", {
    provide: (env) =>
        user.isSystem ? [{ name: _t("UPS settings"), action: () => openSettings(env) }] : [],
});
