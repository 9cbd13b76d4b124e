# What stands behind each line is in devenv/; `make run ODOO_PORT=8070` and the like reach it by
# the environment. CONTRIBUTING.md lists the variables, and the quicker ways to test one thing.
PYTHON ?= python3

help: ## this list
	@echo "Commands of this clone; the first one takes some minutes more, to bring Odoo and PostgreSQL."
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Variables, as in make run ODOO_PORT=8070: see CONTRIBUTING.md."

run: ## Odoo with the addons and a simulator of UPS, until Ctrl-C; a saved file is seen some seconds later
	@$(PYTHON) -m devenv run

test: ## lint and every test, as CI does
	@$(PYTHON) -m devenv test

soak: ## hours of traffic and trouble in minutes: make soak SEED=1 MINUTES=5
	@SEED=$(SEED) MINUTES=$(MINUTES) $(PYTHON) -m devenv soak

contact: ## ask UPS's test system what we assume of it; CONTRIBUTING.md says what to give
	@$(PYTHON) -m devenv contact

lint: ## ruff, pylint-odoo, OCA's checks of XML, CSV and translations
	@$(PYTHON) -m devenv lint

format: ## let ruff mend and lay out the Python code
	@$(PYTHON) -m devenv format

bench: ## measured beside Odoo's own connectors, into docs/benchmarks.md; ROW=storm for one row
	@$(PYTHON) -m devenv bench

screenshots: ## the pictures of the Apps page, and .cache/screenshots/gallery to look at
	@$(PYTHON) -m devenv screenshots

translations: ## read anew what is to be translated, and put it into each language's file
	@$(PYTHON) -m devenv translations

clean: ## delete the cache folder, databases included
	@$(PYTHON) -m devenv clean

.PHONY: help run test contact soak bench lint format screenshots translations clean
