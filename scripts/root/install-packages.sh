#!/bin/sh
# Installs Debian packages without starting, stopping or restarting any service. Run as root:
#
#     sudo sh scripts/root/install-packages.sh nginx nginx-dev ...
#
# While apt runs, /usr/sbin/policy-rc.d forbids every service action; what was there before comes back afterwards, also
# when apt fails or the script is interrupted.

set -eu

policy=/usr/sbin/policy-rc.d
saved=/usr/sbin/policy-rc.d.before-tsgi
mark='# put here by TSGI set-up while apt runs'

restore() {
    if [ -e "$saved" ]; then
        mv -f "$saved" "$policy"
    elif grep -qsF "$mark" "$policy"; then
        rm -f "$policy"
    fi
}

if [ "$#" -eq 0 ]; then
    echo "usage: install-packages.sh PACKAGE..." >&2
    exit 2
fi

restore    # an earlier run may have been killed
trap restore EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ -e "$policy" ]; then
    mv "$policy" "$saved"
fi
printf '#!/bin/sh\n%s\nexit 101\n' "$mark" > "$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
lock='DPkg::Lock::Timeout=300'

apt-get -q -o "$lock" update
apt-get -q -y -o "$lock" install --no-install-recommends "$@"
