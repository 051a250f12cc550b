# Two commands are all anybody needs: `make demo` and `make test`. Each makes its own virtual environment.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
DEMO_VENV := .venv-demo
TEST_VENV := .venv-test
OUT ?= demo

.PHONY: help demo test check bench fuzz recording docs clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

demo: $(DEMO_VENV)/ready ## The whole main job on a recorded run, in a fresh environment
	@$(DEMO_VENV)/bin/govern demo --out "$(OUT)"

test: $(TEST_VENV)/ready ## The whole test suite, a real training run and a real evaluation included
	@$(TEST_VENV)/bin/python -m pytest -n 2 --dist worksteal

check: $(TEST_VENV)/ready ## Style, types, floors, content, generated pages
	@$(TEST_VENV)/bin/ruff check .
	@$(TEST_VENV)/bin/ruff format --check .
	@$(TEST_VENV)/bin/mypy
	@$(TEST_VENV)/bin/lint-imports
	@$(TEST_VENV)/bin/govern content check --fresh --facts tests/content/facts
	@$(TEST_VENV)/bin/python docs/reference/generate.py --check

bench: $(TEST_VENV)/ready ## Speed as ratios against primitives, sizes of installs
	@$(TEST_VENV)/bin/python tests/bench/bench.py

fuzz: $(TEST_VENV)/ready ## Coverage-guided fuzzing of every reader, ten seconds each (installs atheris)
	@$(TEST_VENV)/bin/python -m pip install -q '.[fuzz]' && $(TEST_VENV)/bin/python tests/collectors/fuzz_guided.py 10 && $(TEST_VENV)/bin/python tests/verifier/fuzz_containers.py 10 && $(TEST_VENV)/bin/python tests/proofs/fuzz_formats.py 10

docs: $(TEST_VENV)/ready ## Write the generated reference pages again
	@$(TEST_VENV)/bin/python docs/reference/generate.py

recording: ## Make the recorded run again (downloads torch; ten minutes)
	@bash docs/examples/finetune-smollm2/make_recording.sh /tmp/finetune-smollm2 evidence/recorded/smollm2-elm-desk

$(DEMO_VENV)/ready: pyproject.toml constraints.txt .ci/environment
	@bash .ci/environment "$(PYTHON)" $(DEMO_VENV) '.[documents,statistics]'

$(TEST_VENV)/ready: pyproject.toml constraints.txt .ci/environment
	@bash .ci/environment "$(PYTHON)" $(TEST_VENV) '.[documents,statistics,test]'

clean: ## Remove environments and made files
	@rm -rf $(DEMO_VENV) $(TEST_VENV) demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
