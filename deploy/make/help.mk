# `make help` lists what a person calls: each target whose line says behind ## what it does.
.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z -]*:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST) | sort
