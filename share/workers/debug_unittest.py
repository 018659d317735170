"""One test of unittest as it is, in this process, under the debugger when it fails. Arguments: the file that the test
is from, its id."""

import os
import pdb
import sys
import unittest


class Result(unittest.TextTestResult):
    """Stops where it failed, while it is there to look at."""

    def addError(self, test, error):
        super().addError(test, error)
        self.look(error)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.look(error)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.look(error)

    @staticmethod
    def look(error):
        place = error[2]
        while place.tb_next is not None and "__unittest" not in place.tb_next.tb_frame.f_globals:
            place = place.tb_next
        print("%s: %s" % (error[0].__name__, error[1]))
        pdb.post_mortem(place if "__unittest" not in place.tb_frame.f_globals else error[2])


def top_of(file, name):
    """The directory from which the file is imported by the name that the id begins with."""
    parts = os.path.splitext(file)[0].split("/")
    for start in range(len(parts)):
        if name.startswith(".".join(parts[start:]) + "."):
            return os.path.abspath("/".join(parts[:start]) or ".")
    return os.getcwd()


file, name = sys.argv[1:]
del sys.path[0]  # this directory, which no test is to import from
sys.path[:0] = dict.fromkeys((top_of(file, name), os.getcwd()))
runner = unittest.TextTestRunner(resultclass=Result)
unittest.main(module=None, argv=["python -m unittest", name], testRunner=runner)
