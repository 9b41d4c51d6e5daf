# Every target sets up what it needs by itself; `make demo` and `make test` are all a newcomer has to know.

PY      := .venv/bin/python
PIP     := .venv/bin/pip --disable-pip-version-check
VENDOR  := src/backhaul/web/static/vendor/LICENSES.txt
SCHEMA  := src/backhaul/sandbox/shopify/schema/LICENSE
SEEDS   ?= 2000
WORKERS ?= 2

# Nothing a developer has set in the environment may change what a test sees.
unexport DATABASE_URL DJANGO_SETTINGS_MODULE

.DELETE_ON_ERROR:
.PHONY: demo test lint format types contracts unit real fuzz bench assets schema lock audit wheel clean

demo: .venv/.runtime $(VENDOR) $(SCHEMA)
	.venv/bin/backhaul demo $(if $(ONCE),--once --json demo-summary.json) $(if $(STOREFRONT),--storefront $(STOREFRONT))

test: lint types contracts unit

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

format: .venv/.dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

types: .venv/.dev
	.venv/bin/mypy

contracts: .venv/.dev
	.venv/bin/lint-imports

# A file stays on one process, so that what it starts (a server, a shop) is started once.
unit: .venv/.dev .venv/.chromium .venv/.sshd $(VENDOR) $(SCHEMA)
	$(PY) -m pytest -m "not slow" -n $(WORKERS) --dist loadfile --no-loadscope-reorder

real: .venv/.dev .venv/.sshd $(SCHEMA)
	$(PY) -m pytest tests/real

fuzz: .venv/.dev $(SCHEMA)
	.venv/bin/backhaul fuzz --seeds $(SEEDS)

bench: .venv/.dev $(SCHEMA)
	$(PY) -m tests.bench

assets: .venv/.venv
	$(PY) tools/assets.py

schema: .venv/.venv
	$(PY) tools/shopify_schema.py

lock: .venv/.dev
	$(PY) tools/lock.py
	npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts

audit: .venv/.dev
	.venv/bin/pip-audit --require-hashes --disable-pip -r requirements-dev.lock

wheel: .venv/.dev $(VENDOR) $(SCHEMA)
	rm -rf dist
	$(PY) -m hatchling build

clean:
	rm -rf .venv .cache dist build demo-summary.json src/backhaul/web/static/vendor src/backhaul/sandbox/shopify/schema
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.venv:
	sh tools/venv.sh
	touch $@

.venv/.runtime: requirements.lock pyproject.toml | .venv/.venv
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev: requirements-dev.lock pyproject.toml | .venv/.venv
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	touch $@ .venv/.runtime

# Only the browser tests need it, and Playwright drives Debian's own.
.venv/.chromium: | .venv/.venv
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || sh tools/debian.sh chromium
	touch $@

# What speaks to warehouses over SFTP is tested against the real thing.
.venv/.sshd: | .venv/.venv
	command -v sshd >/dev/null || test -x /usr/sbin/sshd || sh tools/debian.sh openssh-server
	touch $@

$(VENDOR): package-lock.json tools/assets.py | .venv/.venv
	$(PY) tools/assets.py

$(SCHEMA): tools/shopify_schema.py | .venv/.venv
	$(PY) tools/shopify_schema.py
	touch $@
