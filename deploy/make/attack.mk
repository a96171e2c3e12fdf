# `make attack` plants holes in a throw-away copy of the tree, one by one, and asks the lints and the walk of SEC-1 whether they
# find them; ONLY=text takes the holes whose name holds it. Not part of `make test`: a hole takes up to a minute.
.PHONY: attack
attack: ## planted holes, each found by a check
	@deploy/deps test
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@BUILD=$(BUILD) ONLY='$(ONLY)' $(NODE) tests/attack/run.mjs

# `make overload` puts more on a running portal than it can serve and prints its promises last; it fails where one is broken.
.PHONY: overload
overload: ## more clients than can be served
	@deploy/deps tools
	@$(MAKE) --no-print-directory -j$$(nproc) all load-programs
	@BUILD=$(BUILD) $(NODE) tests/load/overload.mjs
