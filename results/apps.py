"""The application: after migrations it guards the ledger's tables."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class ResultsConfig(AppConfig):
    """The count, its ledger and its public pages."""

    name = "results"

    def ready(self) -> None:
        from results.database import triggers
        from results.live import broadcast
        from results.people import recording

        post_migrate.connect(triggers.install_after_migration, sender=self)
        recording.connect()
        register(triggers.check, Tags.database)
        broadcast.publish_with(_publish)


def _publish(contest: int) -> None:
    # Not at the start: most commands make no version, and need not load the projection.
    from results.live.reading import read_current

    read_current(contest)
