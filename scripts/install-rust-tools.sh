#!/usr/bin/env bash
# Builds the runners of test/rust, which test/frameworks-tools.test.ts runs against a real PostgreSQL: sqlx and Diesel, whose source
# Debian has. Where there is no cargo or no Debian they are left out, and their tests say that they were skipped.
set -eu
cd "$(dirname "$0")/.."
folder=.tools/rust
built() { [ -x "$folder/bin/sqlx" ] && [ -x "$folder/bin/diesel" ]; }
built && exit 0
skip() { echo "sqlx, diesel: not built ($1)"; exit 0; }
command -v cargo >/dev/null || skip "no cargo"
command -v apt-get >/dev/null || skip "no apt-get"

# the release that has them need not be this machine's: its packages are unpacked beside the system, not installed
rm -rf "$folder"
mkdir -p "$folder"/{lists/partial,cache/archives/partial,debs,crates,bin}
folder=$(realpath "$folder")
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main" >"$folder/sources.list"
: >"$folder/status"
apt=(-qq -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$folder/lists"
  -o Dir::State::status="$folder/status" -o Dir::Cache="$folder/cache" -o APT::Sandbox::User=root)
mapfile -t packages < <(grep -v '^#' test/rust/crates.txt | tr ' ' '\n' | sed 's/.*/librust-&-dev/')
apt-get "${apt[@]}" update >/dev/null 2>&1 || skip "no package lists"
(cd "$folder/debs" && apt-get "${apt[@]}" download "${packages[@]}" >/dev/null 2>&1) || skip "no packages"
for package in "$folder"/debs/*.deb; do dpkg -x "$package" "$folder/crates"; done

cp -r test/rust "$folder/source"
crates="$folder/crates/usr/share/cargo/registry"
cargo build --quiet --offline --manifest-path "$folder/source/Cargo.toml" --target-dir "$folder/target" \
  --config 'source.crates-io.replace-with="debian"' --config "source.debian.directory='$crates'" || skip "cargo failed"
cp "$folder"/target/debug/{sqlx,diesel} "$folder/bin/"
rm -rf "$folder"/{lists,cache,debs,crates,source,target,status,sources.list}
