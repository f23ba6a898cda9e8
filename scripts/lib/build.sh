# shellcheck shell=bash
# Sourced by the scripts: installs what is missing, configures and builds; silent where all is there.

root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")

# The simulator's own exit statuses.
user_fault=2
internal_fault=3
ninja_options=()

say() { printf 'accelsim: %s\n' "$*" >&2; }

# die STATUS MESSAGE
die() {
    say "$2"
    exit "$1"
}

# quietly COMMAND...: shows the command's output only where it fails. Closes the lock, which no child may keep.
quietly() {
    "$@" >"$log" 2>&1 </dev/null 9>&- && return
    cat "$log" >&2
    return 1
}

# missing_packages GROUP...: prints the groups' Debian packages that are not installed.
missing_packages() {
    local group package wanted=() installed
    while read -r group package; do
        [[ " $* " == *" $group "* ]] && wanted+=("$package")
    done <"$root/scripts/packages.txt"
    installed=$(dpkg-query --show --showformat '<${Package} ${db:Status-Status}>' "${wanted[@]}" 2>/dev/null) || true
    for package in "${wanted[@]}"; do
        [[ $installed == *"<$package installed>"* ]] || printf '%s ' "$package"
    done
}

# apt_install RUNNER... -- PACKAGE...: RUNNER is sudo, or nothing.
apt_install() {
    local runner=()
    while [[ $1 != -- ]]; do
        runner+=("$1")
        shift
    done
    shift
    # The lock is for other clones that install at the same time: apt waits for dpkg's lock, but not for its own.
    local apt=("${runner[@]}" flock /var/lib/apt env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
    "${apt[@]}" update || echo "going on with the package lists that are there"
    "${apt[@]}" install --yes --no-install-recommends "$@"
}

# install_packages GROUP...: installs what is missing with apt, as root or through sudo.
install_packages() {
    local missing by_hand runner=()
    if ! command -v dpkg-query >/dev/null; then
        say "this is no Debian: the packages of scripts/packages.txt are taken to be there"
        return
    fi
    read -ra missing <<<"$(missing_packages "$@")"
    ((${#missing[@]} == 0)) && return
    by_hand="apt-get update && apt-get install --yes --no-install-recommends ${missing[*]}"
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "$user_fault" "Debian packages are missing; run as root: $by_hand"
        runner=(sudo)
    fi
    say "installing Debian packages: ${missing[*]}"
    quietly apt_install "${runner[@]}" -- "${missing[@]}" ||
        die "$user_fault" "the installation failed; run as root: $by_hand"
}

# configure PRESET FOLDER: runs cmake where the folder is new, was copied, or the presets have changed.
configure() {
    local stamp_file=$2/.configured stamp launcher=()
    stamp="$root $(cksum <"$root/CMakePresets.json")"
    [[ -e $stamp_file && $(<"$stamp_file") == "$stamp" ]] && return
    command -v ccache >/dev/null && launcher=(-D CMAKE_CXX_COMPILER_LAUNCHER=ccache)
    quietly cmake --fresh -S "$root" --preset "$1" "${launcher[@]}" || die "$internal_fault" "configuring failed"
    printf '%s\n' "$stamp" >"$stamp_file"
}

# build PRESET TARGET GROUP...: brings build/PRESET up to date. Concurrent calls wait for one another.
build() {
    local preset=$1 target=$2 folder=$root/build/$1
    shift 2
    { mkdir -p "$folder" 2>/dev/null && [[ -w $folder ]]; } || die "$user_fault" "cannot write to $folder"
    (
        flock --nonblock 9 || {
            say "waiting for another call that builds in build/$preset"
            flock 9
        }
        log=$folder/build.log
        install_packages "$@"
        configure "$preset" "$folder"
        [[ $(ninja -C "$folder" -n "$target" 2>&1) == *"no work to do"* ]] && exit
        say "building $target in build/$preset"
        quietly ninja -C "$folder" "${ninja_options[@]}" "$target" || die "$internal_fault" "the build failed"
        say "ready after $SECONDS s"
    ) 9>"$folder/.lock"
}
