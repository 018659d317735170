# Has cargo-nextest build, list and run tests. What is asked for is BINARY-ID$TEST, or BINARY-ID for all of a binary.
# Of the arguments of `cargo nextest run` those that say what is built count for all of these, the others for `run` alone.
#   nextest.sh build ARGUMENT...
#   nextest.sh list ARGUMENT...
#   nextest.sh run ASKED... -- ARGUMENT...
#   nextest.sh debug ASKED ARGUMENT...
set -eu

# The filterset expression of what is asked for and nothing else: each binary once, its tests in parentheses.
write_filter() {
    awk '
        function quote(text) { gsub(/[\\),\/]/, "\\\\&", text); return text }
        BEGIN {
            for (i = 1; i < ARGC && ARGV[i] != "--"; i++) {
                at = index(ARGV[i], "$"); test = ""; binary = ARGV[i]
                if (at > 0) { binary = substr(ARGV[i], 1, at - 1); test = "test(=" quote(substr(ARGV[i], at + 1)) ")" }
                if (!(binary in tests)) { binaries[++count] = binary; tests[binary] = test }
                else tests[binary] = tests[binary] " | " test
            }
            for (i = 1; i <= count; i++) {
                binary = binaries[i]; wanted = "binary_id(=" quote(binary) ")"
                if (tests[binary] != "") wanted = "(" wanted " & (" tests[binary] "))"
                printf "%s%s", (i > 1 ? " | " : ""), wanted
            }
        }' "$@"
}

# What nextest tells people is of use where it did not come to run tests: 100 is its status when some have failed. The
# rest is told on standard output, one test after the other.
#   run_tests ARGUMENT...
run_tests() {
    export NEXTEST_STATUS_LEVEL=none NEXTEST_FINAL_STATUS_LEVEL=none NEXTEST_HIDE_PROGRESS_BAR=1 NEXTEST_NO_TESTS=pass
    status=0
    {
        said=$(cargo nextest run --cargo-quiet --no-fail-fast --test-threads 1 --message-format libtest-json-plus \
            "$@" 2>&1 >&3 3>&-) || status=$?
    } 3>&1
    case $status in
    0 | 100) ;;
    *) echo "$said" >&2 ;;
    esac
    exit $status
}

command=$1
shift
if [ "$command" = debug ]; then
    asked=$1
    shift
fi

left=$#
test "$command" != run || left=0
while [ "$left" -gt 0 ]; do
    option=${1%%=*} take=0
    case $option in
    --)
        shift "$left"
        break
        ;;
    --all-features | --no-default-features | --release | -r | --workspace | --all | --lib | --bins | --examples | \
        --tests | --benches | --all-targets | --frozen | --locked | --offline | --ignore-rust-version | -[FpPZ]?*)
        take=1
        ;;
    -[FpPZ] | --features | --package | --exclude | --bin | --example | --test | --bench | --profile | \
        --cargo-profile | --target | --target-dir | --manifest-path | --config | --config-file)
        take=2
        test "$option" = "$1" || take=1
        ;;
    esac
    test "$take" -gt 0 || {
        shift
        left=$((left - 1))
    }
    while [ "$take" -gt 0 ] && [ "$left" -gt 0 ]; do
        set -- "$@" "$1"
        shift
        left=$((left - 1)) take=$((take - 1))
    done
done

case $command in
build)
    cargo nextest --version >/dev/null 2>&1 || {
        echo "cargo-nextest is not installed (https://nexte.st): install it, or use cargo test (recipe = cargo)" >&2
        exit 127
    }
    exec cargo nextest run --no-run --cargo-quiet "$@"
    ;;
list)
    exec cargo nextest list --cargo-quiet --message-format json "$@"
    ;;
run)
    filter=$(write_filter "$@")
    # Of a binary's tests those that are ignored are told of, too, and no such test is asked for by its name.
    case $1 in
    *'$'*) ignored=all ;;
    *) ignored=default ;;
    esac
    while [ "$1" != -- ]; do shift; done
    shift
    run_tests --run-ignored "$ignored" -E "$filter" "$@"
    ;;
debug)
    exec cargo nextest run --debugger "rust-gdb -q --args" -E "$(write_filter "$asked")" "$@"
    ;;
esac
