"""The Python worker of aloof: runs tests on request, each box of them in a process of its own.

Its modules arrive over standard input (boot.py beside this directory), so that a bare interpreter is enough
where tests run: they import nothing but each other, the standard library, and the framework that runs the tests.
../README.md describes the protocol. What a module may import stands above it:

    descriptors   out of everybody's way, waiting without polling
    wire          packets, both ways
    processes     who is whose child, killing whole families
    freshness     why no stale .pyc is ever trusted
    lessons       what a run imported that the next one need not import again
    tracebacks    Python's text of an exception, without what nobody wants to read
    capture       output of a box, within the framework's capture and outside of it
    handles       what a process holds of one that it forked
    box           runs its tests: one outcome for each
    slot          forks one box after another, names and kills what they leave behind
    dealer        hands boxes to slots
    run           collects once, lists what there is; slots do the rest
    template      has imported what does not change; forks runs, answers always
    main          where it starts

What stands above knows no framework by name. Each has a module NAME_framework, which says what there is to be imported in
advance, and what a run is; its run and its box do what the framework does:

    pytest_       warmth (plugins, and what is installed), outcomes, collection, capture, box, run
    unittest_     loader (which tests there are, and from which file each is), box, run
    django_       unittest's box and run, with settings and databases

Everything that another process may hold is a bare descriptor above descriptors.HIGH, so that tests which
close or count descriptors meet none of ours.
"""
