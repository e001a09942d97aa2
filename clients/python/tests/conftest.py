"""What the tests share: the small native server, and the address of a running one."""

import os

import pytest
from native_server import NativeServer


@pytest.fixture
def server():
    with NativeServer() as running:
        yield running


@pytest.fixture
def live_url():
    """The address of ``guerdon serve``; the test is skipped where none runs."""
    url = os.environ.get("GUERDON_URL")
    if not url:
        pytest.skip("no Guerdon server: set GUERDON_URL")
    return url
