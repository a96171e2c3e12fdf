# What the machine must have. `make deps DEPS=run` leaves the test tools out.
DEPS ?= test
NODE := $(CURDIR)/build/deps/bin/node

.PHONY: deps
deps: ## installs what is missing; DEPS=run: without the test tools
	@deploy/deps $(DEPS)
