"""Box of Django: unittest's, with the databases of its slot."""

from aloof_worker.unittest_box import UnittestBox


class DjangoBox(UnittestBox):
    def settle(self):
        super().settle()
        from django.db import connections

        own = {connection.settings_dict["NAME"] for connection in self.run.cloned()}
        for alias in connections:
            connection = connections[alias]
            if connection.settings_dict["NAME"] in own:  # a mirror has the name of what it mirrors
                number = str(int(self.route) + 1)
                connection.settings_dict.update(connection.creation.get_test_db_clone_settings(number))
                connection.close()
