#!/bin/sh
# Keeps one node running: joins its cgroups and its network namespace, mounts its disk in a mount
# namespace of its own (so nothing is left behind when it is killed), and starts it again when it
# reboots. Arguments: CGROUP[:CGROUP...] NETNS MOUNTPOINT OVERLAY_OPTIONS MACHINE [NSPAWN_OPTION...]
set -eu

if [ "${GIAOBAN_NODE_INSIDE:-}" != yes ]; then
    # One of each hierarchy: what the node sees of a hierarchy begins where it was put.
    (IFS=: && for group in $1; do echo $$ > "$group/cgroup.procs"; done)
    export GIAOBAN_NODE_INSIDE=yes
    exec nsenter --net="$2" unshare --mount --propagation slave sh "$0" "$@"
fi

mountpoint=$3 options=$4 machine=$5
shift 5
# Hundreds of names of network namespaces would be copied into every node's mount namespace.
umount -l /run/netns || :
mount -t tmpfs -o mode=755 giaoban "$mountpoint"
# Here systemd-nspawn keeps locks and sockets, which it leaves behind when it is killed.
mkdir -p /run/systemd/nspawn
mount -t tmpfs -o mode=755 giaoban /run/systemd/nspawn
root=$mountpoint/$machine
mkdir "$root"
mount -t overlay -o "$options" "$machine" "$root"

export UNIFIED_CGROUP_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
unset GIAOBAN_NODE_INSIDE
while :; do
    status=0
    systemd-nspawn --quiet --register=no --keep-unit --directory="$root" --machine="$machine" \
        --hostname="$machine" --network-namespace-path=/proc/self/ns/net \
        --resolv-conf=off --timezone=off --link-journal=no \
        --console=pipe "$@" --boot || status=$?
    # 133 is systemd-nspawn's word for "the node asked to be rebooted".
    [ "$status" -eq 133 ] || exit "$status"
done
