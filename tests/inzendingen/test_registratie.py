"""From answers to what is sent: exactly what the check page shows, and the zaak that the definition asks for."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter

from pip_portal.bestanden.opslag import BestandInfo
from pip_portal.formulieren.laden import Formulieren
from pip_portal.formulieren.omgeving import Bronoptie, Inlog, Omgeving
from pip_portal.formulieren.registratie import maak_inhoud, samenvatting, vingerafdruk
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.verloop import Verloop, verloop
from pip_portal.formulieren.voorwaarden import Voorwaarde
from pip_portal.inzendingen.indienen import Veranderd, hash_van
from pip_portal.inzendingen.inhoud import Inhoud, Rol
from pip_portal.inzendingen.nummer import maak_nummer
from tests import factories
from tests.inzendingen.maken import ANNA

pytestmark = pytest.mark.geen_database

ONTVANGEN = datetime(2026, 11, 6, 22, 30, tzinfo=UTC)
MAP = Path(__file__).parent / "data"
CONCEPT = str(uuid4())
PLAN = BestandInfo("b1", "plattegrond", "plan.png", "image/png", 12, "a" * 64, "schoon", ONTVANGEN)
OUD = BestandInfo("b2", "plattegrond", "oud.png", "image/png", 12, "b" * 64, "schoon", ONTVANGEN)
PARTNER = Bronoptie("p-1", Tekst(nl="Bas Jansen", en="Bas Jansen"), {"bsn": factories.MEHMET, "leeftijd": 40})
ADRES = {
    "postcode": "7411BV",
    "huisnummer": 45,
    "letter": "",
    "toevoeging": "",
    "straat": "Brink",
    "plaats": "Deventer",
    "gemeente": "Deventer",
    "bag_id": "0150200000012345",
    "bron": "bag",
}
ANTWOORDEN: dict[str, Any] = {
    "naam": "Oud & Nieuw",
    "dag": "2026-12-31",
    "muziek": True,
    "tot": "23:30",
    "opmerking": None,
    "plek": {"tekst": "Op de hoek", "adres": ADRES, "geometrie": {"type": "Point", "coordinates": [6.16, 52.25]}},
    "tenten": [{"id": "t1", "breed": 4, "wie": "p-1"}, {"id": "t2", "breed": 6, "wie": "p-1"}],
    "plattegrond": ["b1"],
    "buur_email": "buur@example.nl",
    "email": "anna@example.nl",
    "telefoon": None,
}


@lru_cache
def formulieren() -> Formulieren:
    return Formulieren.lees(MAP)


def stand(**anders: Any) -> Verloop:
    omgeving = Omgeving(
        vandaag=date(2026, 11, 6),
        inlog=Inlog("digid", 20),
        bronnen={"brp.naam": "Anna Jansen", "brp.gezinsleden": (PARTNER,)},
        tarieven=formulieren().tarieven,
    )
    return verloop(formulieren().get("feest"), ANTWOORDEN | anders, omgeving)


def inhoud(**anders: Any) -> Inhoud:
    return maak_inhoud(
        stand(**anders),
        concept_id=CONCEPT,
        aanvrager=ANNA,
        bestanden=(PLAN, OUD),
        bronnen=formulieren().bronnen,
        taal="nl",
        ontvangen_op=ONTVANGEN,
    )


def test_every_answer_is_there_once_and_as_it_was_shown() -> None:
    gezien = samenvatting(stand(), (PLAN, OUD), formulieren().bronnen, "nl")
    gestuurd = inhoud()
    assert [(b.kop, tuple(r.antwoord for r in b.regels)) for b in gezien] == [
        (b.kop, b.antwoorden) for b in gestuurd.blokken
    ]
    alles = [(b.kop.nl, a.vraag.nl, tuple(t.nl for t in a.tekst)) for b in gestuurd.blokken for a in b.antwoorden]
    assert alles == [
        ("Uw gegevens", "Naam", ("Anna Jansen",)),
        ("Het feest", "Hoe heet het feest?", ("Oud & Nieuw",)),
        ("Het feest", "Op welke dag is Oud & Nieuw?", ("31 december 2026",)),
        ("Het feest", "Is er muziek?", ("Ja",)),
        ("Het feest", "Tot hoe laat?", ("23.30 uur",)),
        ("Het feest", "Wilt u nog iets zeggen?", ()),
        (
            "De plek",
            "Waar is het?",
            ("Brink 45, 7411 BV Deventer", "Op de hoek", "Aangegeven op de kaart (52.25000, 6.16000)"),
        ),
        ("Tent 1", "Hoe breed?", ("4",)),
        ("Tent 1", "Wie past erop?", ("Bas Jansen",)),
        ("Tent 2", "Hoe breed?", ("6",)),
        ("Tent 2", "Wie past erop?", ("Bas Jansen",)),
        ("De plek", "Stuur een plattegrond mee", ("plan.png",)),
        ("Contact", "Wat is het e-mailadres van uw buur?", ("buur@example.nl",)),
        ("Contact", "Wat is uw e-mailadres?", ("anna@example.nl",)),
        ("Contact", "Wat is uw telefoonnummer?", ()),
    ]
    assert gestuurd.blokken[0].antwoorden[0].bron == "Basisregistratie Personen"
    assert gestuurd.blokken[1].antwoorden[1].tekst[0].en == "31 December 2026"
    assert {r.item for b in gezien for r in b.regels} == {"", "t1", "t2"}


def test_a_hidden_answer_is_in_nothing_that_is_sent() -> None:
    zonder = inhoud(muziek=False)
    assert "23:30" in inhoud().model_dump_json()
    assert "23:30" not in zonder.model_dump_json()
    assert "23.30" not in zonder.model_dump_json()
    assert zonder.tekenen == ()
    assert zonder.zaak is not None
    assert "tot" not in zonder.zaak.eigenschappen


def test_the_zaak_is_what_the_definition_asks_for() -> None:
    zaak = inhoud().zaak
    assert zaak is not None
    assert zaak.omschrijving == "Feest: Oud & Nieuw"
    assert zaak.eigenschappen == {
        "naam": "Oud & Nieuw",
        "dag": "20261231",
        "tot": "23:30",
        "muziek": "ja",
        "aantal": "2",
        "bedrag": "120.50",
        "locatie": "Brink 45, 7411 BV Deventer; Op de hoek",
    }
    assert set(zaak.rollen) == {Rol(roltype="Belanghebbende", bsn=factories.MEHMET, naam="Bas Jansen")}
    [adres] = zaak.objecten
    assert (adres.straat, adres.huisnummer, adres.identificatie) == ("Brink", 45, "0150200000012345")
    assert zaak.geometrie == {"type": "Point", "coordinates": [6.16, 52.25]}
    assert zaak.betalingsindicatie == "nog_niet"
    assert (zaak.kanaal, zaak.samenvatting) == ("internet", "Aanvraag")


def test_a_long_name_is_cut_at_a_word_where_the_zaaksysteem_has_no_room() -> None:
    zaak = inhoud(naam="Een heel erg groot en gezellig feest voor de buurt aan de IJssel"[:60]).zaak
    assert zaak is not None
    assert len(zaak.omschrijving) <= 80


def test_a_place_in_words_only_has_no_geometry_and_no_object() -> None:
    zaak = inhoud(plek={"tekst": "Op de hoek"}).zaak
    assert zaak is not None
    assert (zaak.geometrie, zaak.objecten) == (None, ())


def test_only_the_file_of_the_answer_goes_along_in_its_own_kind() -> None:
    [bijlage] = inhoud().bijlagen
    assert (bijlage.id, bijlage.informatieobjecttype) == ("b1", "Tekening")
    assert bijlage.vertrouwelijkheid == "zaakvertrouwelijk"


def test_the_price_is_fixed_with_its_tariffs() -> None:
    betaling = inhoud().betaling
    assert betaling is not None
    assert (betaling.cent, betaling.moment) == (12050, "achteraf")
    assert [(r.tekst.nl, r.cent, r.tarief, r.vanaf) for r in betaling.regels] == [
        ("Vast bedrag", 10000, "vast", date(2026, 1, 1)),
        ("Tenten", 2050, "tent", date(2026, 1, 1)),
    ]


def test_terms_mails_and_who_must_sign() -> None:
    gestuurd = inhoud()
    # Friday 6 November at 23.30 in Deventer; eight weeks on is New Year's Day, then a weekend (domain §4.3).
    assert gestuurd.beslissen_voor == date(2027, 1, 4)
    assert (gestuurd.email, gestuurd.telefoon) == ("anna@example.nl", "")
    assert gestuurd.eerst_tekenen
    [teken] = gestuurd.tekenen
    assert (teken.email, teken.niveau, teken.dagen, teken.herinner_na) == ("buur@example.nl", 20, 14, (5, 11))
    assert teken.vraag.nl == "Vindt u Oud & Nieuw goed?"
    assert [a.veld for a in teken.ziet] == ["naam", "dag"]
    assert gestuurd.bevestiging is not None
    assert gestuurd.bevestiging.nl == "Wij wachten op uw buur tot en met 20 november 2026."
    assert gestuurd.nummer == maak_nummer(UUID(CONCEPT))
    assert inhoud(muziek=False).bevestiging != gestuurd.bevestiging


def test_who_comes_on_a_waiting_list_is_promised_no_date_and_no_amount() -> None:
    wacht: Voorwaarde = TypeAdapter(Voorwaarde).validate_python({"veld": "muziek", "is": True})
    verloop_ = stand()
    met = replace(verloop_, formulier=verloop_.formulier.model_copy(update={"wachtlijst": wacht}))
    gestuurd = maak_inhoud(
        met,
        concept_id=CONCEPT,
        aanvrager=ANNA,
        bestanden=(PLAN, OUD),
        bronnen=formulieren().bronnen,
        taal="nl",
        ontvangen_op=ONTVANGEN,
    )
    assert (gestuurd.beslissen_voor, gestuurd.betaling) == (None, None)
    assert inhoud().betaling is not None


@pytest.mark.parametrize(
    ("geheim", "ontbreekt", "ziet"),
    [
        (False, frozenset(), ["naam", "plek"]),
        (True, frozenset(), ["naam"]),
        (None, frozenset({"brp.geheimhouding"}), ["naam"]),
    ],
)
def test_who_signs_reads_no_address_when_it_is_secret(
    geheim: bool | None, ontbreekt: frozenset[str], ziet: list[str]
) -> None:
    """Source: domain §4.4 (BRP 2.59); the mail may have come to a wrong address."""
    gewoon = stand()
    [vraag] = gewoon.formulier.ondertekening
    anders = gewoon.formulier.model_copy(
        update={"ondertekening": (vraag.model_copy(update={"ziet": ("naam", "plek")}),)}
    )
    bronnen = {**gewoon.omgeving.bronnen, "brp.geheimhouding": geheim}
    omgeving = replace(gewoon.omgeving, bronnen=bronnen, ontbreekt=ontbreekt)
    gestuurd = maak_inhoud(
        verloop(anders, ANTWOORDEN, omgeving),
        concept_id=CONCEPT,
        aanvrager=ANNA,
        bestanden=(PLAN, OUD),
        bronnen=formulieren().bronnen,
        taal="nl",
        ontvangen_op=ONTVANGEN,
    )
    [teken] = gestuurd.tekenen
    assert [a.veld for a in teken.ziet] == ziet


def test_what_is_not_complete_cannot_be_sent() -> None:
    with pytest.raises(Veranderd):
        inhoud(naam=None)


def test_the_fingerprint_changes_with_whatever_the_citizen_would_read() -> None:
    def afdruk(**anders: Any) -> str:
        return vingerafdruk(stand(**anders), (PLAN, OUD), formulieren().bronnen)

    assert afdruk() == afdruk()
    assert len({afdruk(), afdruk(naam="Anders"), afdruk(plattegrond=["b2"]), afdruk(tenten=[])}) == 4
    assert afdruk(muziek=False) == afdruk(muziek=False, tot="22:00")  # hidden


def test_the_same_answers_give_the_same_proof() -> None:
    assert hash_van(inhoud()) == hash_van(inhoud())
