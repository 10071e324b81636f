#!/usr/bin/env bash
# Installs the programs of Debian that tests run for real (test/programs.ts): pre-commit, and Chromium, which shows the audit
# page. A program that cannot be installed is left out, and its tests say that they were skipped.
set -u
missing=()
command -v pre-commit >/dev/null || missing+=(pre-commit)
command -v chromium >/dev/null || missing+=(chromium fonts-dejavu-core)
[ ${#missing[@]} -eq 0 ] && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq >/dev/null
  for package in "${missing[@]}"; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 ||
      echo "$package: not installed"
  done
fi
exit 0
