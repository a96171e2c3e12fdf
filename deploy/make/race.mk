# `make race` has eight processes race through core at what the rules allow once or a few times, and run a mixed load, on
# ENGINE (sqlite, postgres): right results in the end or it fails, and figures. `make race-ways` measures PostgreSQL's ways of
# running writers beside each other by turns, in throw-away builds. REQUESTS: of each race. Not part of `make test`, which
# races with 200 (tests/unit/core/races.c).
race_wrapped := world_race ctx_transaction store_begin_write store_begin_alone store_commit store_rollback crypto_random_below crypto_scrypt
race_objects := $(BUILD)/tests/unit/suite.o $(BUILD)/tests/unit/engine.o \
                $(patsubst %,$(BUILD)/tests/unit/core/%.o,world pki_world ticket_world log_world races) \
                $(patsubst %,$(BUILD)/tests/race/%.o,count mixed)
$(BUILD)/race/race: $(race_objects) $(foreach l,$(below_core),$(call archive,$(l)))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(patsubst %,-Wl$(comma)--wrap=%,$(race_wrapped)) -o $@ $^ $(foreach l,$(below_core),$(libs_$(l))) \
	  $(shell pkg-config --libs cmocka)
comma := ,

.PHONY: race race-ways
race race-ways: export REQUESTS := $(or $(REQUESTS),1000)
race: ## eight processes at once at what the rules allow once; ENGINE=postgres
	@deploy/deps test
	@$(MAKE) --no-print-directory -j$$(nproc) $(BUILD)/race/race
	@BUILD=$(BUILD) $(beside_engine) $(NODE) tests/race/run.mjs
race-ways: ## PostgreSQL's ways of running writers side by side, measured
	@deploy/deps test
	@$(MAKE) --no-print-directory -j$$(nproc) $(BUILD)/race/race
	@BUILD=$(BUILD) tests/harness/postgres $(NODE) tests/race/ways.mjs $(or $(ROUNDS),3)
