"""The framework of a worker without any: see fake_worker.py."""


class Framework:
    pass
