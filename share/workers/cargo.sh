# Has cargo test list and run tests. Its PROGRAM is PACKAGE for a library, PACKAGE::NAME for tests/NAME.rs,
# PACKAGE::bin/NAME (example/, bench/) for others, and PACKAGE/doc for the examples in comments.
#   cargo.sh list ARGUMENT...
#   cargo.sh run PROGRAM ARGUMENT...
#   cargo.sh run-all PROGRAM... -- ARGUMENT...
#   cargo.sh debug PROGRAM TEST ARGUMENT...
set -eu

# The options that have only this program run: those of its package in $package, of it in $target.
select_program() {
    package=${1%%::*} target=${1#*::}
    case $1 in
    */doc) package=${1%/doc} target=--doc ;;
    *::bin/* | *::example/* | *::bench/*) target="--${target%%/*} ${target#*/}" ;;
    *::*) target="--test $target" ;;
    *) target=--lib ;;
    esac
}

# The options for as few cargos as can be, a line each: those programs of packages that have the same ones are run by
# one. Cargo wants the examples in comments for themselves.
group_programs() {
    for program; do
        test "$program" != -- || break
        select_program "$program"
        echo "$package $target"
    done | awk '
        {
            package = $1; sub(/^[^ ]+ /, ""); key = package " " ($0 == "--doc")
            if (!(key in targets)) { keys[++count] = key; package_of[key] = package }
            targets[key] = targets[key] " " $0
        }
        END {
            for (i = 1; i <= count; i++) {
                wanted = targets[keys[i]]
                if (!(wanted in packages)) lines[++line_count] = wanted
                packages[wanted] = packages[wanted] " -p " package_of[keys[i]]
            }
            for (i = 1; i <= line_count; i++) print packages[lines[i]] lines[i]
        }'
}

# As JSON comes what was built, by which the reader knows whose tests are whose.
test_with() {
    cargo test --no-fail-fast --message-format=json-render-diagnostics "$@" 2>&1
}

case $1 in
list)
    shift
    listed=$(test_with "$@" -- --list --format terse) || {
        echo "$listed" | grep -v '^{"reason":' >&2
        exit 1
    }
    echo "$listed"
    ;;
run)
    select_program "$2"
    shift 2
    test_with -p "$package" $target "$@"
    ;;
run-all)
    shift
    groups=$(group_programs "$@")
    while [ "$1" != -- ]; do shift; done
    shift
    status=0
    while read -r options; do
        test_with $options "$@" -- --test-threads=1 </dev/null || status=$?
    done <<-end
	$groups
	end
    exit $status
    ;;
debug)
    select_program "$2"
    test=$3
    shift 3
    exec cargo test -p "$package" $target "$@" --config 'target."cfg(all())".runner=["rust-gdb","-q","--args"]' -- \
        --exact --nocapture --test-threads=1 "$test"
    ;;
esac
