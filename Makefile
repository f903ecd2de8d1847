# Every target hands over to loyalty_site/launch, under the first Python that is new enough.
# PYTHON=/path/to/python chooses another one.

.DEFAULT_GOAL := help
.PHONY: run test check bench manage reset help

define launch
@cd "$$(dirname "$(strip $(MAKEFILE_LIST))")" && \
for python in "$${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do \
  if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then \
    exec "$$python" -m loyalty_site.launch.bootstrap $(1); \
  fi; \
done; \
echo "Changke needs Python 3.11, 3.12, 3.13 or 3.14, and none is on the PATH (python3 is: $$(python3 --version 2>&1))." >&2; \
echo "On Debian or Ubuntu: apt install python3 python3-venv. Or name one: make run PYTHON=/path/to/python3" >&2; \
exit 1
endef

run:  ## start everything and load the demo (PORT=, HOST=, DEMO=0 for an empty programme); Ctrl-C stops it
	$(call launch,run)

test:  ## run all tests on a PostgreSQL and a Valkey of their own (ARGS="-k tiers" chooses)
	$(call launch,test $(ARGS))

check:  ## layout, lint, import contracts, types, migrations, production settings, translations, API schema
	$(call launch,check)

bench:  ## measure against the floors (ARGS= chooses)
	$(call launch,bench $(ARGS))

manage:  ## a Django command on the running site: make manage ARGS="import_receipts FILE"
	$(call launch,manage $(ARGS))

reset:  ## delete the data that `make run` keeps in .data; asks first (YES=1 answers)
	$(call launch,reset)

help:  ## what there is
	@sed -n 's/^\([a-z]*\):  *## *\(.*\)/  make \1\t\2/p' "$(strip $(MAKEFILE_LIST))" | expand -t 16
