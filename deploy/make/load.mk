# What things cost, as figures to read and compare. Not part of `make test`.
.PHONY: bench-approval
bench_approval := $(BUILD)/tests/load/approval.o $(BUILD)/tests/unit/suite.o \
                  $(patsubst %,$(BUILD)/tests/unit/core/%.o,world pki_world ticket_world)
$(BUILD)/tests/load-approval: $(bench_approval) $(foreach l,$(below_core),$(call archive,$(l)))
	$(CC) $(LDFLAGS) -o $@ $(bench_approval) $(foreach l,$(below_core),$(call archive,$(l))) \
	  $(foreach l,$(below_core),$(libs_$(l))) $(shell pkg-config --libs cmocka)
bench-approval: $(BUILD)/tests/load-approval
	$<
