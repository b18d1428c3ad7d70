# `make` lists the commands; each installs what it needs first.
PYTHON ?= python3
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help run test fmt check bench serve messages locks setup-run setup-test

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: setup-run ## try the portal: sets up everything, then http://localhost:8000/ (PORT=8001 make run)
	@$(PY) tools/run.py

test: setup-test ## all tests: SQLite, PostgreSQL, browser (make test ARGS="-k plan")
	@$(PY) tools/test.py $(ARGS)

fmt: setup-test ## format Python and templates
	@$(PY) tools/check.py --fix

check: setup-test ## format, lint, migrations, production settings, translations: what CI checks
	@$(PY) tools/check.py

bench: setup-test ## measure with large data (make bench ARGS=…)
	@$(PY) -m bench $(ARGS)

serve: setup-run ## production server (needs SECRET_KEY and ALLOWED_HOSTS, see README.md)
	@$(PY) tools/serve.py

messages: setup-test ## collect texts for translation into locale/
	@$(PY) tools/messages.py update

locks: setup-run ## write the locks again after pyproject.toml changed (make locks ARGS=--upgrade)
	@$(PY) tools/locks.py $(ARGS)

setup-run setup-test: setup-%:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: sudo apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) tools/bootstrap.py $*
