"""The pytest worker of aloof: runs tests on request, each box of them in a process of its own.

Its modules arrive over standard input (boot.py beside this directory), so that a bare interpreter is enough
where tests run: they import nothing but each other, the standard library, and pytest. ../README.md describes
the protocol. What a module may import stands above it:

    descriptors   out of everybody's way, waiting without polling
    wire          packets, both ways
    processes     who is whose child, killing whole families
    freshness     why no stale .pyc is ever trusted
    lessons       what a run imported that the next one need not import again
    warmth        pytest and its plugins, imported in advance; what is installed
    outcomes      pytest's reports as statuses and texts
    capture       output of a box, within pytest's capture and outside of it
    handles       what a process holds of one that it forked
    base_box      what a box is, whatever runs its tests
    box           runs its tests by pytest and composes one outcome for each
    slot          forks one box after another, names and kills what they leave behind
    dealer        hands boxes to slots
    collection    what a run collects, and what it cannot
    base_run      what a run is, whatever collects its tests: it lists them; slots do the rest
    run           one pytest session, which collects once
    pytest_framework  what the rest asks of pytest
    tracebacks        Python's text of an exception, without what nobody wants to read
    unittest_loader   which tests unittest would find, and from which file each is
    unittest_box      runs its tests by unittest, in a suite of their own
    unittest_run      finds unittest's tests, once
    unittest_framework  what the rest asks of unittest
    django_box        unittest's, with databases of its own
    django_run        sets up what `manage.py test` does, once
    django_framework  what the rest asks of Django
    template      has imported what does not change; forks runs, answers always
    main          where it starts

Everything that another process may hold is a bare descriptor above descriptors.HIGH, so that tests which
close or count descriptors meet none of ours.
"""
