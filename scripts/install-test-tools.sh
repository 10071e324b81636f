#!/usr/bin/env bash
# Installs the programs of Debian that the tests run for real: pre-commit, and Chromium, which shows the audit page.
set -euo pipefail
missing=()
command -v pre-commit > /dev/null || missing+=(pre-commit)
command -v chromium > /dev/null || missing+=(chromium fonts-dejavu-core)
if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
