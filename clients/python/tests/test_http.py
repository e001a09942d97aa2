"""The wire: kept connections, retries with one key, keys, packed bodies, https."""

import asyncio
import gzip
import shutil
import ssl
import subprocess
import threading
import time
from email.utils import formatdate

import pytest
from native_server import Failure, NativeServer

from guerdon_client import Client, GuerdonError
from guerdon_client._http import _seconds

ROW = {"prompt": "17 + 25?", "completion": "42", "reference": "42"}


def client_of(server, **options):
    return Client(server.url, **{"first_wait": 0.001, **options})


def test_one_connection_is_kept_for_a_thread(server):
    client = client_of(server)
    for _ in range(3):
        client.score([ROW])
    assert len({seen.client for seen in server.seen}) == 1
    thread = threading.Thread(target=client.score, args=([ROW],))
    thread.start()
    thread.join()
    assert len({seen.client for seen in server.seen}) == 2


def test_closing_closes_the_connections_of_every_thread(server):
    client = client_of(server)
    # Its thread waits for more work and keeps its connection.
    asyncio.run(client.score_async([ROW]))
    client.score([ROW])
    opened = list(client._http._opened)
    assert [connection.sock is None for connection in opened] == [False, False]
    client.close()
    assert [connection.sock is None for connection in opened] == [True, True]
    assert client.score([ROW]).rewards == [1.0]
    client.close()


def test_each_call_has_a_key_of_its_own(server):
    client = client_of(server)
    client.score([ROW])
    assert not client.score([ROW]).repeated
    assert len({seen.headers["idempotency-key"] for seen in server.seen}) == 2


def test_a_connection_that_the_server_closed_while_idle_is_no_failure(server):
    server.close_after_answer = True
    client = client_of(server, retries=0)
    for _ in range(3):
        assert client.score([ROW]).rewards == [1.0]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_statuses_are_tried_again_with_the_same_key(server, status):
    server.failures = [Failure(status), Failure(status)]
    assert client_of(server).score([ROW]).rewards == [1.0]
    assert len(server.seen) == 3
    assert len({seen.headers["idempotency-key"] for seen in server.seen}) == 1


def test_an_answer_that_was_lost_is_not_scored_twice(server):
    server.failures = [Failure(drop=True)]
    batch = client_of(server).score([ROW])
    assert (batch.rewards, batch.repeated, server.scored_batches) == ([1.0], True, 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 499, 500])
def test_other_statuses_are_final(server, status):
    body = b'{"error":{"code":"DATA_FIELD_INVALID","message":"is wrong"}}'
    server.failures = [Failure(status, body=body)]
    with pytest.raises(GuerdonError) as e:
        client_of(server).score([ROW])
    assert (e.value.code, e.value.message, e.value.status) == (
        "DATA_FIELD_INVALID",
        "is wrong",
        status,
    )
    assert len(server.seen) == 1


def test_after_the_last_try_the_servers_sentence_is_raised(server):
    body = b'{"error":{"code":"SERVER_BUSY","message":"the queue is full"}}'
    server.failures = [Failure(429, body=body)] * 3
    with pytest.raises(GuerdonError, match=r"SERVER_BUSY: the queue is full \(HTTP 429\)"):
        client_of(server, retries=2).score([ROW])
    assert len(server.seen) == 3


def test_retry_after_is_kept(server, monkeypatch):
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    server.failures = [Failure(503, {"Retry-After": "7"})]
    client_of(server).score([ROW])
    assert len(waits) == 1
    assert 7 <= waits[0] < 8


def test_retry_after_may_be_a_date_or_nonsense():
    assert _seconds("7") == 7
    assert 50 < _seconds(formatdate(time.time() + 60, usegmt=True)) <= 60
    assert _seconds(formatdate(time.time() - 60, usegmt=True)) == 0
    assert _seconds("soon") is None
    assert _seconds(None) is None


def test_no_wait_is_longer_than_a_minute(server, monkeypatch):
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    server.failures = [Failure(503, {"Retry-After": "86400"})] + [Failure(503)] * 9
    client_of(server, retries=10, first_wait=0.5).score([ROW])
    assert waits[0] == 60
    assert all(0 < wait <= 30 for wait in waits[1:])
    assert waits[1] < 2 < waits[5]


def test_nobody_there():
    with NativeServer() as server:
        url = server.url
    with pytest.raises(GuerdonError, match=f"CONNECTION_FAILED: no answer from {url} in 2 tries"):
        Client(url, retries=1, first_wait=0.001).score([ROW])


def test_a_server_that_never_answers_times_out(server):
    server.barrier = threading.Barrier(2)
    with pytest.raises(GuerdonError, match=r"in 1 try: .*timed out"):
        client_of(server, retries=0, timeout=0.2).score([ROW])
    server.barrier.abort()


def test_an_answer_that_is_no_json_is_shown(server):
    server.failures = [Failure(200, body=b"<html>"), Failure(418, body=b"a teapot")]
    with pytest.raises(GuerdonError, match="ANSWER_INVALID: the answer is not JSON"):
        client_of(server).score([ROW])
    with pytest.raises(GuerdonError, match=r"the server answered: a teapot \(HTTP 418\)"):
        client_of(server).score([ROW])


def test_a_packed_answer_is_unpacked(server):
    packed = gzip.compress(b'{"error":{"code":"PATH_UNKNOWN","message":"gone"}}')
    server.failures = [Failure(404, {"Content-Encoding": "gzip"}, packed)]
    with pytest.raises(GuerdonError, match="PATH_UNKNOWN: gone"):
        client_of(server).score([ROW])


def test_large_bodies_are_packed_and_small_ones_are_not(server):
    client = client_of(server)
    client.score([ROW])
    client.score([{**ROW, "completion": "42 " * 50_000}])
    small, large = server.seen
    assert "content-encoding" not in small.headers
    assert large.headers["content-encoding"] == "gzip"
    assert len(large.raw) < 5_000
    assert len(large.body["rows"][0]["completion"]) == 150_000


def test_the_key_is_sent_and_may_come_from_the_environment(server, monkeypatch):
    client_of(server).score([ROW])
    monkeypatch.setenv("GUERDON_KEY", "from-environment")
    client_of(server).score([ROW])
    client_of(server, key="given").score([ROW])
    assert [seen.headers.get("authorization") for seen in server.seen] == [
        None,
        "Bearer from-environment",
        "Bearer given",
    ]


def test_a_path_in_the_address_is_kept(server):
    Client(f"{server.url}/rewards/").score([ROW])
    assert server.seen[0].path == "/rewards/v1/rewards"


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8765", "ftp://a", "http://", "", "http://a/?b=c", "http://me@a"]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(GuerdonError, match=r"is not an address; expected http://host:port"):
        Client(url)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_https_with_its_own_certificate(tmp_path):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with NativeServer(context) as server:
        assert Client(server.url, ca_file=str(certificate)).score([ROW]).rewards == [1.0]
        with pytest.raises(GuerdonError, match=r"in 1 try: .*certificate verify failed"):
            Client(server.url).score([ROW])
