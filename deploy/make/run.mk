# `make run` works as the only command on a bare machine. What it builds with is looked up when make reads its files, so
# building is left to a make of its own, begun after the packages are there.
.PHONY: run run-installed
run: ## an installation of one's own, served until Ctrl-C; DATA=, PORT=, PKI_PORT=
	@deploy/deps run
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@$(MAKE) --no-print-directory run-installed
run-installed: all
	@deploy/run --build $(BUILD) $(if $(DATA),--data $(DATA)) $(if $(PORT),--port $(PORT)) $(if $(PKI_PORT),--pki-port $(PKI_PORT))
