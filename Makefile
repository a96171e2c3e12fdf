# Yinxin: build, run and test. `make help` lists what a person calls.
# BUILD names the folder for everything made, so that several builds (plain, sanitizers, coverage) stand side by side.
BUILD   ?= build
CC      ?= gcc
CXX     ?= g++
MODE    ?= release

WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wwrite-strings \
           -Wno-missing-field-initializers -Werror
HARDEN  := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fstack-clash-protection -fcf-protection -fPIE -fno-common
OPTIM   := -O2 -g
ifeq ($(MODE),asan)
HARDEN  := -fPIE -fno-common
OPTIM   := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
LINK    := -fsanitize=address,undefined
endif
ifeq ($(MODE),cover)
HARDEN  := -fPIE -fno-common
OPTIM   := -O0 -g --coverage
LINK    := --coverage
endif

pkgs    := libcrypto jansson inih sqlite3 libpq libcurl libqrencode cairo freetype2 libpng fontconfig cjose libmaxminddb libseccomp
pkg      = $(shell pkg-config --libs $(1) 2>/dev/null)
INCL    := -Isrc -I. $(shell pkg-config --cflags $(pkgs) 2>/dev/null | sed 's/-I/-isystem /g')
CFLAGS  += -std=c17 -D_GNU_SOURCE $(WARN) $(HARDEN) $(OPTIM) $(INCL)
CXXFLAGS+= -std=c++17 -Wall -Wextra -Werror $(HARDEN) $(OPTIM) -Isrc
LDFLAGS += -pie -Wl,-z,relro,-z,now $(LINK)

LAYERS   := base store trust picture connect web core
PROGRAMS := portal openapi worker yinxinctl receipt-check

# What each layer may link with; the order is the order of the arrows, uppermost first.
libs_base    := $(call pkg,libcrypto jansson inih libseccomp)
libs_store   := $(call pkg,sqlite3 libpq)
libs_trust   := $(call pkg,libcrypto)
libs_picture := $(call pkg,cairo freetype2 fontconfig libpng libqrencode) -lm
libs_connect := $(call pkg,libcurl libmaxminddb)
libs_web     := -lfcgi -lctemplate_nothreads -lstdc++
libs_core    := $(call pkg,cjose)

# The objects of bin/NAME stand beside BUILD/bin, where the program NAME itself is a file.
objects   = $(patsubst bin/%,$(BUILD)/programs/%,$(patsubst %.c,%.o,$(filter bin/%,$(wildcard $(1)/*.c)))) \
            $(patsubst %.c,$(BUILD)/%.o,$(sort $(filter-out bin/%,$(wildcard $(1)/*.c)))) $(patsubst %.cc,$(BUILD)/%.o,$(sort $(wildcard $(1)/*.cc)))
archive   = $(BUILD)/lib/lib$(1).a

.PHONY: all
all: $(foreach p,$(PROGRAMS),$(BUILD)/bin/$(p)) static ## the programs, into build/bin

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -include base/banned.h -MMD -MP -c $< -o $@
$(BUILD)/programs/%.o: bin/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -include base/banned.h -MMD -MP -c $< -o $@
$(BUILD)/programs/yinxinctl/embedded.o: schema.sql $(wildcard deploy/agreements/*.txt)
$(BUILD)/%.o: %.cc
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -MMD -MP -c $< -o $@

define layer
$(call archive,$(1)): $(call objects,src/$(1))
	@mkdir -p $$(@D)
	@rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer,$(l))))
$(BUILD)/lib/libsite.a: $(call objects,cgi-bin/site)
	@mkdir -p $(@D)
	@rm -f $@ && ar rcs $@ $^

# program NAME, its folder, the layers it may link, uppermost first: the link line is the layering.
define program
$(BUILD)/bin/$(1): $(call objects,$(2)) $(foreach l,$(3),$(call archive,$(l)))
	@mkdir -p $$(@D)
	$(CC) $(LDFLAGS) -o $$@ $(call objects,$(2)) $(foreach l,$(3),$(call archive,$(l))) $(foreach l,$(filter-out site,$(3)),$$(libs_$(l)))
endef
below_core := core store trust picture connect base
$(eval $(call program,portal,cgi-bin/portal,site web $(below_core)))
$(eval $(call program,openapi,cgi-bin/openapi,site web $(below_core)))
$(eval $(call program,worker,bin/worker,$(below_core)))
$(eval $(call program,yinxinctl,bin/yinxinctl,$(below_core)))
$(eval $(call program,receipt-check,bin/receipt-check,trust base))

# ENGINE=postgres: what works on a database runs beside a PostgreSQL of its own.
ENGINE  ?= sqlite
beside_engine = $(if $(filter postgres,$(ENGINE)),tests/harness/postgres)

# Unit tests: one program a layer (tests/unit/LAYER/*.c), linked with what that layer may see, so that a suite of a lower
# layer cannot lean on a higher one. `make unit-trust` builds and runs one; TEST=text runs the tests whose name holds it.
suite_common = $(BUILD)/tests/unit/suite.o $(if $(filter store,$(1)),$(BUILD)/tests/unit/engine.o $(BUILD)/tests/unit/wire.o)
define suite
$(BUILD)/tests/unit-$(1): $(call objects,tests/unit/$(1)) $(call suite_common,$(2)) $(foreach l,$(2),$(call archive,$(l)))
	@mkdir -p $$(@D)
	$(CC) $(LDFLAGS) -o $$@ $(call objects,tests/unit/$(1)) $(call suite_common,$(2)) $(foreach l,$(2),$(call archive,$(l))) \
	  $(foreach l,$(filter-out site,$(2)),$$(libs_$(l))) $$(shell pkg-config --libs cmocka)
.PHONY: unit-$(1)
unit-$(1): $(BUILD)/tests/unit-$(1)
	$(if $(filter store,$(2)),$$(beside_engine)) $$< $$(TEST)
endef
$(eval $(call suite,base,base))
$(eval $(call suite,store,store base))
$(eval $(call suite,trust,trust base))
$(eval $(call suite,picture,picture base))
$(eval $(call suite,connect,connect base))
$(eval $(call suite,web,web base))
$(eval $(call suite,core,$(below_core)))
$(eval $(call suite,site,site web $(below_core)))
SUITES := base store trust picture connect web core site
.PHONY: unit suites
suites: $(foreach s,$(SUITES),$(BUILD)/tests/unit-$(s))
unit: $(foreach s,$(SUITES),unit-$(s)) ## the C tests; unit-trust TEST=text: a part of one suite

# Every other target stands in a file of its own under deploy/make/, by subject.
include $(wildcard deploy/make/*.mk)

.PHONY: clean
clean: ## removes what was built
	rm -rf build build-*

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
