# `make crash` kills, fills and locks while CRASH_N people sign in and as many requests are approved (tests/crash), and
# fails where something acknowledged is missing or half done. CRASH_N=100 is the quick form, SEED=… repeats a run, ONLY=kills takes
# one phase. In a mount namespace of its own where one is to be had, for the small disk. Not part of `make test`.
CRASH_N ?= 10000
.PHONY: crash
crash: ## kills, full disk, locked database, clock set back, under load; CRASH_N=100 is short
	@deploy/deps test
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@BUILD=$(BUILD) SEED='$(SEED)' ONLY='$(ONLY)' $$(unshare --mount true 2>/dev/null && echo unshare --mount) $(NODE) tests/crash/crash.mjs $(CRASH_N)
