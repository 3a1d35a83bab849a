# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# lib.sh: what tools/quickstart and tools/check share. Source it from the top of the source tree.

die()
{
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# packages_of GROUP...: the packages of these groups of tools/packages.txt, one per line.
packages_of()
{
    local group package rest
    while read -r group package rest; do
        case " $* " in *" $group "*) printf '%s\n' "$package" ;; esac
    done < tools/packages.txt
}

# missing_packages GROUP...: those that are not installed, one per line.
missing_packages()
{
    local package
    while read -r package; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            printf '%s\n' "$package"
    done < <(packages_of "$@")
}

# need_packages GROUP...: installs what is missing. With nothing missing it touches neither apt nor
# the network. CNEDGE_NO_INSTALL=1 skips it, for systems that bring the tools in another way.
need_packages()
{
    local missing as_root=()
    [ "${CNEDGE_NO_INSTALL:-}" = 1 ] && return 0
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        die "packages are installed with apt, which is not here; install what corresponds to" \
            "tools/packages.txt and run again with CNEDGE_NO_INSTALL=1"
    fi
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -eq 0 ] && return 0
    echo "installing: ${missing[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die "neither root nor sudo; as root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    as_root+=(env DEBIAN_FRONTEND=noninteractive)
    local apt=("${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=300)
    "${apt[@]}" update || { sleep 5 && "${apt[@]}" update; } ||
        die "apt-get update failed; missing: ${missing[*]}"
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null ||
        die "apt-get install failed; missing: ${missing[*]}"
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -eq 0 ] || die "still missing: ${missing[*]}"
}
