#!/bin/sh
# The main job, from nothing: a daemon, a repository, a push that is promoted and a push that is refused.
# Usage: examples/demo.sh PENSTOCK
set -eu

penstock=$1
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/penstock-demo.XXXXXX")
chmod 755 "$scratch"
daemon=

clean_up() {
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
  fi
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '\033[2m$ %s\033[0m\n' "$*"; }

# Nothing of the user's own git configuration changes what the demo does.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.com
PATH=$(dirname "$penstock"):$PATH
export PATH

say "A bare repository, and a daemon that watches it, with an embedded PostgreSQL as the target"
git init --quiet --bare --initial-branch=main "$scratch/shop.git"
cat > "$scratch/penstock.yaml" <<CONFIG
state: $scratch/state
socket: $scratch/penstock.sock
repositories:
  shop:
    path: $scratch/shop.git
    branches: { staging: staging }
environments:
  staging: { database: embedded, profile: supabase }
shadow: { directory: $scratch/shadow }
CONFIG
export PENSTOCK_SOCKET="$scratch/penstock.sock"
show "penstock check-config penstock.yaml"
penstock check-config "$scratch/penstock.yaml"
penstock hooks install --server -C "$scratch/shop.git"
show "penstock daemon --config penstock.yaml &"
penstock daemon --config "$scratch/penstock.yaml" > "$scratch/daemon.log" 2>&1 &
daemon=$!
tries=0
until penstock runs > /dev/null 2>&1; do
  tries=$((tries + 1))
  if [ $tries -gt 120 ] || ! kill -0 "$daemon" 2>/dev/null; then
    echo "The daemon did not start:" >&2
    cat "$scratch/daemon.log" >&2
    exit 1
  fi
  sleep 0.5
done

say "A clone with one migration: customer invoices"
git clone --quiet "$scratch/shop.git" "$scratch/shop" 2>/dev/null
cd "$scratch/shop"
git checkout --quiet -b feature/invoices
cp -r "$here/customer-invoices/supabase" .
show "penstock init"
penstock init
show "penstock validate"
penstock validate
git add .
git commit --quiet -m "Customer invoices"

say "The whole interface"
show "git push origin feature/invoices:staging"
git push origin feature/invoices:staging

say "The verdict, in the commit's note"
show "git log -1 --notes=penstock"
git fetch --quiet origin 'refs/notes/*:refs/notes/*'
git log -1 --notes=penstock

say "What the run changed"
show "penstock show HEAD --diff"
penstock show "$(git rev-parse HEAD)" --diff

say "The rows in the target's history table"
show "penstock status --environment staging"
penstock status --environment staging

say "Now a broken migration"
cat > supabase/migrations/20251109090000_add_discounts.sql <<'SQL'
-- A discount for each invoice.
alter table public.customer_invoices add column if not exists discount_percent numeric(5, 2) not null default 0;
create index concurrently_is_missing on public.customer_invoice (discount_percent);
SQL
git add .
git commit --quiet -m "Discounts"
show "git push origin feature/invoices:staging"
git push origin feature/invoices:staging

say "The target did not change"
show "penstock status --environment staging"
penstock status --environment staging
git fetch --quiet origin 'refs/notes/*:refs/notes/*'
git log -1 --notes=penstock --format=%N

say "Stopped, and nothing left behind"
