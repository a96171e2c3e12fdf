# `make fuzz` runs each target of tests/fuzz for FUZZ_SECONDS with libFuzzer under the address and undefined-behaviour
# sanitizers, JOBS at once, and prints a table last; FUZZ_SECONDS=5 is the quick form, ONLY=name takes one target. What is
# found is kept in tests/fuzz/crash. `make fuzz-keep` takes what the runs learned into tests/fuzz/corpus, cut down to what
# reaches something new. `make fuzz-corpus` runs every kept input once, in the build at hand: `make unit` does it too.
FUZZ_SECONDS ?= 600
FUZZ_BUILD   := build-fuzz
ifeq ($(MODE),fuzz)
HARDEN := -fPIE -fno-common
OPTIM  := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined
LINK   := -fsanitize=address,undefined
endif

fuzz_targets := $(sort $(basename $(notdir $(wildcard tests/fuzz/*.c))))
fuzz_layers  := site web $(below_core)
fuzz_common  := $(BUILD)/tests/unit/engine.o $(addprefix $(BUILD)/tests/fuzz/driver/,fuzz.o pki.o site.o world.o)
# The programs whole but for their main, and the worlds of the unit tests to run them in.
fuzz_common  += $(filter-out %/main.o,$(call objects,cgi-bin/portal) $(call objects,cgi-bin/openapi)) \
                $(addprefix $(BUILD)/tests/unit/core/,world.o pki_world.o ticket_world.o)
fuzz_linked   = $(fuzz_common) $(foreach l,$(fuzz_layers),$(call archive,$(l)))
fuzz_libs     = $(foreach l,$(filter-out site,$(fuzz_layers)),$(libs_$(l))) $(shell pkg-config --libs cmocka)

$(foreach t,$(fuzz_targets),$(BUILD)/fuzz/$(t)): $(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/driver/libfuzzer.o $(fuzz_linked)
	@mkdir -p $(@D)
	$(CXX) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(fuzz_libs)
$(BUILD)/tests/fuzz-corpus: $(call objects,tests/fuzz) $(BUILD)/tests/fuzz/driver/replay.o $(fuzz_linked)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(fuzz_libs)

.PHONY: fuzz fuzz-programs fuzz-keep fuzz-corpus
fuzz-programs: static $(foreach t,$(fuzz_targets),$(BUILD)/fuzz/$(t))
fuzz fuzz-keep: ## parsers under libFuzzer; keeping what was learned; FUZZ_SECONDS=, ONLY=
	@deploy/deps tools
	@$(MAKE) --no-print-directory BUILD=$(FUZZ_BUILD) MODE=fuzz CC=clang CXX=clang++ -j$$(nproc) fuzz-programs
	@BUILD=$(FUZZ_BUILD) FUZZ_SECONDS=$(FUZZ_SECONDS) JOBS=$(or $(JOBS),2) ONLY='$(ONLY)' $(NODE) tests/fuzz/run.mjs $@
fuzz-corpus: $(BUILD)/tests/fuzz-corpus static
	@$< tests/fuzz '$(ONLY)'
unit: fuzz-corpus
suites: $(BUILD)/tests/fuzz-corpus
