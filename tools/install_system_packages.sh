#!/bin/sh
# Installs those of the named system packages (chromium, emscripten, npm) whose program is missing.
set -eu
missing=""
for package in "$@"; do
  case "$package" in
    emscripten) program=emcc ;;
    *) program="$package" ;;
  esac
  command -v "$program" >/dev/null || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
  echo "The tests need:$missing. Install them with your system's package manager." >&2
  exit 1
fi
if [ "$(id -u)" -eq 0 ]; then sudo=""; else sudo="sudo"; fi
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing
