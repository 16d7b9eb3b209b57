# Conveniences; the answer on a bare machine is `python3 run.py demo` and `python3 run.py test`.
.PHONY: demo test check bench format

demo:
	python3 run.py demo

test:
	python3 run.py test

check:
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

bench:
	python3 run.py bench

format:
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
