# What things cost (tests/load). `make bench` measures side by side in one run and fails where a promise is missed; ROWS and
# ROUNDS make it shorter. Not part of `make test`.
define load_program
$(BUILD)/load/$(1): $(BUILD)/tests/load/$(1).o $(2) $(foreach l,$(3),$(call archive,$(l)))
	@mkdir -p $$(@D)
	$(CC) $(LDFLAGS) -o $$@ $$^ $(foreach l,$(3),$$(libs_$(l))) $(4)
endef
bench_world := $(BUILD)/tests/unit/suite.o $(BUILD)/tests/unit/engine.o $(patsubst %,$(BUILD)/tests/unit/core/%.o,world pki_world ticket_world)
$(eval $(call load_program,fill,,$(below_core),))
$(eval $(call load_program,commits,,$(below_core),))
$(eval $(call load_program,approval,$(bench_world),$(below_core),$$(shell pkg-config --libs cmocka) -Xlinker --wrap=crypto_scrypt))
$(eval $(call load_program,pictures,,picture base,))
$(eval $(call load_program,hello,,,-lfcgi))
LOAD_PROGRAMS := $(foreach p,fill commits approval pictures hello,$(BUILD)/load/$(p))

# bench-beside BEFORE=COMMIT: that commit's pages and this one's by turns, in one run. profile PAGE=/home: what an answer costs
# the program in instructions, and where.
.PHONY: bench bench-approval bench-beside profile load-programs
load-programs: $(LOAD_PROGRAMS)
bench-approval: $(BUILD)/load/approval
	$<
bench: ## what things cost, and which promises hold; ENGINE=postgres: both engines, two machines
	@deploy/deps tools
	@$(MAKE) --no-print-directory -j$$(nproc) all load-programs
	@$(if $(filter postgres,$(ENGINE)),\
	  BUILD=$(BUILD) SYNC=1 LISTEN=127.0.0.1 PGPORT=$(or $(PGPORT),54329) MACHINES=loopback tests/harness/postgres $(NODE) tests/load/engines.mjs \
	    $(or $(ROWS),100000) $(or $(ROUNDS),3),\
	  BUILD=$(BUILD) $(NODE) tests/load/bench.mjs $(or $(ROWS),1000000) $(or $(ROUNDS),3))
bench-beside: ## the pages of BEFORE=COMMIT and of now by turns
	@deploy/deps tools
	@[ -d $(BUILD)/before ] || git worktree add --detach $(BUILD)/before $(BEFORE)
	@git -C $(BUILD)/before checkout --quiet $(BEFORE)
	@cp -a node_modules $(BUILD)/before/
	@$(MAKE) --no-print-directory -C $(BUILD)/before -j$$(nproc) all load-programs
	@$(MAKE) --no-print-directory -j$$(nproc) all load-programs
	@BUILD=$(BUILD) $(NODE) tests/load/beside.mjs $(BUILD)/before $(or $(ROUNDS),3)
profile: ## what an answer to PAGE=/home costs in instructions, and where
	@deploy/deps tools
	@$(MAKE) --no-print-directory -j$$(nproc) all load-programs
	@BUILD=$(BUILD) $(NODE) tests/load/profile.mjs $(or $(PAGE),/home)
