# Two commands do everything on a fresh Debian machine with a Swift toolchain: make reproduce, make test.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Debian's names; what each is for: docs/architecture.md.
PACKAGES := libopenblas-dev libarchive-dev zlib1g-dev libssl-dev libpng-dev libcurl4-openssl-dev pkg-config
# One build serves both commands: tests run on the binary that users run.
BUILD := swift build -c release --build-tests
REPRISE := .build/release/reprise

.PHONY: help packages build reproduce test bench bench-convolution lint format clean

help: ## Show what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

packages: ## Install the system packages that are missing
	@scripts/install-packages $(PACKAGES)

build: packages ## Build reprise and its tests
	$(BUILD)

reproduce: build ## Run the main job on data that it generates, verify it, print the verdict and the report's path
	$(REPRISE) run quickstart
	$(REPRISE) verify latest

test: build ## Run all tests
	scripts/run-tests

bench: packages ## Time a training step beside OpenBLAS, PyTorch and JAX; slow, and no part of the tests
	Benchmarks/run

bench-convolution: packages ## The same of a convolutional VAE, beside PyTorch
	Benchmarks/run-convolution

lint: ## Check the style
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks

format: ## Put the sources into the project's style
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks

clean: ## Remove what was built; runs, keys and downloads in .reprise/ stay
	rm -rf .build .build-*
