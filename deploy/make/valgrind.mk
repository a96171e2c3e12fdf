# `make valgrind` runs the unit tests and what tests/valgrind/run.mjs names of the HTTP suites under memcheck, with the programs as
# they ship, and fails at an error or a leak. ONLY=unit-trust takes one suite of unit tests, ONLY=walk,oauth some HTTP suites.
# Not part of `make test`: it takes a quarter of an hour.
.PHONY: valgrind
valgrind: ## unit tests and some HTTP suites under memcheck
	@deploy/deps tools
	@$(MAKE) --no-print-directory -j$$(nproc) all suites
	@BUILD=$(BUILD) ONLY='$(ONLY)' $(NODE) tests/valgrind/run.mjs
