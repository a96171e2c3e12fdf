# Pages of docs/ that are printed from tables in the code.
.PHONY: docs
docs: $(BUILD)/bin/yinxinctl
	$< settings --markdown >docs/configuration.md
