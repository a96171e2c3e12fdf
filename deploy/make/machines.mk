# `make machines`: two installations on one PostgreSQL behind one nginx (tests/machines). ACTS=N: sign-ins and approvals that each
# fault falls into.
.PHONY: machines
machines: ## two machines on one PostgreSQL, which vanish and come back
	@deploy/deps test
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@BUILD=$(BUILD) NODE=$(NODE) tests/machines/run
