# `make cover` counts which lines the unit tests and the HTTP suites reach, in a build of its own: a table by folder last, and
# build-cover/uncovered.txt names the lines that nothing reached. It fails below the floors in tests/cover/run.mjs.
# ONLY=unit and ONLY=http count a half.
.PHONY: cover
cover: ## lines that tests reach
	@deploy/deps tools
	@$(MAKE) --no-print-directory BUILD=build-cover MODE=cover -j$$(nproc) all suites
	@BUILD=build-cover ONLY='$(ONLY)' $(NODE) tests/cover/run.mjs
