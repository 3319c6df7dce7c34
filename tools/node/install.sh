#!/bin/sh
# Sees to a Node that the tests run on: the machine's own where it will do, else one in .cache/node.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder="$here/../../.cache/node"
oldest=$(cat "$here/oldest")
PATH="$folder/node_modules/.bin:$PATH"

major() { node --print 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

[ "$(major)" -lt "$oldest" ] || exit 0
"$here/../install_system_packages.sh" npm
mkdir -p "$folder"
cp "$here/package.json" "$here/package-lock.json" "$folder"
# The packages hold Node itself, one for each kind of machine; npm takes the one that fits.
(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --silent)
if [ "$(major)" -lt "$oldest" ]; then
  echo "The tests need Node $oldest or newer, and npm has none for this machine: install it yourself." >&2
  exit 1
fi
