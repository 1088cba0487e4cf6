"""How to reach someone is asked once: the next form proposes what they gave last, and to nobody else."""

import pytest

from pip_portal import tables
from pip_portal.eigenaar import eigenaar_van
from pip_portal.tijd import now
from tests import factories
from tests.conftest import Browser
from tests.formulieren.paginas.invuller import Invuller, vul_in


@pytest.mark.seed("P7")
async def test_the_next_application_proposes_the_contact_details_of_the_last(
    invuller: Invuller, browser: Browser
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    eerste = await vul_in(invuller, "proef-alles", {"email": "anna@example.nl"})
    assert (await invuller.stuur(eerste, {"verklaring": "ja"}, actie="versturen")).stap() == "ontvangen"
    contact = await vul_in(invuller, "proef-alles", tot="contact")
    assert contact.velden["email"] == ["anna@example.nl"]
    assert contact.velden["telefoon"] == ["06 12345678"]
    assert "Overgenomen uit: uw vorige aanvraag. U kunt dit veranderen." in contact.tekst
    await browser.log_in(factories.burger(factories.MEHMET))
    ander = await vul_in(invuller, "proef-alles", tot="contact")
    assert ander.velden["email"] == [""]
    assert "uw vorige aanvraag" not in ander.tekst


async def test_an_address_that_was_proved_goes_before_what_was_typed_once(invuller: Invuller, browser: Browser) -> None:
    anna = factories.burger(factories.ANNA)
    await browser.log_in(anna)
    sleutels = factories.sleutels()
    for adres, bewezen in (("bewezen@example.nl", now()), ("getypt@example.nl", None)):
        async with browser.portal.state.db.begin() as session:
            session.add(
                tables.Contactadres(
                    id=adres,
                    eigenaar=eigenaar_van(anna, sleutels).hash,
                    soort="email",
                    adres=sleutels.encrypt(adres.encode()),
                    adres_hash=sleutels.keyed_hash("adres", adres),
                    standaard=bewezen is None,
                    geverifieerd_op=bewezen,
                    aangemaakt_op=now(),
                )
            )
    contact = await vul_in(invuller, "proef-alles", tot="contact")
    assert contact.velden["email"] == ["bewezen@example.nl"]
