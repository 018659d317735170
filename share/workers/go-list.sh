# Prints the tests of a Go module, a package, a tab and the test a line, in the order of the source. Nothing is built
# for it: the main program that go writes for the tests of a package names them (go list -test; go help list).
set -eu

template='{{if eq .Name "main"}}{{.ImportPath}} {{range .GoFiles}}{{.}}{{end}}{{end}}'
programs=$(go list -test -f "$template" ./...)
printf '%s\n' "$programs" | while read -r program file; do
    package=${program%.test}
    test "$package" != "$program" || continue
    test -f "$file" || continue
    awk -v package="$package" -F '"' '
        /^var / { wanted = !/Benchmark/ }
        wanted && /^\t\{"/ { print package "\t" package "/" $2 }' "$file"
done
