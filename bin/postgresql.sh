# A PostgreSQL for the tests: the one of this machine if it lets us in, else one of our own on a free port. Sourced.

POSTGRESQL_OURS=""

# start_postgresql : sets POSTGRESQL_URL; fails where there is no PostgreSQL at all, since nothing may be skipped quietly.
start_postgresql() {
    POSTGRESQL_URL=${TEST_DATABASE_URL:-postgres://postgres@127.0.0.1:5432/countnight}
    if .venv/bin/python -c 'import psycopg, sys; psycopg.connect(sys.argv[1].rsplit("/", 1)[0] + "/postgres", connect_timeout=3)' \
        "$POSTGRESQL_URL" 2>/dev/null; then
        return 0
    fi
    binaries=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
    [ -n "$binaries" ] || { echo "No PostgreSQL: install the package postgresql." >&2; exit 1; }
    POSTGRESQL_OURS=$(mktemp -d)
    port=$(.venv/bin/python -c 'from tests.ports import free_port; print(free_port())')
    as=""
    if [ "$(id -u)" = 0 ]; then
        # PostgreSQL refuses to run as root.
        chown postgres "$POSTGRESQL_OURS"
        as="runuser -u postgres --"
    fi
    $as "$binaries/initdb" --pgdata "$POSTGRESQL_OURS/data" --username postgres --auth trust >/dev/null
    $as "$binaries/pg_ctl" --pgdata "$POSTGRESQL_OURS/data" --wait --silent --log "$POSTGRESQL_OURS/log" \
        --options "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$POSTGRESQL_OURS -c fsync=off" start
    POSTGRESQL_URL="postgres://postgres@127.0.0.1:$port/countnight"
}

end_postgresql() {
    [ -n "$POSTGRESQL_OURS" ] || return 0
    as=""
    [ "$(id -u)" = 0 ] && as="runuser -u postgres --"
    $as "$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)/pg_ctl" --pgdata "$POSTGRESQL_OURS/data" --mode immediate --silent stop || true
    rm -rf "$POSTGRESQL_OURS"
}
