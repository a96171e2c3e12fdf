# Pages of docs/ that are printed from tables in the code, and from the list of rules with the tests that name them.
.PHONY: docs rules-doc
docs: $(BUILD)/bin/yinxinctl ## docs/configuration.md from the table of settings
	$< settings --markdown >docs/configuration.md
rules-doc: ## docs/rules.md from the tests' names
	@$(or $(wildcard $(NODE)),node) deploy/rules.mjs
