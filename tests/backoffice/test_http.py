"""What becomes of a call that goes wrong."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from jose import jwt
from pydantic import SecretStr, TypeAdapter

from pip_portal.backoffice import breaker, http
from pip_portal.backoffice.http import ForeignReference, Refused, Verbinding
from pip_portal.backoffice.tokens import ZgwToken
from pip_portal.backoffice.zaken import Status, Zaak
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.logs import Meting, meting, traceparent
from pip_portal.settings import Api
from tests import factories

ROOT = "http://zaken.test/zaken/api/v1"
DICT: TypeAdapter[dict[str, int]] = TypeAdapter(dict[str, int])
SAMPLES = Path(__file__).parents[3] / "shared/specs/openzaak-samples"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "RETRY_WAIT", (0.0, 0.0))


class Script:
    """Answers in turn; the last one for ever. A number is a status, an exception is raised."""

    def __init__(self, *answers: int | Exception | httpx.Response) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(answer, json={"a": 1})


def verbinding(script: Callable[[httpx.Request], httpx.Response], **api: object) -> Verbinding:
    return Verbinding(
        Api.model_validate({"root": ROOT, **api}), "het zaaksysteem", transport=httpx.MockTransport(script)
    )


@pytest.mark.parametrize("first", [502, 503, 504, 429, httpx.ConnectError("x"), httpx.ConnectTimeout("x")])
async def test_a_read_is_repeated_when_the_failure_may_pass(first: int | Exception) -> None:
    script = Script(first, 200)
    assert await verbinding(script).call("GET", "/x", DICT) == {"a": 1}
    assert len(script.requests) == 2


async def test_a_read_is_tried_three_times_and_then_the_source_is_unavailable() -> None:
    script = Script(503)
    with pytest.raises(BackofficeUnavailable) as refused:
        await verbinding(script).call("GET", "/x", DICT)
    assert refused.value.bron == "het zaaksysteem"
    assert len(script.requests) == 3


@pytest.mark.parametrize("answer", [500, httpx.ReadTimeout("x"), httpx.ReadError("x"), httpx.RemoteProtocolError("x")])
async def test_what_would_only_cost_the_citizen_more_time_is_not_repeated(answer: int | Exception) -> None:
    script = Script(answer)
    with pytest.raises(BackofficeUnavailable):
        await verbinding(script).call("GET", "/x", DICT)
    assert len(script.requests) == 1


async def test_a_post_is_only_repeated_when_it_reads() -> None:
    script = Script(503)
    with pytest.raises(BackofficeUnavailable):
        await verbinding(script).call("POST", "/x", DICT, body={})
    assert len(script.requests) == 1
    script = Script(503, 200)
    assert await verbinding(script).call("POST", "/x", DICT, body={}, leest=True) == {"a": 1}


async def test_a_source_that_asks_for_a_long_pause_is_not_asked_again() -> None:
    script = Script(httpx.Response(429, headers={"Retry-After": "30"}))
    with pytest.raises(BackofficeUnavailable):
        await verbinding(script).call("GET", "/x", DICT)
    assert len(script.requests) == 1


@pytest.mark.parametrize(("status", "error"), [(404, NotFound), (400, Refused), (403, Refused), (302, Refused)])
async def test_each_other_status_has_its_error(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        await verbinding(Script(status)).call("GET", "/x", DICT)


REFUSALS = {path.stem: path.read_bytes() for path in sorted(SAMPLES.glob("error-*.json"))}


@pytest.mark.parametrize("sample", REFUSALS)
async def test_recorded_refusals_of_open_zaak_map_to_our_errors(sample: str) -> None:
    status = int(sample.split("-")[1])
    script = Script(httpx.Response(status, content=REFUSALS[sample]))
    with pytest.raises(NotFound if status == 404 else Refused) as refused:
        await verbinding(script).call("GET", "/x", DICT)
    if isinstance(refused.value, Refused):
        assert refused.value.code
        assert refused.value.is_hidden == ((status == 403 and "permission" in sample) or "no-auth" in sample)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"a": "x"}', b"null", b'{"a": 1', b'{"a": "bsn 999991012"}'])
async def test_an_answer_that_does_not_fit_is_a_defect_and_is_not_repeated_in_the_error(body: bytes) -> None:
    with pytest.raises(BackofficeDefect) as refused:
        await verbinding(Script(httpx.Response(200, content=body))).call("GET", "/x", DICT)
    assert "999991012" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("missing", ["url", "uuid", "identificatie", "zaaktype", "startdatum"])
async def test_a_zaak_without_a_required_field_is_refused(missing: str) -> None:
    zaak = {
        "url": f"{ROOT}/zaken/6b51e50d-92e0-4cfc-b0f6-fb8bd9792238",
        "uuid": "6b51e50d-92e0-4cfc-b0f6-fb8bd9792238",
        "identificatie": "Z-1",
        "zaaktype": "http://x",
        "startdatum": "2026-11-01",
    }
    del zaak[missing]
    with pytest.raises(BackofficeDefect, match=missing):
        await verbinding(Script(httpx.Response(200, json=zaak))).call("GET", "/x", TypeAdapter(Zaak))


async def test_after_five_failures_the_source_is_left_alone_and_later_tried_by_one() -> None:
    script = Script(500)
    api = verbinding(script)
    for _ in range(5):
        with pytest.raises(BackofficeUnavailable):
            await api.call("GET", "/x", DICT)
    with pytest.raises(BackofficeUnavailable, match="zekering"):
        await api.call("GET", "/x", DICT)
    assert len(script.requests) == 5
    api.breaker._open_until = 0.0
    script.answers = [200]
    answers = await asyncio.gather(*(api.call("GET", "/x", DICT) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(answer, dict) for answer in answers) >= 1
    assert await api.call("GET", "/x", DICT) == {"a": 1}


def test_after_its_pause_the_breaker_lets_calls_through_until_one_fails() -> None:
    fuse = breaker.CircuitBreaker(threshold=1, recovery=0.0)
    fuse.failure()
    assert fuse.allow()
    assert fuse.allow()
    fuse.recovery = 60.0
    fuse.failure()
    assert not fuse.allow()


async def test_a_page_that_asks_several_things_at_once_finds_a_source_that_is_well_again() -> None:
    script = Script(*[503] * 40)
    api = verbinding(script)
    for _ in range(6):
        with pytest.raises(BackofficeUnavailable):
            await api.call("POST", "/x", DICT)
    assert api.breaker.is_open
    api.breaker._open_until = 0.0
    script.answers = [200]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(api.call("GET", "/x", DICT)) for _ in range(3)]
    assert [task.result() for task in tasks] == [{"a": 1}] * 3
    assert not api.breaker.is_open


async def test_being_busy_or_refusing_does_not_open_the_breaker() -> None:
    api = verbinding(Script(429))
    for _ in range(6):
        with pytest.raises(BackofficeUnavailable):
            await api.call("GET", "/x", DICT)
    assert not api.breaker.is_open


async def test_a_source_that_drips_is_cut_off_at_its_time_limit() -> None:
    async def hang(_request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        return httpx.Response(200)

    api = Verbinding(
        Api(root=ROOT, connect_timeout=0.02, read_timeout=0.03), "bron", transport=httpx.MockTransport(hang)
    )
    with pytest.raises(BackofficeUnavailable):
        await api.call("GET", "/x", DICT)


async def test_no_more_calls_are_open_than_the_source_allows() -> None:
    open_now = most = 0

    async def slow(_request: httpx.Request) -> httpx.Response:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.005)
        open_now -= 1
        return httpx.Response(200, json={"a": 1})

    api = Verbinding(Api(root=ROOT, max_connections=3), "bron", transport=httpx.MockTransport(slow))
    await asyncio.gather(*(api.call("GET", "/x", DICT) for _ in range(12)))
    assert most == 3


@pytest.mark.parametrize(
    "url",
    [
        "http://kwaad.test/zaken/api/v1/statussen/6b51e50d-92e0-4cfc-b0f6-fb8bd9792238",
        f"{ROOT}/statussen/../zaken/6b51e50d-92e0-4cfc-b0f6-fb8bd9792238",
        f"{ROOT}.kwaad.test/statussen/6b51e50d-92e0-4cfc-b0f6-fb8bd9792238",
        f"{ROOT}/zaken/6b51e50d-92e0-4cfc-b0f6-fb8bd9792238",
        f"{ROOT}/statussen/1?x=6b51e50d-92e0-4cfc-b0f6-fb8bd9792238",
        "",
    ],
)
def test_a_reference_outside_the_root_is_never_followed(url: str) -> None:
    with pytest.raises(ForeignReference):
        verbinding(Script(200)).path_of(url, "statussen")


@pytest.fixture
def meter() -> Iterator[Meting]:
    meter = Meting()
    tokens = meting.set(meter), traceparent.set("00-" + "a" * 32 + "-" + "b" * 16 + "-01")
    yield meter
    meting.reset(tokens[0])
    traceparent.reset(tokens[1])


async def test_a_call_is_counted_and_carries_the_trace_and_our_headers(meter: Meting) -> None:
    script = Script(200)
    api = verbinding(script, headers={"X-API-KEY": "sleutel"})
    await api.call("GET", "/x", DICT)
    sent = script.requests[0].headers
    assert meter.oproepen == 1
    assert sent["traceparent"].startswith("00-aaaa")
    assert sent["X-API-KEY"] == "sleutel"


def test_the_token_names_a_pseudonym_and_never_the_bsn() -> None:
    burger = factories.burger()
    secret = SecretStr("geheim-van-meer-dan-32-tekens-012345")
    token = ZgwToken("pip-portaal", secret)(burger).removeprefix("Bearer ")
    claims = jwt.decode(token, secret.get_secret_value(), algorithms=["HS256"])
    assert claims["user_id"] == burger.pseudoniem
    assert claims["user_representation"] == "burger via portaal"
    assert claims["iss"] == claims["client_id"] == "pip-portaal"
    assert burger.bsn not in str(claims)
    assert jwt.get_unverified_header(token)["alg"] == "HS256"


def test_a_moment_without_zone_is_dutch_time_so_that_statuses_can_be_sorted() -> None:
    fields = {"url": "u", "uuid": "6b51e50d-92e0-4cfc-b0f6-fb8bd9792238", "statustype": "t"}
    late = Status.model_validate({**fields, "datumStatusGezet": "2026-11-23T23:30:00Z"})
    naive = Status.model_validate({**fields, "datumStatusGezet": "2026-11-24T00:10:00"})
    assert naive.datum_status_gezet < late.datum_status_gezet
    assert late.datum.isoformat() == "2026-11-24"
