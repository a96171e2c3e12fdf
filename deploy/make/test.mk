# `make test` is everything; `make http` and `make browser` a part, ONLY=text a part of that (a suite's file name, or tests'
# names; the C tests run whole). The suites run a whole installation that deploy/run starts. `make asan` runs the C tests and
# the HTTP suites under the address and undefined-behaviour sanitizers. `make test-store` runs the suites of store and core on
# both engines, and is a part of `make test`; with ENGINE=postgres the rest runs on PostgreSQL too.
.PHONY: test test-installed test-store unit-once http browser asan asan-installed
test: ## everything; ENGINE=postgres: on PostgreSQL; ONLY=text: a part
	@deploy/deps test
	@$(MAKE) --no-print-directory -j$$(nproc) all suites
	@$(MAKE) --no-print-directory test-installed
test-installed: all
	@$(MAKE) --no-print-directory unit-once ONLY=
	@BUILD=$(BUILD) ONLY='$(ONLY)' $(beside_engine) $(NODE) tests/harness/run.mjs browser http
	@[ -n '$(ONLY)' ] || ACTS=10 BUILD=$(BUILD) NODE=$(NODE) tests/machines/run

test-store: $(BUILD)/tests/unit-store $(BUILD)/tests/unit-core ## store and core on both engines
	@tests/harness/store-suites $(BUILD)
unit-once: test-store $(patsubst %,unit-%,$(filter-out store core,$(SUITES))) fuzz-corpus

http browser: all ## through a real nginx; in a real Chromium; ONLY=text
	@BUILD=$(BUILD) ONLY='$(ONLY)' $(beside_engine) $(NODE) tests/harness/run.mjs $@

asan: ## C tests and HTTP suites under the sanitizers
	@deploy/deps test
	@$(MAKE) --no-print-directory BUILD=build-asan MODE=asan -j$$(nproc) all suites
	@$(MAKE) --no-print-directory BUILD=build-asan MODE=asan asan-installed
# The leaks' end is looked at in the C tests alone: the programs have shut themselves off from what it needs.
asan-installed: export UBSAN_OPTIONS = print_stacktrace=1
asan-installed: export LSAN_OPTIONS = suppressions=tests/unit/leaks.txt:print_suppressions=0
asan-installed: all suites
	@ASAN_OPTIONS=detect_leaks=1 $(MAKE) --no-print-directory unit ONLY=
	@ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 SLOW=4 BUILD=$(BUILD) ONLY='$(ONLY)' $(NODE) tests/harness/run.mjs http
