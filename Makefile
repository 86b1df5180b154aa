# `make run` and `make test` are all that one needs; both work on a bare machine.
.PHONY: run test test-all lint lock messages
export PORT ?= 8000
# Many processes read the same code: compiled once, wherever this is started from.
unexport PYTHONDONTWRITEBYTECODE
# The machine's own certificates, where it has some: a company's network may need them.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= true
endif

run: ## The whole marketplace on this machine: site, API, registry, worker
	@deploy/bootstrap.sh
	@exec .venv/bin/python manage.py run

test: ## Everything that this machine can prove; TEST="--only sqlite -- -k words" for a part
	@deploy/bootstrap.sh dev
	@$(MAKE) --no-print-directory lint
	@.venv/bin/python -m tests.run $(TEST)

test-all: ## The same with everything on both databases and many more random examples
	@$(MAKE) --no-print-directory test TEST="--all $(TEST)"

lint: ## Style, types, and documents that are made from the code
	@deploy/bootstrap.sh dev
	.venv/bin/ruff check --quiet .
	.venv/bin/ruff format --quiet --check .
	.venv/bin/mypy

messages: ## Extract the texts to translate into locale/; MESSAGES="-l zh_Hans" for a language
	@deploy/bootstrap.sh
	@mkdir -p locale
	@.venv/bin/python manage.py makemessages --no-obsolete --add-location file \
		--ignore ".*" --ignore var --ignore tests --ignore node_modules --ignore docs $(or $(MESSAGES),-l en)

lock: ## Resolve requirements*.in anew, with hashes
	@deploy/bootstrap.sh
	.venv/bin/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate \
		--custom-compile-command "make lock" requirements.in -o requirements.txt
	.venv/bin/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate \
		--custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt
