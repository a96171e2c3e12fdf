# Pages of docs/ that are printed from tables in the code, and from the list of rules with the tests that name them.
.PHONY: docs rules-doc
docs: $(BUILD)/bin/yinxinctl
	$< settings --markdown >docs/configuration.md
rules-doc:
	@$(or $(wildcard $(NODE)),node) deploy/rules.mjs
