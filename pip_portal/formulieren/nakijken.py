"""`pip-portal formulier check`: everything that is wrong with the forms, a line each."""

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pip_portal.backoffice.bronnen import TransportFor, open_bron
from pip_portal.backoffice.catalogus import Catalogus
from pip_portal.backoffice.samen import together
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.laden import DefinitieFouten, Formulieren
from pip_portal.formulieren.lint import Bevinding, lint
from pip_portal.formulieren.upl import lees_upl
from pip_portal.formulieren.yaml import bedoelde_u, plek_van
from pip_portal.settings import Settings
from pip_portal.tijd import vandaag

CODE = "Z01"  # what the catalogue does not know


def nakijken(map: Path, upl: Path | None) -> tuple[list[str], bool]:
    """The lines, and whether one of them is a fault. Warnings alone are no fault."""
    try:
        formulieren = Formulieren.lees(map)
    except DefinitieFouten as exc:
        return list(exc.regels), True
    bevindingen = lint(formulieren, lees_upl(upl) if upl else None, vandaag())
    return [str(b) for b in bevindingen], any(b.niveau == "fout" for b in bevindingen)


async def nakijken_in_catalogus(
    map: Path, settings: Settings, transport_for: TransportFor | None = None
) -> tuple[list[str], bool]:
    """Names in the forms that the catalogue of the backoffice does not know."""
    formulieren = Formulieren.lees(map)
    bronnen = {b.bron: open_bron(b, settings.catalogus_cache, transport_for) for b in settings.backoffices}
    try:
        regels: list[str] = []
        for formulier in formulieren.alle():
            if formulier.is_verwijzing:
                continue
            namen = [formulier.zaak.bron] if formulier.zaak.bron else list(bronnen)
            catalogi = [bronnen[naam].catalogus for naam in namen if naam in bronnen]
            regels += [str(b) for b in await _een(formulier, formulieren, catalogi)]
        return regels, bool(regels)
    finally:
        for bron in bronnen.values():
            await together(verbinding.close() for verbinding in bron.verbindingen)


async def _een(formulier: Formulier, formulieren: Formulieren, catalogi: list[Catalogus]) -> list[Bevinding]:
    data, zaak = formulieren.data[formulier.formulier], formulier.zaak

    def fout(zin: str, *pad: int | str) -> Bevinding:
        return Bevinding(plek_van(data, pad), CODE, zin)

    try:
        catalogus, zaaktype = await _zaaktype(catalogi, zaak.zaaktype, vandaag())
        eigenschappen, roltypen, statustypen, documenttypen = await asyncio.gather(
            catalogus.eigenschappen(zaaktype),
            catalogus.roltypen(zaaktype),
            catalogus.statustypen(zaaktype),
            catalogus.informatieobjecttypen(),
        )
    except NotFound:
        return [fout(f"zaaktype '{zaak.zaaktype}' geldt vandaag niet in de catalogus", "zaak", "zaaktype")]
    except (BackofficeUnavailable, BackofficeDefect) as exc:
        return [fout(f"de catalogus is niet te lezen ({exc})", "zaak", "zaaktype")]
    gevonden = []
    if not statustypen:
        gevonden.append(fout(f"zaaktype '{zaak.zaaktype}' heeft geen statustypen", "zaak", "zaaktype"))
    for soort, naam, pad, bekend in _te_zoeken(
        formulier,
        {e.naam for e in eigenschappen},
        {naam for rol in roltypen for naam in (rol.omschrijving, rol.omschrijving_generiek)},
        {d.omschrijving for d in documenttypen},
    ):
        if naam.casefold() not in {ander.casefold() for ander in bekend}:
            gevonden.append(fout(f"{soort} '{naam}' staat niet in de catalogus{bedoelde_u(naam, bekend)}", *pad))
    for nummer, deelzaak in enumerate(zaak.deelzaken):
        try:
            await catalogus.zaaktype_op(deelzaak.zaaktype, vandaag())
        except NotFound:
            zin = f"zaaktype '{deelzaak.zaaktype}' geldt vandaag niet in de catalogus"
            gevonden.append(fout(zin, "zaak", "deelzaken", nummer, "zaaktype"))
    return gevonden


async def _zaaktype(catalogi: list[Catalogus], identificatie: str, dag: date) -> tuple[Catalogus, str]:
    """Raises: NotFound when no backoffice has it."""
    for catalogus in catalogi:
        try:
            return catalogus, (await catalogus.zaaktype_op(identificatie, dag)).url
        except NotFound:
            continue
    raise NotFound(f"zaaktype {identificatie}")


def _te_zoeken(
    formulier: Formulier, eigenschappen: set[str], roltypen: set[str], documenttypen: set[str]
) -> Iterator[tuple[str, str, tuple[int | str, ...], set[str]]]:
    """What kind of thing, its name, where it stands in the file, and what there is."""
    zaak = formulier.zaak
    for naam in zaak.eigenschappen:
        yield "eigenschap", naam, ("zaak", "eigenschappen", naam), eigenschappen
    for nummer, rol in enumerate(zaak.rollen):
        yield "roltype", rol.roltype, ("zaak", "rollen", nummer, "roltype"), roltypen
    for nummer, tekenen in enumerate(formulier.ondertekening):
        yield "roltype", tekenen.roltype, ("ondertekening", nummer, "roltype"), roltypen
    yield "roltype", "initiator", ("zaak",), roltypen
    yield "informatieobjecttype", zaak.samenvatting, ("zaak", "samenvatting"), documenttypen
    for pagina, stap in enumerate(formulier.stappen):
        for nummer, veld in enumerate(stap.velden):
            plek: tuple[int | str, ...] = ("stappen", pagina, "velden", nummer)
            for pad, eigen in _met_binnen(plek, veld):
                if eigen.type == "bestand" and eigen.informatieobjecttype:
                    yield (
                        "informatieobjecttype",
                        eigen.informatieobjecttype,
                        (*pad, "informatieobjecttype"),
                        documenttypen,
                    )


def _met_binnen(pad: tuple[int | str, ...], veld: Any) -> Iterator[tuple[tuple[int | str, ...], Any]]:
    yield pad, veld
    for nummer, eigen in enumerate(getattr(veld, "velden", ())):
        yield (*pad, "velden", nummer), eigen
