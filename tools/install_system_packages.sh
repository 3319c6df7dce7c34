#!/bin/sh
# Installs what the tests need beside Python and Node: a browser, and the compiler of the model kit.
set -eu
missing=""
command -v chromium >/dev/null || missing="$missing chromium"
command -v emcc >/dev/null || missing="$missing emscripten"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
  echo "The tests need:$missing. Install them with your system's package manager." >&2
  exit 1
fi
if [ "$(id -u)" -eq 0 ]; then sudo=""; else sudo="sudo"; fi
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing
