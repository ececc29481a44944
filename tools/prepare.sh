# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sourced by demo/run and tests/run: from a fresh clone to a finished build.
#
# Both need the same three things: packages where they are missing, a configure, and a build in a
# folder of its own below _build, which git ignores. The source tree itself is never built in, so
# that a demo, a test run and the administrator's own build do not disturb each other.
#
# The caller sets `root` (the clone) and `log` (where the noise goes), and has set -euo pipefail.

say() { printf '%s\n' "$*"; }

fail()
{
    printf '%s: %s\n' "${0#"$PWD/"}" "$*" >&2
    exit 1
}

# prepare_folder FOLDER: the first step, since the log lies in it. One that another user has made
# (root, with sudo) is no place to build in.
prepare_folder()
{
    case $root in
    *[[:space:]\"\'\`\\\#\$\&]*)
        fail "configure works in no folder whose path has blanks or quotes: move $root"
        ;;
    esac
    if ! mkdir -p "$1" 2>/dev/null || [ ! -w "$1" ] || [ ! -w "$root/_build" ] \
        || ! : 2>/dev/null >"$log"; then
        fail "$1 cannot be written by $(id -un); where somebody else has built before," \
            "take it away: rm -rf $root/_build"
    fi
}

# Run a step with its noise in the log; when it fails, show the end of the log.
quietly()
{
    local what=$1

    shift
    if ! "$@" >>"$log" 2>&1 </dev/null; then
        tail -n 40 "$log" >&2
        fail "$what failed; all that was said is in $log"
    fi
}

# --- packages ------------------------------------------------------------------------------------

is_installed()
{
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The packages among "$@" that are missing. "a|b" is satisfied by either; a is what would be taken.
missing_packages()
{
    local choice package found

    for choice in "$@"; do
        found=
        for package in ${choice//|/ }; do
            if is_installed "$package"; then
                found=yes
            fi
        done
        [ -n "$found" ] || printf '%s\n' "${choice%%|*}"
    done
}

# install_packages PACKAGE...: as root, or with sudo. Nothing is done where nothing is missing.
# With ASK=no sudo may not ask for a password.
install_packages()
{
    local -a missing as_root=()

    if ! command -v dpkg-query >/dev/null; then
        say "This is no Debian: what is needed besides a compiler must be here already."
        return 0
    fi
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null \
            || fail "these packages are missing: ${missing[*]}; install them as root"
        as_root=(sudo)
        [ "${ASK:-yes}" = yes ] || as_root=(sudo -n)
    fi
    say "Installing ${missing[*]}"
    # Asked here, where a password can still be typed.
    [ ${#as_root[@]} -eq 0 ] || "${as_root[@]}" true || fail "sudo does not let $(id -un) in"
    quietly "apt-get update" "${as_root[@]}" apt-get update
    quietly "apt-get install" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        sh -c "$INSTALL_QUIETLY" sh "${missing[@]}"
}

# A package with a server in it (slapd, MariaDB) would start that at once, for the whole network to
# see. Debian asks policy-rc.d first; one that is there already is somebody's will, and stays.
# shellcheck disable=SC2016
INSTALL_QUIETLY='
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap "rm -f $policy" EXIT
    trap "exit 130" INT TERM HUP
    printf "#!/bin/sh\nexit 101\n" >"$policy" && chmod 755 "$policy"
fi
apt-get install -y --no-install-recommends "$@"
'

# apache2-bin is the server without its service: nothing of the system is started or changed.
BUILD_PACKAGES=(apache2-bin apache2-dev libapr1-dev libaprutil1-dev
    'libcurl4-openssl-dev|libcurl4-gnutls-dev|libcurl4-nss-dev' libjson-c-dev
    libldap-dev libssl-dev autoconf automake libtool 'pkg-config|pkgconf' make gcc libc6-dev)

# --- the build -----------------------------------------------------------------------------------

# configure and Makefile.in, where they are missing or older than what they are made of.
make_configure()
{
    if [ ! -x "$root/configure" ] || [ ! -f "$root/Makefile.in" ] \
        || [ "$root/configure.ac" -nt "$root/configure" ] \
        || [ "$root/Makefile.am" -nt "$root/Makefile.in" ]; then
        say "Making configure"
        quietly autoreconf autoreconf -fi "$root"
    fi
}

# configure_build FOLDER OPTION...: once, and again where configure or the options have changed.
configure_build()
{
    local folder=$1 wanted="${*:2}"

    if [ -f "$folder/config.status" ] && [ "$folder/config.status" -nt "$root/configure" ] \
        && [ "$(cat "$folder/.options" 2>/dev/null)" = "$wanted" ]; then
        return 0
    fi
    say "Configuring"
    quietly configure env -C "$folder" "$root/configure" "${@:2}"
    printf '%s\n' "$wanted" >"$folder/.options"
}

# prepare_build FOLDER TARGETS OPTION...: makes FOLDER a finished build. TARGETS are words for make.
# A lock keeps a second run from making configure at the same time.
prepare_build()
{
    local folder=$1 targets=$2 lock

    if [ -f "$root/config.status" ]; then
        fail "this clone was configured in place; run \"make distclean\" in it first"
    fi
    exec {lock}>"$root/_build/.lock"
    if ! flock -n "$lock"; then
        say "Waiting for another build in this clone"
        flock "$lock"
    fi
    make_configure
    configure_build "$folder" "${@:3}"
    say "Building (a minute or two the first time)"
    # shellcheck disable=SC2086
    quietly make make -C "$folder" -j"$(nproc)" $targets
    exec {lock}>&-
}
