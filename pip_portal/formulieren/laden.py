"""Reading all definitions: every fault of every file in one list, and nothing half loaded."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, get_args

from fastapi import Depends, Request
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from pip_portal.db import Sessionmaker
from pip_portal.errors import NotFound
from pip_portal.formulieren import versies
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.eerder import bezwaar, is_eerder
from pip_portal.formulieren.namen import Brondefinitie, Namen
from pip_portal.formulieren.tarieven import Tariefregel, Tarieven
from pip_portal.formulieren.teksten import Deel
from pip_portal.formulieren.veldtypen.groep import EenVeld
from pip_portal.formulieren.verwijzingen import controleer
from pip_portal.formulieren.yaml import (
    Fout,
    Kaart,
    Lijst,
    Plek,
    YamlFout,
    bedoelde_u,
    lees,
    plek_van,
    vervang,
    zonder,
)

DELEN = "_delen.yaml"
STAPSLEUTELS = ("onderdeel", "stop_als")
VERPLICHT = ("stappen", "toegang", "termijn", "zaak", "bewaren", "start", "bevestiging")
VERBODEN_STAPPEN = ("controleren", "ontvangen", "stoppen", "bestanden", "kopie.pdf", "betalen", "verwijderen", "nieuw")
# Our words for what the validator says; {…} comes from the error.
ZINNEN = {
    "missing": "'{sleutel}' ontbreekt; voeg deze sleutel toe",
    "string_type": "hier hoort tekst; zet er dubbele aanhalingstekens omheen",
    "int_type": "hier hoort een heel getal, zonder aanhalingstekens",
    "bool_type": "hier hoort true of false",
    "tuple_type": "hier hoort een lijst, bijvoorbeeld [een, twee]",
    "dict_type": "hier hoort een blok met sleutels, bijvoorbeeld {{nl: …, en: …}}",
    "model_type": "hier hoort een blok met sleutels, bijvoorbeeld {{nl: …, en: …}}",
    "model_attributes_type": "hier hoort een blok met sleutels",
    "too_short": "hier hoort minstens {min_length} ding te staan",
    "too_long": "hier mogen maximaal {max_length} dingen staan",
    "string_too_long": "maximaal {max_length} tekens",
    "string_pattern_mismatch": "dit heeft niet de goede vorm ({pattern})",
    "greater_than_equal": "dit is minstens {ge}",
    "less_than_equal": "dit is hoogstens {le}",
    "date_type": "schrijf een datum als 2026-01-31",
    "decimal_type": "hier hoort een getal",
    "union_tag_not_found": "'type' ontbreekt; kies wat voor vraag dit is",
}


class DefinitieFouten(Exception):
    """Definitions that cannot be used: a line per fault."""

    def __init__(self, fouten: Iterable[Fout]) -> None:
        self.fouten = tuple(sorted(set(fouten)))
        self.regels = tuple(str(fout) for fout in self.fouten)
        super().__init__("\n".join(self.regels))


class Formulieren:
    """All forms, their tariffs and their sources; of old versions too, once bewaar_versies has run."""

    def __init__(
        self,
        formulieren: Mapping[str, Formulier],
        tarieven: Tarieven,
        bronnen: Mapping[str, Brondefinitie],
        data: Mapping[str, Kaart] | None = None,
    ) -> None:
        self._huidig = dict(formulieren)
        self._oud: dict[tuple[str, int], Formulier] = {}
        self.tarieven = tarieven
        self.bronnen = dict(bronnen)
        self.data = dict(data or {})
        self.slugs = tuple(sorted(self._huidig))

    @classmethod
    def lees(cls, map: Path) -> "Formulieren":
        """Raises: DefinitieFouten with the faults of all files."""
        bestanden = sorted([*map.glob("*.yaml"), *(map / "formulieren").glob("*.yaml")])
        lezer = _gelezen(map, tuple((pad, pad.stat().st_mtime_ns) for pad in bestanden))
        if lezer.fouten:
            raise DefinitieFouten(lezer.fouten)
        return cls(lezer.formulieren, lezer.tarieven, lezer.bronnen, lezer.data)

    def get(self, slug: str) -> Formulier:
        """The newest version. Raises: NotFound."""
        if slug not in self._huidig:
            raise NotFound(f"formulier {slug}")
        return self._huidig[slug]

    def versie(self, slug: str, versie: int) -> Formulier:
        """That version, for who is already busy with it. Raises: NotFound."""
        huidig = self._huidig.get(slug)
        if huidig is not None and huidig.versie == versie:
            return huidig
        if (slug, versie) not in self._oud:
            raise NotFound(f"formulier {slug} versie {versie}")
        return self._oud[slug, versie]

    def alle(self) -> tuple[Formulier, ...]:
        return tuple(self._huidig[slug] for slug in self.slugs)

    def niveaus(self) -> dict[tuple[bool, str], int]:
        """Level of login per kind of zaak, for a company (True) or a person: what the strictest of its forms asks."""
        nodig: dict[tuple[bool, str], int] = {}
        for formulier in (self.get(slug) for slug in self.slugs):
            if formulier.zaak is None or formulier.toegang.anoniem:
                continue
            deelzaken = (deel.zaaktype for deel in formulier.zaak.deelzaken)
            for zaaktype in (formulier.zaak.zaaktype, *deelzaken):
                for bedrijf, niveau in (
                    (False, formulier.toegang.niveau_digid),
                    (True, formulier.toegang.niveau_eherkenning),
                ):
                    nodig[bedrijf, zaaktype] = max(niveau, nodig.get((bedrijf, zaaktype), 0))
        return nodig

    async def bewaar_versies(self, db: Sessionmaker) -> None:
        """Store what is new, and load the older versions that a concept may still use.

        Raises: DefinitieFouten when the questions of a version changed without a higher `versie`.
        """
        gewijzigd, self._oud = await versies.bewaar(db, self._huidig)
        if gewijzigd:
            raise DefinitieFouten(
                Fout(
                    plek_van(self.data[slug], ("versie",)) if slug in self.data else Plek(f"{slug}.yaml"),
                    f"de vragen van '{slug}' zijn veranderd, maar 'versie' is nog {self._huidig[slug].versie}; "
                    f"maak daar {self._huidig[slug].versie + 1} van",
                )
                for slug in gewijzigd
            )


class _Lezer:
    def __init__(self, map: Path) -> None:
        self.fouten: list[Fout] = []
        self.formulieren: dict[str, Formulier] = {}
        self.data: dict[str, Kaart] = {}
        self.tarieven = Tarieven(self._los(map / "tarieven.yaml", tuple[Tariefregel, ...]))
        self.bronnen: dict[str, Brondefinitie] = self._los(map / "bronnen.yaml", Brondefinitie)
        paden = sorted((map / "formulieren").glob("*.yaml"))
        delen = next((self._kaart(pad) for pad in paden if pad.name == DELEN), None)
        self.delen = delen if delen is not None else Kaart()
        for pad in paden:
            if pad.name != DELEN:
                self._formulier(pad)
        if not any(pad.name != DELEN for pad in paden):
            self.fouten.append(Fout(Plek(str(map)), "hier staan geen definities (formulieren/<naam>.yaml)"))
        self._naar_elkaar()

    def _kaart(self, pad: Path) -> Kaart | None:
        try:
            return lees(pad)
        except YamlFout as exc:
            self.fouten.append(exc.fout)
        except FileNotFoundError:
            self.fouten.append(Fout(Plek(pad.name), "dit bestand ontbreekt; maak het, desnoods met één regel"))
        return None

    def _los(self, pad: Path, soort: Any) -> dict[str, Any]:
        """A file with a value of this kind under each name."""
        data = self._kaart(pad)
        gevonden: dict[str, Any] = {}
        for naam in data or ():
            assert data is not None  # noqa: S101  the loop
            try:
                gevonden[naam] = TypeAdapter(soort).validate_python(data[naam])
            except ValidationError as exc:
                self.fouten += [_als_fout(fout, data, (naam,)) for fout in exc.errors(include_url=False)]
        return gevonden

    def _formulier(self, pad: Path) -> None:
        data = self._kaart(pad)
        if data is None:
            return
        vooraf = len(self.fouten)
        data = self._uitgewerkt(data)
        try:
            formulier = Formulier.model_validate(data)
        except ValidationError as exc:
            self.fouten += [_als_fout(fout, data, ()) for fout in exc.errors(include_url=False)]
            return
        if len(self.fouten) > vooraf:
            return
        self.fouten += list(_eisen(formulier, data, pad.stem))
        self.fouten += controleer(formulier, Namen(formulier, self.bronnen), self.tarieven, data)
        self.formulieren[pad.stem], self.data[pad.stem] = formulier, data

    # ---- short forms, written out ---------------------------------------------------------------------------

    def _uitgewerkt(self, data: Kaart) -> Kaart:
        stappen = data.get("stappen")
        if not isinstance(stappen, Lijst):
            return data
        nieuw = Lijst(self._stap(stap, data) if isinstance(stap, Kaart) else stap for stap in stappen)
        nieuw.plek, nieuw.waarden = stappen.plek, stappen.waarden
        return vervang(data, stappen=nieuw)

    def _stap(self, stap: Kaart, data: Kaart) -> Kaart:
        if "veld" in stap and "stap" not in stap:
            return _korte_stap(stap)
        if "gebruik" in stap:
            return self._gebruik(stap)
        if "uit_voorcheck" in stap:
            return self._uit_voorcheck(stap, data)
        return stap

    def _gebruik(self, stap: Kaart) -> Kaart:
        naam, deel = stap["gebruik"], self.delen.get(str(stap["gebruik"]))
        if not isinstance(deel, Kaart):
            zin = f"'{naam}' staat niet in {DELEN}{bedoelde_u(str(naam), self.delen)}"
            self.fouten.append(Fout(stap.waarden["gebruik"], zin))
            return zonder(stap, "gebruik")
        samen = vervang(deel, **zonder(stap, "gebruik"))
        for sleutel in stap:
            samen.sleutels[sleutel], samen.waarden[sleutel] = stap.sleutels[sleutel], stap.waarden[sleutel]
        samen.plek = stap.plek
        return samen

    def _uit_voorcheck(self, stap: Kaart, data: Kaart) -> Kaart:
        voorcheck = data.get("voorcheck")
        velden = {
            veld.get("veld"): veld
            for veld in (voorcheck.get("velden", ()) if isinstance(voorcheck, Kaart) else ())
            if isinstance(veld, Kaart)
        }
        namen = stap["uit_voorcheck"]
        if not isinstance(namen, Lijst):
            return stap
        for nummer, naam in enumerate(namen):
            if naam not in velden:
                zin = f"'{naam}' is geen vraag van de voorcheck{bedoelde_u(str(naam), velden)}"
                self.fouten.append(Fout(namen.waarden[nummer], zin))
        eigen = stap.get("velden", ())
        gekozen = Lijst([*(velden[naam] for naam in namen if naam in velden), *eigen])
        gekozen.plek = namen.plek
        gekozen.waarden = {nummer: getattr(veld, "plek", namen.plek) for nummer, veld in enumerate(gekozen)}
        samen = vervang(stap, velden=gekozen)
        samen.waarden["velden"] = samen.sleutels["velden"] = namen.plek
        return samen

    def _naar_elkaar(self) -> None:
        """Forms that send someone to another form, or propose what was answered there: that must be possible."""
        for slug, formulier in self.formulieren.items():
            for veld in formulier.alle_velden():
                if is_eerder(veld.bron) and (zin := bezwaar(formulier, veld, self.formulieren)):
                    self.fouten.append(Fout(self._plek_van_bron(slug, veld), zin))
            for nummer, uitkomst in enumerate(formulier.voorcheck.uitkomsten if formulier.voorcheck else ()):
                if uitkomst.naar and uitkomst.naar not in self.formulieren:
                    plek = plek_van(self.data[slug], ("voorcheck", "uitkomsten", nummer, "naar"))
                    zin = f"formulier '{uitkomst.naar}' bestaat niet{bedoelde_u(uitkomst.naar, self.formulieren)}"
                    self.fouten.append(Fout(plek, zin))

    def _plek_van_bron(self, slug: str, veld: Any) -> Plek:
        data = self.data[slug]
        for pagina, stap in enumerate(self.formulieren[slug].stappen):
            for nummer, eigen in enumerate(stap.velden):
                if eigen is veld:
                    return plek_van(data, ("stappen", pagina, "velden", nummer, "bron"))
        return plek_van(data, ("stappen",))


@lru_cache(maxsize=2)
def _gelezen(map: Path, _stand: tuple[tuple[Path, int], ...]) -> _Lezer:
    """Read once for each state of the files."""
    return _Lezer(map)


def _korte_stap(stap: Kaart) -> Kaart:
    """A question that is a page of its own."""
    veld = zonder(stap, *STAPSLEUTELS, "toon_als")
    velden = Lijst([veld])
    velden.plek, velden.waarden = stap.plek, {0: stap.plek}
    waarden = {sleutel: stap[sleutel] for sleutel in (*STAPSLEUTELS, "toon_als") if sleutel in stap}
    lang = Kaart({"stap": str(stap["veld"]).replace("_", "-"), "velden": velden, **waarden})
    lang.plek, lang.sleutels, lang.waarden = stap.plek, dict(stap.sleutels), dict(stap.waarden)
    lang.sleutels["stap"] = lang.waarden["stap"] = stap.waarden["veld"]
    lang.sleutels["velden"] = lang.waarden["velden"] = stap.plek
    return lang


# ---- faults in words ---------------------------------------------------------------------------------------


def _alle_sleutels() -> set[str]:
    gevonden: set[str] = set()
    rand: list[type[Deel]] = [Deel]
    while rand:
        soort = rand.pop()
        gevonden |= {veld.alias or naam for naam, veld in soort.model_fields.items()}
        rand += soort.__subclasses__()
    return gevonden | {"gebruik", "uit_voorcheck"}


def _als_fout(fout: ErrorDetails, data: Kaart, vooraf: tuple[int | str, ...]) -> Fout:
    pad = (*vooraf, *fout["loc"])
    soort, meer = fout["type"], dict(fout.get("ctx", {}))
    sleutel = str(pad[-1]) if pad else ""
    plek = plek_van(data, pad)
    if soort == "extra_forbidden":
        return Fout(plek, f"'{sleutel}' bestaat hier niet{bedoelde_u(sleutel, _alle_sleutels())}")
    if soort == "literal_error":
        mag = re.findall(r"'([^']*)'", str(meer["expected"]))
        return Fout(plek, f"kies uit {', '.join(mag)}{bedoelde_u(str(fout['input']), mag)}")
    if soort == "union_tag_invalid":
        mag = re.findall(r"'([^']*)'", str(meer["expected_tags"]))
        return Fout(plek, f"type '{meer['tag']}' bestaat niet{bedoelde_u(str(meer['tag']), mag)}")
    if soort == "value_error":
        return Fout(plek, fout["msg"].removeprefix("Value error, "))
    zin = ZINNEN.get(soort)
    return Fout(plek, zin.format(sleutel=sleutel, **meer) if zin else f"{sleutel}: {fout['msg']}")


def _eisen(formulier: Formulier, data: Kaart, slug: str) -> Iterable[Fout]:
    """What one key asks of another."""

    def fout(zin: str, *pad: int | str) -> Fout:
        return Fout(plek_van(data, pad), zin)

    if formulier.formulier != slug:
        yield fout(f"de naam is hetzelfde als die van het bestand: {slug}", "formulier")
    if formulier.verwijzing is not None:
        if formulier.stappen:
            yield fout("met een verwijzing heeft een product geen vragen; haal stappen of verwijzing weg", "stappen")
        return
    for sleutel in VERPLICHT:
        if sleutel not in formulier.model_fields_set:
            yield fout(f"'{sleutel}' ontbreekt; voeg deze sleutel toe")
    yield from _toegang(formulier, fout)
    if not set(formulier.start.kanalen) - {"online"}:
        yield fout("noem minstens één ander kanaal dan online", "start", "kanalen")
    if formulier.bewaren.concept_dagen > 90:
        yield fout("een concept blijft hoogstens 90 dagen staan", "bewaren", "concept")
    if not formulier.zaak.zaaktype:
        yield fout("'zaaktype' ontbreekt; noem de identificatie van het zaaktype", "zaak")
    for nummer, stap in enumerate(formulier.stappen):
        if not stap.velden:
            yield fout("deze pagina heeft geen vragen; geef velden, gebruik of uit_voorcheck", "stappen", nummer)
        if stap.stap in VERBODEN_STAPPEN:
            yield fout(f"'{stap.stap}' is een adres van het portaal; kies een andere naam", "stappen", nummer, "stap")
        if formulier.vorm == "takenlijst" and stap.onderdeel is None:
            yield fout("bij een takenlijst hoort op elke pagina een onderdeel", "stappen", nummer)


def _toegang(formulier: Formulier, fout: Any) -> Iterable[Fout]:
    toegang, doelgroep = formulier.toegang, formulier.product.doelgroep
    if "burger" in doelgroep and not (toegang.digid or toegang.anoniem):
        yield fout("voor een burger hoort hier digid: of anoniem: true", "toegang")
    if "bedrijf" in doelgroep and not (toegang.eherkenning or toegang.anoniem):
        yield fout("voor een bedrijf hoort hier eherkenning: of anoniem: true", "toegang")
    if "gemachtigde" in toegang.wie and not toegang.dienst:
        yield fout("voor een gemachtigde hoort hier dienst: de code in het machtigingenregister", "toegang")


VELDTYPEN: tuple[str, ...] = tuple(
    get_args(soort.model_fields["type"].annotation)[0] for soort in get_args(get_args(EenVeld)[0])
)


def get_formulieren(request: Request) -> Formulieren:
    formulieren: Formulieren = request.app.state.formulieren
    return formulieren


FormulierenDep = Annotated[Formulieren, Depends(get_formulieren)]
