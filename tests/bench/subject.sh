#!/bin/sh
# subject.sh DIR [PACKAGE]: unpacks a Debian source package (jinja2 unless told) into DIR/PACKAGE.
#
# It goes through an apt configuration of its own, in DIR/apt, so the system's sources and lists stay as they
# are. Exits 3 with one line where there is no apt or no source to be had.
set -eu

dir=$1
package=${2:-jinja2}

skip() {
    echo "subject.sh: $*" >&2
    exit 3
}

[ -d "$dir/$package" ] && exit 0
command -v apt-get >/dev/null || skip "no apt-get here: cannot fetch $package's source package"
command -v dpkg-source >/dev/null || skip "no dpkg-source here (package dpkg-dev): cannot unpack $package"

mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial" "$dir/apt/sources.d"
apt=$(cd "$dir/apt" && pwd)

# Debian's own entries, as sources: both of sources.list's forms.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$list" ] && sed -n 's/^deb \(.*debian.*\)/deb-src \1/p' "$list"
done >"$apt/sources.d/debian.list"
for list in /etc/apt/sources.list.d/*.sources; do
    [ -f "$list" ] && grep -qi '^URIs:.*debian\.org\|^URIs:.*/debian' "$list" || continue
    sed 's/^Types:.*/Types: deb-src/' "$list" >"$apt/sources.d/$(basename "$list")"
done
cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list /etc/apt/sources.list 2>/dev/null |
    grep -q debian || skip "apt has no Debian source here: cannot fetch $package"

run_apt() {
    apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$apt/sources.d" \
        -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root "$@"
}

run_apt update >"$apt/log" 2>&1 || skip "apt-get update failed: $(tail -n 1 "$apt/log")"
cd "$dir"
run_apt --download-only source "$package" >>"$apt/log" 2>&1 ||
    skip "apt-get source $package failed: $(tail -n 1 "$apt/log")"
dpkg-source --no-check -x "$package"_*.dsc "$package" >>"$apt/log" 2>&1 ||
    skip "dpkg-source failed: $(tail -n 1 "$apt/log")"
