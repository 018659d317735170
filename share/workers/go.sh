# Has go list the tests, and its debugger run one. Of the arguments of `go test` those count that say what a test program
# is made of: the others are not go list's.
#   go.sh list ARGUMENT...
#   go.sh debug PACKAGE REGEX ARGUMENT...
set -eu

# Prints the tests of a Go module, a package, a tab and the test a line, in the order of the source. Nothing is built
# for it: the main program that go writes for the tests of a package names them (go list -test; go help list).
list_tests() {
    template='{{if eq .Name "main"}}{{.ImportPath}} {{range .GoFiles}}{{.}}{{end}}{{end}}'
    programs=$(go list -test -f "$template" "$@" ./...)
    printf '%s\n' "$programs" | while read -r program file; do
        package=${program%.test}
        test "$package" != "$program" || continue
        test -f "$file" || continue
        awk -v package="$package" -F '"' '
            /^var / { wanted = !/Benchmark/ }
            wanted && /^\t\{"/ { print package "\t" package "/" $2 }' "$file"
    done
}

command=$1
shift
if [ "$command" = debug ]; then
    package=$1 regex=$2
    shift 2
fi

left=$#
while [ "$left" -gt 0 ]; do
    case $1 in
    --*) option=${1#-} ;;
    *) option=$1 ;;
    esac
    case $option in
    -args)
        shift "$left"
        break
        ;;
    -race | -race=* | -msan | -msan=* | -asan | -asan=* | -tags=* | -mod=* | -modfile=* | -overlay=*) set -- "$@" "$1" ;;
    -tags | -mod | -modfile | -overlay)
        test "$left" -gt 1 || break # it lacks its value, as it does for go test
        set -- "$@" "$1=$2"
        shift
        left=$((left - 1))
        ;;
    esac
    shift
    left=$((left - 1))
done

case $command in
list) list_tests "$@" ;;
debug)
    export GOFLAGS="${GOFLAGS-} $*"
    exec dlv test "$package" -- -test.run "$regex"
    ;;
esac
