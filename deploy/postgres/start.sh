#!/bin/sh
# PostgreSQL takes its private key from nobody but its own account; a mounted secret belongs to the host's.
set -eu
install -o postgres -g postgres -m 0600 /run/secrets/postgres_key /var/lib/postgresql/server.key
exec docker-entrypoint.sh postgres \
  -c ssl=on \
  -c ssl_cert_file=/run/secrets/postgres_certificate \
  -c ssl_key_file=/var/lib/postgresql/server.key \
  -c log_min_error_statement=panic \
  -c log_error_verbosity=terse
