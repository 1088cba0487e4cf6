"""A citizen or company logs in at a strict foreign identity provider."""

from collections.abc import Awaitable, Callable

import pytest

from pip_portal.inloggen.saml.provider import Identiteit
from tests.inloggen.saml.foreign_idp import BSN, KVK, RSIN, ForeignIdp

LogIn = Callable[..., Awaitable[Identiteit]]


async def test_a_burger_logs_in_with_digid(connect, log_in: LogIn) -> None:
    idp = ForeignIdp("digid-3")
    identiteit = await log_in(await connect(idp), idp)
    assert identiteit.bsn == BSN
    assert identiteit.niveau == 20
    assert identiteit.session_index == "sessie-1"
    assert identiteit.kvk_nummer is None


async def test_a_burger_logs_in_with_the_eid_profile(connect, log_in: LogIn) -> None:
    idp = ForeignIdp("eid-4")
    identiteit = await log_in(await connect(idp), idp)
    assert (identiteit.bsn, identiteit.vertegenwoordigde_bsn, identiteit.niveau) == (BSN, None, 20)


async def test_a_bedrijf_logs_in_with_eherkenning(connect, log_in: LogIn) -> None:
    idp = ForeignIdp("eherkenning")
    identiteit = await log_in(await connect(idp), idp)
    assert (identiteit.kvk_nummer, identiteit.rsin, identiteit.niveau) == (KVK, RSIN, 25)
    assert identiteit.handelende_persoon == "A1B2C3D4@69599084"
    assert identiteit.vestiging is None
    assert identiteit.bsn is None


@pytest.mark.parametrize("profile", ["digid-3", "eid-4", "eherkenning"])
async def test_a_response_may_have_a_signature_of_its_own(connect, log_in: LogIn, profile: str) -> None:
    idp = ForeignIdp(profile)
    provider = await connect(idp)
    idp.answer.response_signing = True
    assert (await log_in(provider, idp)).niveau >= 20
