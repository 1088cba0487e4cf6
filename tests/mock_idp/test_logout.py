"""Logging out, asked by a service provider or by the person, with and without SSO."""

import base64
import zlib
from urllib.parse import parse_qs, urlsplit

import httpx
from fastapi import FastAPI, Request, Response
from lxml import etree, html

from tests.mock_idp.conftest import World
from tests.mock_idp.messages import N, S, sign, status_of, verify
from tests.mock_idp.sp import Sp


class Participant:
    """The SOAP endpoint of a service provider in the SSO, which remembers whom it logged out."""

    def __init__(self, sp: Sp, world: World, confirms: bool = True) -> None:
        self.sp, self.confirms = sp, confirms
        self.logged_out: list[str] = []
        app = FastAPI()

        @app.post("/digid/slo")
        async def slo(request: Request) -> Response:
            idp = await world.idp("digid")
            message = etree.fromstring(await request.body()).find("s:Body/p:LogoutRequest", N)
            signed = verify(message, idp.certificates)
            assert signed.find("a:Issuer", N).text == idp.entity_id
            self.logged_out.append(signed.find("a:NameID", N).text)
            answer = sign(sp.logout_response(signed.get("ID"), self.confirms), sp.signing)
            return Response(etree.tostring(S.Envelope(S.Body(answer))), media_type="text/xml")

        world.app.state.idp.sp_transport = httpx.ASGITransport(app)


async def test_a_service_provider_logs_someone_out_everywhere_by_redirect(world: World) -> None:
    first = world.sp("digid", sso=True)
    other = world.sp("digid", sso=True, entity_id="https://ander.example.nl", host="https://ander.example.nl")
    participant = Participant(other, world)
    idp = await world.idp("digid")
    identity = first.identity(await world.log_in(first, persoon="999991012"), idp)
    skipped = await world.start(other)
    assert skipped.status_code == 302, "SSO: no second login page"
    message = first.logout_request(idp, identity)
    response = await world.browser.get(f"{idp.slo}?{first.query('SAMLRequest', message)}")
    assert participant.logged_out == ["s00000000:999991012"]
    answer = redirect_answer(response, first, idp.certificates)
    assert status_of(answer)[0] == "Success"
    assert answer.get("InResponseTo") == message.get("ID")
    assert (await world.start(first)).status_code == 200, "the SSO session is over"


def redirect_answer(response: httpx.Response, sp: Sp, certificates: list[object]) -> etree._Element:
    assert response.status_code == 302
    location = urlsplit(response.headers["location"])
    sp.verify_query(location.query, "SAMLResponse", certificates)
    (packed,) = parse_qs(location.query)["SAMLResponse"]
    return etree.fromstring(zlib.decompress(base64.b64decode(packed), -15))


async def test_logging_out_by_post_works_with_digid_too(world: World) -> None:
    sp = world.sp("digid", sso=True)
    idp = await world.idp("digid")
    identity = sp.identity(await world.log_in(sp), idp)
    response = await world.browser.post(idp.slo, data=sp.form(sp.logout_request(idp, identity)))
    assert status_of(redirect_answer(response, sp, idp.certificates))[0] == "Success"


async def test_another_service_provider_that_does_not_confirm_makes_it_partial(world: World) -> None:
    sp = world.sp("digid", sso=True)
    other = world.sp("digid", sso=True, entity_id="https://ander.example.nl", host="https://ander.example.nl")
    Participant(other, world, confirms=False)
    idp = await world.idp("digid")
    identity = sp.identity(await world.log_in(sp), idp)
    await world.start(other)
    response = await world.browser.post(idp.slo, data=sp.form(sp.logout_request(idp, identity)))
    assert status_of(redirect_answer(response, sp, idp.certificates))[:2] == ("Responder", "PartialLogout")


async def test_a_fresh_login_or_a_higher_level_asks_again_despite_sso(world: World) -> None:
    sp = world.sp("digid", sso=True)
    idp = await world.idp("digid")
    await world.log_in(sp)
    high = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
    assert (await world.start(sp, sp.authn_request(idp, ForceAuthn="true"))).status_code == 200
    assert (await world.start(sp, sp.authn_request(idp, level=high))).status_code == 200
    assert (await world.start(sp)).status_code == 302


async def test_without_sso_in_the_metadata_every_login_shows_the_page(world: World) -> None:
    sp = world.sp("digid")
    await world.log_in(sp)
    assert (await world.start(sp)).status_code == 200


async def test_a_person_logs_out_everywhere_at_the_identity_provider(world: World) -> None:
    sp = world.sp("digid", sso=True)
    participant = Participant(sp, world)
    await world.log_in(sp, persoon="999991206")
    assert sp.entity_id in (await world.browser.get("/digid/uitloggen")).text
    page = await world.browser.post("/digid/uitloggen")
    assert "U bent overal uitgelogd" in page.text
    assert participant.logged_out == ["s00000000:999991206"]
    assert "nergens ingelogd" in (await world.browser.get("/digid/uitloggen")).text


async def test_a_person_reads_where_logging_out_failed(world: World) -> None:
    sp = world.sp("digid", sso=True)
    Participant(sp, world, confirms=False)
    await world.log_in(sp)
    page = await world.browser.post("/digid/uitloggen")
    assert "U bent niet overal uitgelogd" in page.text
    assert sp.entity_id in page.text


async def test_eid_and_eherkenning_log_out_by_post_with_the_handle_of_the_login(world: World) -> None:
    for profile in ("eid", "eherkenning"):
        sp = world.sp(profile, sso=True)
        idp = await world.idp(profile)
        identity = sp.identity(await world.log_in(sp), idp)
        for expected in ("Success", "Requester"):
            response = await world.browser.post(idp.slo, data=sp.form(sp.logout_request(idp, identity)))
            form = html.fromstring(response.text).forms[0]
            assert form.action == f"{sp.host}/{profile}/slo"
            assert form.fields["RelayState"] == "toestand"
            answer = verify(etree.fromstring(base64.b64decode(form.fields["SAMLResponse"])), idp.certificates)
            assert status_of(answer)[0] == expected


async def test_a_logout_request_of_someone_else_is_not_found(world: World) -> None:
    sp = world.sp("digid", sso=True)
    idp = await world.idp("digid")
    identity = sp.identity(await world.log_in(sp), idp)
    message = sp.logout_request(idp, identity)
    response = await world.browser.post(idp.slo, data=sp.form(message, pair=world.pairs[2]))
    assert response.status_code == 404
    query = sp.query("SAMLRequest", sp.logout_request(idp, identity))
    assert (await world.browser.get(f"{idp.slo}?{query}x")).status_code == 404
    assert (await world.start(sp)).status_code == 302, "still logged in"
