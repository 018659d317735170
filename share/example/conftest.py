"""pytest puts the folder of this file on sys.path: that is how the tests find the package."""
