#!/usr/bin/env bash
# Installs the migration tools that test/frameworks-tools.test.ts runs against a real PostgreSQL: from npm into .tools, from
# Debian with apt-get where that is allowed. A tool that cannot be installed is left out, and its tests say that they were skipped.
set -u
cd "$(dirname "$0")/.."
mkdir -p .tools
npm install --prefix .tools --no-audit --no-fund --no-save --save-exact \
  dbmate@2.36.0 graphile-migrate@1.4.1 drizzle-orm@0.45.4 pg@8.23.1 liquibase@4.28.1 supabase@3.1.0 || echo "npm tools: not installed"

# without its scripts: they fetch engines from a host of Prisma's own, and the package brings one in WebAssembly
npm install --prefix .tools/prisma --ignore-scripts --no-audit --no-fund --no-save --save-exact \
  prisma@6.19.0 @prisma/adapter-pg@6.19.0 || echo "prisma: not installed"

scripts/install-rust-tools.sh

missing=()
for package in sqitch libdbd-pg-perl sql-migrate postgresql-client default-jre-headless; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq >/dev/null
  for package in "${missing[@]}"; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package" >/dev/null 2>&1 ||
      echo "$package: not installed"
  done
fi
exit 0
