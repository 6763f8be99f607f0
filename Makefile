# SPDX-License-Identifier: Apache-2.0
#
# make demo     build, train the quickstart, write its report
# make test     run all tests
# make test-exhaustive  all 2^32 floats, thousands of random layers and networks (many minutes)
# make test-long        the tests that are too long for every day
# make test-widths      compare the bits of builds for three CPUs (many minutes)
# make build    build the program, .build/release/runexp
# make install  install the program and its shell completions under PREFIX
# make lint     check format, imports, declared dependencies, named files
# make format   format all Swift files in place
# make bench    measure this machine's limits and the training speed on it
# make reports  rebuild the reports under reports/
# make clean    remove .build and demo
#
# demo, test*, build, lint and bench install missing system packages where apt-get can.

.PHONY: help demo test test-exhaustive test-simulations test-long test-widths build install lint format bench reports clean system-packages
.DEFAULT_GOAL := help

RUNEXP := .build/release/runexp
SWIFT_FILES := Sources Tests Package.swift
# /usr/local for root, otherwise the user's own folder
PREFIX ?= $(if $(filter 0,$(shell id -u)),/usr/local,$(HOME)/.local)

help:
	@sed -n 's/^# \(make .*\)/\1/p' $(firstword $(MAKEFILE_LIST))

system-packages:
	@.ci/system-packages

demo: build
	@mkdir -p demo
	$(RUNEXP) sweep experiments/quickstart.yaml --db demo/runexp.db --reports demo/reports
	@echo 'Now read demo/reports/quickstart/index.md; the runs are in demo/runexp.db.'

# The end-to-end tests watch processes at work, so they have the machine to themselves.
test: system-packages
	swift build --build-tests
	swift test --skip-build --parallel --skip EndToEndTests
	swift test --skip-build --parallel --filter EndToEndTests

# The tests of every day run over memory that held NaN; here all of the numeric ones run over 1e30 and 0, too.
# The elementary functions take a few minutes: every argument costs six calls of the C library for reference.
NUMERIC_TESTS := KernelsTests|TensorsTests|NeuralNetworksTests|TrainingTests
test-exhaustive: system-packages
	swift build --build-tests
	RUNEXP_MEMORY_FILL=1e30 swift test --skip-build --filter '$(NUMERIC_TESTS)'
	RUNEXP_MEMORY_FILL=0 swift test --skip-build --filter '$(NUMERIC_TESTS)'
	RUNEXP_EXHAUSTIVE=1 swift test --skip-build --filter 'ElementaryFunctionTests|Random(Window|Matrix|Length|Line|Model|Attention|State|AdditiveAttention|WeightDropout|Product|SequenceConvolution|Bounds|Graph)Tests'

# What reports claim, over simulated tables; writes docs/simulations.md. A few minutes.
test-simulations: system-packages
	swift build --build-tests
	RUNEXP_SIMULATIONS=1 swift test --skip-build --filter "SimulationGridTests|ImportSimulationTests"

test-long: test-exhaustive test-simulations

test-widths: system-packages
	@.ci/check-widths

build: system-packages
	swift build --configuration release --static-swift-stdlib --product runexp

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin" \
	  "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" \
	  "$(DESTDIR)$(PREFIX)/share/zsh/site-functions" \
	  "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	install -m 755 $(RUNEXP) "$(DESTDIR)$(PREFIX)/bin/runexp"
	$(RUNEXP) --generate-completion-script bash \
	  > "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/runexp"
	$(RUNEXP) --generate-completion-script zsh \
	  > "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_runexp"
	$(RUNEXP) --generate-completion-script fish \
	  > "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/runexp.fish"

lint: system-packages
	swift format lint --strict --recursive $(SWIFT_FILES)
	.ci/check-imports
	.ci/check-paths
	.ci/check-dependencies

format:
	swift format --in-place --recursive $(SWIFT_FILES)

bench: build
	$(RUNEXP) bench --seconds 1

# Runs that demo/runexp.db holds already are reused. Public data is found through RUNEXP_DATA; what it lacks is left.
REPORTED := quickstart your-own-images/shapes memory adding architectures activations losses optimizers \
  language attention reversal two-heads shared-depth outliers regression
reports: build
	@mkdir -p demo
	@for name in $(REPORTED); do \
	  if $(RUNEXP) plan experiments/$$name.yaml --db demo/runexp.db >/dev/null; then \
	    echo "$(RUNEXP) sweep experiments/$$name.yaml --db demo/runexp.db --reports reports"; \
	    $(RUNEXP) sweep experiments/$$name.yaml --db demo/runexp.db --reports reports || exit 1; \
	  else \
	    echo "So the report of $$name is left as it is."; \
	  fi; \
	done

clean:
	rm -rf .build demo
