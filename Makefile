# Penstock. `make demo` and `make test` do all that a fresh Debian 12 with Swift needs.

PREFIX  ?= /usr/local
DESTDIR ?=
SWIFT   ?= swift

# What a build needs from Debian, and what a run needs.
PACKAGES = libgit2-dev libpq-dev libpg-query-dev libprotobuf-c-dev libsqlite3-dev pkg-config postgresql-15 \
  postgresql-15-plpgsql-check git

# One process a suite: each has a PostgreSQL server of its own while it runs.
SUITES = $(notdir $(wildcard Tests/*Tests))

SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
BINARY = $(shell $(SWIFT) build -c release --show-bin-path)/penstock

# On which PostgreSQL versions `make test-majors` tests, and what; each as the wheel of the PyPI package is called.
MAJORS = 14.23.0 16.15.0 17.11.0 18.6.0
MAJOR_SUITES = PostgresTests SchemaTests MigrationsTests ShadowTests EndToEndTests

.PHONY: all deps build release test test-majors conformance demo bench docs format lint install uninstall clean

all: build

## deps: install the Debian packages that are missing
# Only the server's programs are wanted: while they are installed, Debian is told not to make a cluster of its own.
CLUSTER_CONF = /etc/postgresql-common/createcluster.conf
deps:
	@missing=""; for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  echo "Installing$$missing"; \
	  [ -e $(CLUSTER_CONF) ] || { ours=yes; $(SUDO) mkdir -p $(dir $(CLUSTER_CONF)); \
	    echo 'create_main_cluster = false' | $(SUDO) tee $(CLUSTER_CONF) > /dev/null; }; \
	  $(SUDO) apt-get update -q && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
	  status=$$?; [ -z "$$ours" ] || $(SUDO) rm -f $(CLUSTER_CONF); exit $$status; fi

## build: a debug build
build: deps
	$(SWIFT) build

## release: an optimised build
release: deps
	$(SWIFT) build -c release --product penstock

## test: every test, on a real PostgreSQL and real git pushes
test: deps
	$(SWIFT) build --build-tests
	@for suite in $(SUITES); do \
	  echo "== $$suite"; $(SWIFT) test --skip-build --filter "^$$suite\." || exit 1; done

## test-majors: the suites that need a server, on other PostgreSQL versions, and then on two side by side
test-majors: deps
	$(SWIFT) build --build-tests
	@SUDO="$(SUDO)" Tests/fetch-postgresql .build/postgresql $(MAJORS)
	@for version in $(MAJORS); do for suite in $(MAJOR_SUITES); do \
	  echo "== $$suite on PostgreSQL $$version"; \
	  PENSTOCK_POSTGRESQL="$(CURDIR)/.build/postgresql/$$version/bin" \
	    $(SWIFT) test --skip-build --filter "^$$suite\." || exit 1; done; done
	@echo "== on two versions"; \
	  PENSTOCK_POSTGRESQL="/usr/lib/postgresql/15/bin:$(CURDIR)/.build/postgresql/$(lastword $(MAJORS))/bin" \
	    $(SWIFT) test --skip-build --filter 'otherVersion|missingVersion|eachVersion|stopDetached'

## conformance: how many of other tools' cases for differs are planned and proved: make conformance FIXTURES=DIR
conformance: release
	@python3 Tests/Conformance/conformance.py "$(BINARY)" "$(FIXTURES)"

## demo: a push that is promoted and one that is refused, on servers of its own
demo: build
	@examples/demo.sh "$$($(SWIFT) build --show-bin-path)/penstock"

## bench: what Penstock takes, as a ratio to what people use today
bench: release
	@Benchmarks/run "$(BINARY)"

## docs: write the rule pages anew from the rules
docs: build
	PENSTOCK_RECORD=1 $(SWIFT) test --filter RuleDocumentationTests

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

## install: the binary, the hooks, the pipelines and the systemd unit below PREFIX
install: release
	install -D -m 755 "$(BINARY)" "$(DESTDIR)$(PREFIX)/bin/penstock"
	install -d "$(DESTDIR)$(PREFIX)/share/penstock/hooks" "$(DESTDIR)$(PREFIX)/share/penstock/pipelines"
	install -m 755 hooks/* "$(DESTDIR)$(PREFIX)/share/penstock/hooks"
	install -m 644 pipelines/* "$(DESTDIR)$(PREFIX)/share/penstock/pipelines"
	install -d "$(DESTDIR)$(PREFIX)/lib/systemd/system"
	sed 's|/usr/bin/penstock|$(PREFIX)/bin/penstock|' systemd/penstock.service \
	  > "$(DESTDIR)$(PREFIX)/lib/systemd/system/penstock.service"

uninstall:
	rm -rf "$(DESTDIR)$(PREFIX)/bin/penstock" "$(DESTDIR)$(PREFIX)/share/penstock" \
	  "$(DESTDIR)$(PREFIX)/lib/systemd/system/penstock.service"

clean:
	$(SWIFT) package clean
	rm -rf Benchmarks/.venv
