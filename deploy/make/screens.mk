# Every page as a phone and a desktop show it, light and dark, into BUILD/screens (docs/screens: the few that the README shows,
# small). ONLY=text takes the pages whose name begins so.
.PHONY: screens screens-installed
screens: ## every page at both sizes, light and dark, into build/screens
	@deploy/deps test
	@$(MAKE) --no-print-directory screens-installed
screens-installed: all
	@BUILD=$(BUILD) ONLY='$(ONLY)' $(NODE) tests/screens/run.mjs $(BUILD)/screens docs/screens
