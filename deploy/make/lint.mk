# The house's rules, as far as a program can see them. Warnings are the compiler's: the build itself refuses them.
.PHONY: lint lint-installed lint-format lint-house lint-queries lint-templates lint-scripts
lint: ## format, layers, sizes, queries, templates, scripts
	@deploy/deps test
	@$(MAKE) --no-print-directory -k lint-installed && echo "lint: in order"
lint-installed: lint-format lint-house lint-queries lint-templates lint-scripts
tracked = git ls-files -co --exclude-standard $(1) | xargs -r ls -d 2>/dev/null
lint-format:
	@$(call tracked,'*.c' '*.h' '*.cc') | xargs -r -n 16 -P 2 clang-format --dry-run -Werror
lint-house:
	@$(NODE) deploy/lint/house.mjs
lint-queries:
	@$(NODE) deploy/lint/queries.mjs
lint-templates:
	@$(NODE) deploy/lint/templates.mjs
lint-scripts:
	@$(call tracked,'*.mjs' '*.js') | xargs -r -n 1 -P 2 $(NODE) --check
	@shellcheck -x deploy/run deploy/front deploy/deps deploy/rotate-logs deploy/settings.bash .ci/run tests/harness/postgres tests/harness/store-suites tests/cover/program tests/valgrind/program
