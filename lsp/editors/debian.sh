#!/bin/sh
# debian.sh ROOT FOLDER... -- COMMAND...: runs a command of the Debian in ROOT, in this directory.
#
# In: FOLDERs of this machine, which the command sees where they lie. Called in mounts of its own
# (`unshare --mount`), so that nothing stays mounted.
set -eu

root=$1 here=$PWD
shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
    shift
done
shift
export HOME=/root LANG=C.UTF-8 TERM=xterm-256color
exec chroot "$root" sh -c 'cd "$0" && exec "$@"' "$here" "$@"
