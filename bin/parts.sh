# The parts of bin/test. Each passes or fails by itself, and all are tried, so that one run tells of every fault. Sourced.

LINT="format and lint"
TYPES="types"
DEPLOYMENT="migrations and deployment checks"
ON_SQLITE="tests on SQLite, with servers and browsers"
ON_POSTGRESQL="the ledger's tests on PostgreSQL"

python=.venv/bin/python

# part NAME FUNCTION : do it in a folder of its own, and note in $kept/passed that it passed.
part() {
    printf '\n== %s\n' "$1"
    COUNTNIGHT_DATA=$(mktemp -d "$kept/data.XXXXXX")
    export COUNTNIGHT_DATA
    if "$2"; then echo "$1" >>"$kept/passed"; else printf '\n== FAILED: %s\n' "$1"; fi
}

# verdict : the last lines. A part has passed that noted so: one that died without a word has not.
verdict() {
    failed=""
    for name in "$LINT" "$TYPES" "$DEPLOYMENT" "$ON_SQLITE" "$ON_POSTGRESQL"; do
        grep -qxF "$name" "$kept/passed" 2>/dev/null || failed="$failed
FAILED: $name"
    done
    if [ -n "$failed" ]; then
        printf '%s\n' "$failed"
        return 1
    fi
    printf '\nAll of it passed: lint, types, migrations, deployment checks, SQLite, PostgreSQL, browser. Nothing was left out.\n'
}

# In these functions && stands between commands: the shell does not end at a failure in what an `if` asks.

lint() {
    .venv/bin/ruff format --check . &&
        .venv/bin/ruff check . &&
        find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --check --target-version 5.2 &&
        sh -n bin/demo bin/test bin/bench bin/lib.sh bin/parts.sh bin/postgresql.sh
}

types() {
    .venv/bin/mypy
}

deployment() {
    $python manage.py makemigrations --check --dry-run &&
        $python manage.py migrate --verbosity 0 &&
        ALLOWED_HOSTS=count.example.org $python manage.py check --deploy --fail-level WARNING --database default
}

# pytest_in WORKERS WORD... : workers have a database each. Files stay whole, and go out in the order of tests/suites.py.
pytest_in() {
    workers=$1
    shift
    $python -m pytest --numprocesses "$workers" --dist loadfile --no-loadscope-reorder "$@"
}

on_sqlite() {
    pytest_in "${TEST_WORKERS:-3}" tests
}

# Its workers take ports where those of SQLite, who run at the same time, do not.
on_postgresql() {
    DATABASE_URL=$POSTGRESQL_URL TEST_PORTS_AFTER=${TEST_WORKERS:-3} pytest_in 2 \
        tests/test_ledger.py tests/test_hall*.py tests/test_agreement.py tests/test_amendments.py tests/test_audit_*.py \
        tests/test_database_*.py tests/test_people_journal.py tests/test_hub.py tests/test_concurrency.py tests/desk \
        tests/contest_folder tests/test_fuzz.py tests/test_races.py
}
