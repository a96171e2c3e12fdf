# `make bench` measures side by side in one run (tests/load/README.md); its programs are built like all others.
define load_program
$(BUILD)/load/$(1): $(BUILD)/tests/load/$(1).o $(foreach l,$(2),$(call archive,$(l)))
	@mkdir -p $$(@D)
	$(CC) $(LDFLAGS) -o $$@ $$^ $(foreach l,$(2),$$(libs_$(l))) $(3)
endef
$(eval $(call load_program,fill,$(below_core)))
$(eval $(call load_program,hello,,-lfcgi))
