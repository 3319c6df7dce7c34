# Everything a fresh machine needs: Python 3.11 or newer; for testing also npm. The tests run on Node 22
# or newer: where the machine's own is older, `make setup-test` puts one into .cache/node.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FRONTENDS := components/webllm_chat/frontend components/clerk_auth/frontend
export PATH := $(CURDIR)/.cache/node/node_modules/.bin:$(PATH)

.PHONY: run test setup setup-test lint types unit frontend browser build mutants bench node

run: setup
	$(BIN)/python -m tools.embedded_model || true
	$(BIN)/streamlit run streamlit_app.py

test: setup-test lint types unit frontend browser

setup: $(VENV)/run.stamp

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --requirement requirements.txt --constraint constraints.txt
	touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --requirement requirements-dev.txt --constraint constraints.txt
	touch $@

setup-test: $(VENV)/dev.stamp $(FRONTENDS:%=%/node_modules/.package-lock.json)
	tools/install_system_packages.sh chromium emscripten
	$(BIN)/python -m tools.embedded_model
	$(BIN)/python -m tools.model_kit build SmolLM2-135M-Instruct-q4f32_1 tiny-S-q0f32 tiny-M-q0f32

node:
	tools/node/install.sh

%/node_modules/.package-lock.json: %/package-lock.json | node
	cd $* && npm ci --no-audit --no-fund

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

unit:
	$(BIN)/pytest tests/unit tests/app

# The bundles are committed, so that nobody needs Node to run the app: they must be current.
frontend: | node
	$(BIN)/python -m tools.protocol_types --check
	for frontend in $(FRONTENDS); do (cd $$frontend && npm run check && npm run test --if-present) || exit 1; done
	$(MAKE) build
	git diff --exit-code -- $(FRONTENDS:%=%/dist)

build: | node
	for frontend in $(FRONTENDS); do (cd $$frontend && npm run build) || exit 1; done

browser:
	$(BIN)/pytest tests/browser --reruns 1

# Takes each fallback of docs/failures.md out in turn, and expects the test that pins it to fail.
mutants: setup-test
	$(BIN)/python -m tools.mutants

bench: setup-test
	$(BIN)/pip install --quiet --target .cache/clerk-sdk clerk-backend-api==7.0.0
	PYTHONPATH=.cache/clerk-sdk $(BIN)/python -m bench.auth
	$(BIN)/python -m bench.conversations
	$(BIN)/python -m bench.chat
	$(BIN)/python -m bench.ladder
	$(BIN)/python -m bench.hosts
	$(BIN)/python -m bench.soak
	$(BIN)/pip install --quiet vl-convert-python==1.9.0.post1
	$(BIN)/python -m bench.plots
