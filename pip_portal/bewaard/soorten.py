"""What the portal itself keeps of a person: every kind, what for, how long, and whether the person may remove it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from pip_portal.db import Sessionmaker
from pip_portal.errors import NotFound
from pip_portal.taal import N_
from pip_portal.tables import (
    Base,
    Bekende,
    Bewijs,
    Concept,
    Contactadres,
    Dossier,
    GelezenBericht,
    Inlogpoging,
    Inschrijving,
    Inzending,
    Mail,
    Nieuwsbriefverzoek,
    Notificatie,
    Onbestelbaar,
    Sessie,
    Toestemming,
    Verwerking,
    Voorkeur,
    Vraag,
    Vraaglezing,
    Zaakbezoek,
    Zaakvoorkeur,
)


@dataclass(frozen=True, slots=True)
class Wie:
    """The two keyed hashes under which things of one person are filed."""

    eigenaar: str
    pseudoniem: str


@dataclass(frozen=True, slots=True)
class Tabel:
    """van: the column that says whose a row is. op: its date. welke: only these rows."""

    tabel: type[Base]
    van: InstrumentedAttribute[Any]
    op: InstrumentedAttribute[Any]
    welke: ColumnElement[bool] | None = None

    def rijen(self, wie: Wie) -> list[ColumnElement[bool]]:
        hash_ = wie.pseudoniem if self.van.key == "pseudoniem" else wie.eigenaar
        return [self.van == hash_, *([self.welke] if self.welke is not None else [])]


@dataclass(frozen=True, slots=True)
class Soort:
    """wisbaar: may be removed here. pagina: route of the page where it is removed or changed, with its text. Neither:
    uitleg says why not.
    """

    sleutel: str
    naam: str
    doel: str
    termijn: str
    tabellen: tuple[Tabel, ...]
    wisbaar: bool = False
    pagina: str = ""
    uitleg: str = ""


# Source of the terms: bewaren.py and onderhoud.py; AVG art. 5, 13 and 17.
SOORTEN: Final[Sequence[Soort]] = (
    Soort(
        "concepten",
        N_("Aanvragen die u niet verstuurde"),
        N_("Zodat u later verder kunt."),
        N_("Tot 30 dagen nadat u er voor het laatst aan werkte."),
        (Tabel(Concept, Concept.eigenaar, Concept.gewijzigd_op, Concept.verzonden_op.is_(None)),),
        wisbaar=True,
    ),
    Soort(
        "inzendingen",
        N_("Wat u verstuurde"),
        N_("Om het aan de gemeente door te geven, en te bewijzen dat wij het kregen."),
        N_("De inhoud tot 14 dagen nadat het bij de gemeente is. Nummer en datum 5 jaar."),
        (
            Tabel(Inzending, Inzending.eigenaar, Inzending.ontvangen_op),
            Tabel(Bewijs, Bewijs.wie, Bewijs.op),
        ),
        uitleg=N_("De wet vraagt dat wij kunnen bewijzen wat u stuurde en wanneer."),
    ),
    Soort(
        "vragen",
        N_("Vragen die u stelde"),
        N_("Om uw vraag door te geven en op tijd te antwoorden."),
        N_("De tekst tot de vraag is doorgegeven. Daarna alleen nummer en datums."),
        (
            Tabel(Vraag, Vraag.eigenaar, Vraag.ontvangen_op),
            Tabel(Vraaglezing, Vraaglezing.eigenaar, Vraaglezing.gelezen_op),
        ),
        uitleg=N_("Wij moeten kunnen nagaan of wij op tijd antwoordden."),
    ),
    Soort(
        "contactadressen",
        N_("Uw e-mailadressen en telefoonnummers"),
        N_("Om u te bereiken."),
        N_("Tot u ze verwijdert. Een adres dat u niet bevestigt, verdwijnt vanzelf."),
        (
            Tabel(Contactadres, Contactadres.eigenaar, Contactadres.aangemaakt_op),
            Tabel(Onbestelbaar, Onbestelbaar.eigenaar, Onbestelbaar.sinds),
        ),
        pagina="contact:show",
    ),
    Soort(
        "voorkeuren",
        N_("Uw voorkeuren"),
        N_("Om u te bereiken zoals u dat wilt. Bij de Berichtenbox hoort uw burgerservicenummer, versleuteld."),
        N_("Tot u ze wist. Daarna gelden de gewone keuzes weer."),
        (
            Tabel(Voorkeur, Voorkeur.eigenaar, Voorkeur.gewijzigd_op),
            Tabel(Zaakvoorkeur, Zaakvoorkeur.eigenaar, Zaakvoorkeur.gewijzigd_op),
        ),
        wisbaar=True,
    ),
    Soort(
        "nieuwsbrieven",
        N_("Uw nieuwsbrieven"),
        N_("Om u de nieuwsbrieven te sturen die u koos."),
        N_("Tot u zich afmeldt."),
        (
            Tabel(Inschrijving, Inschrijving.eigenaar, Inschrijving.bevestigd_op),
            Tabel(Nieuwsbriefverzoek, Nieuwsbriefverzoek.eigenaar, Nieuwsbriefverzoek.aangemaakt_op),
        ),
        pagina="nieuwsbrief:mijn",
    ),
    Soort(
        "toestemmingen",
        N_("Uw toestemming voor nieuwsbrieven"),
        N_("Om te bewijzen dat u erom vroeg."),
        N_("Tot 5 jaar nadat u zich afmeldde."),
        (Tabel(Toestemming, Toestemming.eigenaar, Toestemming.op),),
        uitleg=N_("De wet vraagt dat wij uw toestemming kunnen bewijzen."),
    ),
    Soort(
        "notificaties",
        N_("Nieuws over uw zaken"),
        N_("Om u te laten zien wat er nieuw is."),
        N_("90 dagen."),
        (Tabel(Notificatie, Notificatie.eigenaar, Notificatie.op),),
        wisbaar=True,
    ),
    Soort(
        "bezoeken",
        N_("Wanneer u een zaak bekeek"),
        N_("Om te laten zien wat er sinds uw vorige bezoek nieuw is."),
        N_("1 jaar."),
        (Tabel(Zaakbezoek, Zaakbezoek.pseudoniem, Zaakbezoek.bezocht_op),),
        wisbaar=True,
    ),
    Soort(
        "berichten",
        N_("Welke berichten u las"),
        N_("Om te bewijzen dat een bericht is gelezen."),
        N_("5 jaar."),
        (Tabel(GelezenBericht, GelezenBericht.eigenaar, GelezenBericht.gelezen_op),),
        uitleg=N_("Aan het lezen van een bericht kan een termijn vastzitten."),
    ),
    Soort(
        "mails",
        N_("Mails die wij u stuurden"),
        N_("Om te merken dat een mail niet aankwam. Wat erin stond, bewaren wij niet."),
        N_("90 dagen."),
        (Tabel(Mail, Mail.eigenaar, Mail.aangemaakt_op),),
        uitleg=N_("Zonder dit weten wij niet of u een brief moet krijgen."),
    ),
    Soort(
        "dossiers",
        N_("Het dossier dat u maakte"),
        N_("Zodat u het kunt ophalen."),
        N_("24 uur."),
        (Tabel(Dossier, Dossier.eigenaar, Dossier.aangemaakt_op),),
        pagina="dossier:show",
    ),
    Soort(
        "sessies",
        N_("Waar u bent ingelogd"),
        N_("Om te weten dat u het bent."),
        N_("Tot u uitlogt, en hoogstens 2 uur."),
        (
            Tabel(Sessie, Sessie.pseudoniem, Sessie.aangemaakt_op),
            Tabel(Inlogpoging, Inlogpoging.pseudoniem, Inlogpoging.verloopt_op),
        ),
        pagina="gegevens:show",
    ),
    Soort(
        "bekenden",
        N_("Dat u hier eerder inlogde"),
        N_("Om u te kunnen laten weten dat er iets verandert in uw zaak."),
        N_("Tot 2 jaar na uw laatste bezoek."),
        (Tabel(Bekende, Bekende.eigenaar, Bekende.gezien_op),),
        uitleg=N_("Zonder dit kunnen wij u geen bericht sturen over uw zaken."),
    ),
    Soort(
        "verwerkingen",
        N_("Wie keek in uw gegevens"),
        N_("Zodat u en wij kunnen nagaan wat er met uw gegevens is gebeurd."),
        N_("2 jaar."),
        (Tabel(Verwerking, Verwerking.eigenaar, Verwerking.op),),
        uitleg=N_("Dit is bewijs. Niemand kan er iets uit wissen, ook wij niet."),
    ),
)


@dataclass(frozen=True, slots=True)
class Bewaard:
    """How much of one kind there is, and from when."""

    soort: Soort
    aantal: int
    oudste: datetime | None
    nieuwste: datetime | None


async def overzicht(db: Sessionmaker, wie: Wie) -> tuple[Bewaard, ...]:
    """Every kind, also those of which there is nothing."""
    gevonden = []
    async with db() as session:
        for soort in SOORTEN:
            tellingen = []
            for tabel in soort.tabellen:
                vraag = select(func.count(), func.min(tabel.op), func.max(tabel.op)).where(*tabel.rijen(wie))
                tellingen.append((await session.execute(vraag)).one())
            oudste = [eerste for _aantal, eerste, _laatste in tellingen if eerste is not None]
            nieuwste = [laatste for _aantal, _eerste, laatste in tellingen if laatste is not None]
            gevonden.append(
                Bewaard(
                    soort,
                    sum(aantal for aantal, _eerste, _laatste in tellingen),
                    min(oudste, default=None),
                    max(nieuwste, default=None),
                )
            )
    return tuple(gevonden)


def wisbaar(sleutel: str) -> Soort:
    """Raises: NotFound when there is no such kind, or it may not be removed here."""
    soort = next((soort for soort in SOORTEN if soort.sleutel == sleutel and soort.wisbaar), None)
    if soort is None:
        raise NotFound("soort bestaat niet, of mag hier niet weg")
    return soort


async def wis(db: Sessionmaker, wie: Wie, soort: Soort) -> None:
    """Remove all of this kind that is of this person. Files of a concept go with the next round of bewaren."""
    async with db.begin() as session:
        for tabel in soort.tabellen:
            weg = delete(tabel.tabel).where(*tabel.rijen(wie))
            await session.execute(weg.execution_options(synchronize_session=False))
