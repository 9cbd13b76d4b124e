# What stands behind each line is in devenv/; `make run ODOO_PORT=8070` and the like reach it by
# the environment. README.md lists the variables.
PYTHON ?= python3

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

run: ## Odoo with the addon and a simulator of UPS, until Ctrl-C
	@$(PYTHON) -m devenv run

test: ## lint and every test
	@$(PYTHON) -m devenv test

lint: ## ruff and pylint-odoo
	@$(PYTHON) -m devenv lint

clean: ## delete the cache folder, databases included
	@$(PYTHON) -m devenv clean

.PHONY: help run test lint clean
