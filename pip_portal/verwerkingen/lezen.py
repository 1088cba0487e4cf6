"""Who looked at whose data, for the person self: grouped per day so that it can be read."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, extract, func, select

from pip_portal.backoffice.brp import NAAM as BRP
from pip_portal.backoffice.kvk import NAAM as KVK
from pip_portal.db import Sessionmaker
from pip_portal.taal import N_, _, ngettext
from pip_portal.tables import Verwerking
from pip_portal.verwerkingen.activiteiten import activiteiten, overig

PER_PAGINA: Final = 40  # lines
LIDWOORD: Final = {
    BRP: N_("de Basisregistratie Personen"),
    KVK: N_("het Handelsregister"),
}  # in a sentence


@dataclass(frozen=True, slots=True)
class Inzageregel:
    """aantal times on this day the same, first and last at."""

    dag: date
    activiteit: str
    bronnen: tuple[str, ...]
    rol: str
    aantal: int
    eerste: datetime
    laatste: datetime

    @property
    def zin(self) -> str:
        """What happened and why, in plain words."""
        bij = " " + _("en") + " "
        namen = [_(LIDWOORD.get(bron, bron)) for bron in self.bronnen]
        bronnen = ", ".join(namen[:-1]) + bij + namen[-1] if len(namen) > 1 else namen[0]
        register = activiteiten()
        omdat = register.get(self.activiteit, register[overig()]).omdat
        return _("Het portaal haalde uw gegevens op bij {bronnen}, omdat {omdat}.").format(bronnen=bronnen, omdat=omdat)

    @property
    def wie(self) -> str:
        """Who it was for; empty when the person did it self."""
        return {
            "medewerker": _("Door een medewerker van de gemeente, die u hielp."),
            "gemachtigde": _("Door iemand die voor u mag regelen."),
            "portaal": _("Door het portaal zelf, op de achtergrond."),
        }.get(self.rol, "")

    @property
    def keer(self) -> str:
        return ngettext("%(num)d keer", "%(num)d keer", self.aantal) % {"num": self.aantal}


@dataclass(frozen=True, slots=True)
class Inzage:
    """regels: newest first. jaren: every year of which there is something."""

    regels: tuple[Inzageregel, ...]
    pagina: int
    paginas: int
    jaren: tuple[int, ...]

    @property
    def dagen(self) -> dict[date, list[Inzageregel]]:
        per_dag: dict[date, list[Inzageregel]] = {}
        for regel in self.regels:
            per_dag.setdefault(regel.dag, []).append(regel)
        return per_dag


async def inzage(
    db: Sessionmaker, eigenaar: str, *, jaar: int | None = None, activiteit: str = "", pagina: int = 1
) -> Inzage:
    """One page of the log of this eigenaar (keyed hash)."""
    welke: list[ColumnElement[bool]] = [Verwerking.eigenaar == eigenaar]
    if jaar is not None:
        welke.append(Verwerking.dag.between(date(jaar, 1, 1), date(jaar, 12, 31)))
    if activiteit:
        welke.append(Verwerking.activiteit == activiteit)
    samen = (Verwerking.dag, Verwerking.activiteit, Verwerking.bronnen, Verwerking.rol)
    groepen = (
        select(
            *samen,
            func.count().label("aantal"),
            func.min(Verwerking.op).label("eerste"),
            func.max(Verwerking.op).label("laatste"),
        )
        .where(and_(*welke))
        .group_by(*samen)
    )
    jaar_van = extract("year", Verwerking.dag)
    async with db() as session:
        aantal = await session.scalar(select(func.count()).select_from(groepen.subquery())) or 0
        paginas = max(1, -(-aantal // PER_PAGINA))
        pagina = min(pagina, paginas)
        volgorde = groepen.order_by(Verwerking.dag.desc(), func.max(Verwerking.op).desc(), Verwerking.activiteit)
        rijen = (await session.execute(volgorde.limit(PER_PAGINA).offset((pagina - 1) * PER_PAGINA))).all()
        jaren = await session.scalars(
            select(jaar_van).where(Verwerking.eigenaar == eigenaar).distinct().order_by(jaar_van.desc())
        )
        alle = tuple(int(gevonden) for gevonden in jaren)
    regels = tuple(
        Inzageregel(r.dag, r.activiteit, tuple(json.loads(r.bronnen)), r.rol, r.aantal, r.eerste, r.laatste)
        for r in rijen
    )
    return Inzage(regels, pagina, paginas, alle)
