# Conveniences; the answer on a bare machine is `python3 run.py demo` and `python3 run.py test`.
.PHONY: demo test check bench format gate fuzz

demo test check bench:
	python3 run.py $@

format:
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

# Ten minutes of mails damaged at random; what breaks the reading is written beside.
fuzz:
	.venv/bin/python -m tests.intake.fuzz 10

gate:
	.ci/run
