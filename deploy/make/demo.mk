# `make demo` (OPS-2) starts an installation of its own with a believable org and the example platform, and says what to click.
.PHONY: demo demo-installed
demo: ## a believable company and an example platform, and what to click
	@deploy/deps demo
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@$(MAKE) --no-print-directory demo-installed
demo-installed: all
	@BUILD=$(BUILD) PORT=$(PORT) PKI_PORT=$(PKI_PORT) PLATFORM_PORT=$(PLATFORM_PORT) exec $(NODE) deploy/demo/demo.mjs
