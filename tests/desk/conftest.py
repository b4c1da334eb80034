"""What the tests of the desk share: a contest, its cast, and plain HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from results.models import Contest
from tests.builders import People, make_contest, make_people


@pytest.fixture
def contest() -> Contest:
    return make_contest()


@pytest.fixture
def cast(contest: Contest) -> People:
    return make_people(contest)


@pytest.fixture(autouse=True)
def plain_http(settings: Any) -> None:
    """The tests speak HTTP, as a hall's own network may."""
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
