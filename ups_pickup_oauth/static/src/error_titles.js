/** What stands over the sentences of exceptions.py? "Invalid Operation" would blame the person. */

import { odooExceptionTitleMap, WarningDialog } from "@web/core/errors/error_dialogs";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const TITLES = {
    UpsReauthorizationNeeded: _t("UPS must be authorized"),
    UpsSettingsWrong: _t("UPS settings"),
    UpsGivenElsewhere: _t("UPS must be authorized"),
    UpsTryLater: _t("UPS is not available"),
    UpsBusy: _t("One moment, please"),
    UpsNothingToDo: _t("Nothing to do"),
};

for (const [name, title] of Object.entries(TITLES)) {
    const exception = `odoo.addons.ups_pickup_oauth.exceptions.${name}`;
    odooExceptionTitleMap.set(exception, title);
    registry.category("error_dialogs").add(exception, WarningDialog);
}
