#!/bin/sh
# Once, after roles.sql: each role with a NAME_PASSWORD in the environment gets it (CARE_APP_PASSWORD).
set -eu
env | sed -n 's/^\([A-Z]*_[A-Z]*\)_PASSWORD=.*/\1/p' | while read -r name; do
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<SQL
\getenv secret ${name}_PASSWORD
ALTER ROLE $(echo "$name" | tr '[:upper:]' '[:lower:]') PASSWORD :'secret';
SQL
done
