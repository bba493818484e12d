#!/bin/sh
# Debian's libnode reads some of its built-in modules from absolute paths below /usr/share/nodejs and aborts if one is
# missing. Copies them there out of an unpacked root, only where absent. Run as root:
#
#     sudo sh scripts/root/install-node-builtins.sh build/libnode-root /usr/share/nodejs/acorn/dist/acorn.js ...

set -eu

if [ "$#" -lt 2 ]; then
    echo "usage: install-node-builtins.sh ROOT PATH..." >&2
    exit 2
fi

root=$1
shift

for path in "$@"; do
    case $path in
    */../*) echo "refused: $path" >&2; exit 2 ;;
    /usr/share/nodejs/*) ;;
    *) echo "refused: $path is not below /usr/share/nodejs" >&2; exit 2 ;;
    esac
    if [ ! -e "$path" ]; then
        install -D -m 644 "$root$path" "$path"
        echo "installed $path"
    fi
done
