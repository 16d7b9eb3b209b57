# Conveniences; the answer on a bare machine is `python3 run.py demo` and `python3 run.py test`.
.PHONY: demo test check bench format gate

demo test check bench:
	python3 run.py $@

format:
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

gate:
	.ci/run
