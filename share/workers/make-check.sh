#!/bin/sh
# Lists and runs what `make check` runs, for aloof: automake's tests one by one, any other check as the one test
# "check". Results are TAP on standard output, what was printed is on standard error.
#   make-check.sh build | list | run TEST
set -u

# The words that a variable of a directory's Makefile holds, one a line.
ask() {
    printf 'include Makefile\naloof-ask:\n\t@printf "%%s\\n" $(%s)\n' "$2" |
        make -s --no-print-directory -C "$1" -f - aloof-ask
}

has_tests() {
    grep -qs '^TEST_LOGS =' "$1/Makefile"
}

list_directories() {
    find . -name .git -prune -o -name node_modules -prune -o -name Makefile -exec grep -l '^TEST_LOGS =' {} + |
        sed 's|/Makefile$||' | sort
}

build() {
    if [ ! -e Makefile ] && [ ! -e GNUmakefile ] && [ ! -e makefile ]; then
        echo "there is no Makefile yet; ./configure makes it" >&2
        exit 1
    fi
    test -z "$(list_directories)" || make check TESTS=
}

list() {
    directories=$(list_directories)
    test -n "$directories" || echo check
    echo "$directories" | while read -r directory; do
        test -z "$directory" || ask "$directory" TESTS | sed -e '/^$/d' -e "s|^|$directory/|" -e 's|^\./||'
    done
}

# What is printed of a program that a signal ended is all that is left of it: we end likewise.
finish() {
    ulimit -c 0
    test "$1" -le 128 || kill -$(($1 - 128)) $$
    exit "$1"
}

run_check() {
    make check >&2
    status=$?
    test $status -eq 0 && echo "ok 1 - check" || echo "not ok 1 - check"
    echo 1..1
    exit $status
}

# A .trs file has ":test-result: FAIL" for each part and ":global-test-result: FAIL" for all; what the parts are
# called stands in the log, "FAIL: points.tap 3 - adds".
tell_results() {
    awk -v id="$1" -v own=" ${1##*/} " '
        function tell(word, name) {
            gsub(/#/, "\\#", name)
            printf "%s %d - %s%s\n", word ~ /FAIL|ERROR|XPASS/ ? "not ok" : "ok", ++count, name, \
                word == "SKIP" ? " # SKIP" : word == "XFAIL" ? " # todo" : ""
        }
        /^(PASS|FAIL|XFAIL|XPASS|SKIP|ERROR): / && (at = index($0, own)) {
            name[++names] = substr($0, at + length(own))
            sub(/ # .*/, "", name[names])
            sub(/^[0-9]+ *(- *)?/, "", name[names])
        }
        /^:test-result:/ { word[++parts] = $2 }
        /^:global-test-result:/ { global = $2 }
        END {
            for (i = 1; parts > 1 && i <= parts; i++)
                tell(word[i], id " > " (names == parts && name[i] != "" ? name[i] : "point " i))
            tell(global == "" ? "ERROR" : parts == 1 ? word[1] : global, id)
            print "1.." count
        }' "$2" "$3"
}

run() {
    test "$1" = check && test -z "$(list_directories)" && run_check
    directory=$(dirname "$1")
    while ! has_tests "$directory" && [ "$directory" != . ]; do directory=$(dirname "$directory"); done
    name=${1#"$directory"/}
    at=$(ask "$directory" TESTS | grep -nxF -e "$name" | head -n 1 | cut -d: -f1)
    log=$(ask "$directory" TEST_LOGS | sed -n "${at:-0}p")
    results=$directory/${log%.log}.trs
    rm -f "$directory/$log" "$results"
    made=$(make --no-print-directory -C "$directory" "$log" 2>&1)
    status=$?
    cat "$directory/$log" >&2 || echo "$made" >&2
    test -e "$results" || finish $status
    ended=$(sed -n '$s/.*(exit status: \([0-9]*\))$/\1/p' "$directory/$log")
    test "${ended:-0}" -le 128 || finish "$ended"
    tell_results "$1" "$directory/$log" "$results"
}

"$@"
