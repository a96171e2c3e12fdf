# Files for browsers: static/build holds ours and npm's side by side, each also compressed (nginx serves .gz and .br as
# they are). Its file `version` is the value of STATIC_VERSION in the templates.
STATIC_SOURCES := static/build.mjs package-lock.json $(wildcard static/css/* static/js/* static/img/*) \
                  $(shell find templates -name '*.tpl' 2>/dev/null)

.PHONY: static
static: static/build/.stamp

static/build/.stamp: $(STATIC_SOURCES) node_modules/.package-lock.json
	$(or $(wildcard $(NODE)),node) static/build.mjs
	@touch $@

# npm writes this file last; a lock file that is newer means that other versions are wanted.
node_modules/.package-lock.json: package-lock.json
	npm ci --ignore-scripts
	@touch $@
