"""Results from elsewhere: the paths of other machines, and streams that are loaded as the newest run."""

import re


def test_paths_of_another_machine_are_files_of_this_tree(project):
    project.write(".aloof.conf", """
        [recipe "points"]
        	list = echo run
        	run = sh {file}
        	format = tap
        """)
    project.write("src/sums.c", "int add(int a, int b)\n{ return a - b; }\n")
    project.write("run", """
        echo 1..1; echo not ok 1 - adds
        echo "# /ci/build/17/src/sums.c:2: wrong"; echo "# /ci/build/17/src/gone.c:1: too"
        """)
    done = project.once()
    assert re.search(r"\+2 src/sums.c\b.*\n +\{ return a - b; \}", done.stdout), done.stdout
    loop = project.aloof().wait_for(re.compile("RED 2 of 2")).wait_for("+2 src/sums.c")
    (project.root / "all").mkdir()
    (project.root / "src").rename(project.root / "all/src")
    loop.wait_for("+2 all/src/sums.c")


def test_go_tells_the_name_of_a_file_and_the_package_where_it_is(project):
    project.write(".aloof.conf", """
        [recipe "like-go"]
        	list = printf 'example.com/shop/%s\\\\texample.com/shop/%s/TestAdd\\\\n' cart cart till till
        	unit = test
        	run = sh run {file}
        	format = go
        """)
    project.write("run", """
        say() { echo "{\\"Action\\":\\"$2\\",\\"Package\\":\\"$1\\",\\"Test\\":\\"TestAdd\\"$3}"; }
        for package; do
            say $package run; say $package output ',"Output":"    add_test.go:2: Add is wrong\\\\n"'; say $package fail
        done
        exit 1
        """)
    for package in "cart", "till":
        project.write(f"{package}/add_test.go", f"package {package}\n// in {package}\n")
    done = project.once()
    for package in "cart", "till":
        assert re.search(rf"\+2 {package}/add_test.go.*\n +// in {package}\n", done.stdout), done.stdout
