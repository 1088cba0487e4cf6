"""Everything in a form that names something else: it must exist, be known by then, and be of a kind that fits."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pip_portal.formulieren import berekenen
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.eerder import is_eerder
from pip_portal.formulieren.namen import EINDE, Naam, Namen, Positie, uitkomsten
from pip_portal.formulieren.regels import REGELS
from pip_portal.formulieren.tarieven import Tarieven
from pip_portal.formulieren.teksten import Deel, Tekst
from pip_portal.formulieren.veldtypen.groep import GroepVeld
from pip_portal.formulieren.voorwaarden import (
    MAG,
    MAX_DIEPTE,
    MAX_KNOPEN,
    Alle,
    EenVan,
    Niet,
    OverGroep,
    Soort,
    Vergelijking,
    Verwijzing,
    literaal,
    omvang,
)
from pip_portal.formulieren.yaml import Fout, Kaart, bedoelde_u, plek_van
from pip_portal.tijd import vandaag

Pad = tuple[int | str, ...]
PLAATSHOUDER = re.compile(r"\{([^{}]*)\}")
VASTE_PLAATSHOUDERS = {"termijn.wettelijk", "termijn.service", "ondertekening.uiterlijk", "nummer"}
IN_FOUT = {"min", "max", "aantal", "geen"}
ONTHULT: tuple[Soort, ...] = ("keuze", "meerkeuze", "janee")


def controleer(formulier: Formulier, namen: Namen, tarieven: Tarieven, data: Kaart) -> list[Fout]:
    """Every name in the form that is wrong, with the place of it."""
    return Verwijzingen(formulier, namen, tarieven, data).fouten


def teksten_in(deel: Any, pad: Pad = ()) -> Iterator[tuple[Pad, Tekst]]:
    """Every text of a definition, with the path to it."""
    if isinstance(deel, Tekst):
        yield pad, deel
        if getattr(deel, "hint", None):
            yield (*pad, "hint"), deel.hint  # type: ignore[attr-defined]  # an Optie
    elif isinstance(deel, Deel):
        for naam in type(deel).model_fields:
            yield from teksten_in(getattr(deel, naam), (*pad, naam))
    elif isinstance(deel, dict):
        for naam, waarde in deel.items():
            yield from teksten_in(waarde, (*pad, naam))
    elif isinstance(deel, tuple):
        for nummer, waarde in enumerate(deel):
            yield from teksten_in(waarde, (*pad, nummer))


class Verwijzingen:
    def __init__(self, formulier: Formulier, namen: Namen, tarieven: Tarieven, data: Kaart) -> None:
        self.formulier, self.namen, self.tarieven, self.data = formulier, namen, tarieven, data
        self.fouten: list[Fout] = []
        self._unieke_namen()
        self._voorcheck()
        self._stappen()
        self._berekend()
        self._afhandeling()
        self._teksten()

    def fout(self, pad: Pad, zin: str) -> None:
        self.fouten.append(Fout(plek_van(self.data, pad), zin))

    # ---- names --------------------------------------------------------------------------------------------

    def _unieke_namen(self) -> None:
        gezien: set[str] = set()
        for pagina, stap in enumerate(self.formulier.stappen):
            if stap.stap in {eerder.stap for eerder in self.formulier.stappen[:pagina]}:
                self.fout(("stappen", pagina, "stap"), f"er is al een pagina '{stap.stap}'; geef deze een andere naam")
            for nummer, veld in enumerate(stap.velden):
                pad: Pad = ("stappen", pagina, "velden", nummer)
                binnen = [((*pad, "velden", n), v) for n, v in enumerate(getattr(veld, "velden", ()))]
                for plek, eigen in [(pad, veld), *binnen]:
                    if eigen.veld in gezien:
                        self.fout((*plek, "veld"), f"'{eigen.veld}' bestaat al; geef deze vraag een andere naam")
                    gezien.add(eigen.veld)

    def naam(self, naam: str, pad: Pad, tot: Positie = EINDE, groep: str = "") -> Naam | None:
        """The name, when it exists and is known there; else a fault is noted. tot: it must be known before this."""
        gevonden = self.namen.zoek(naam)
        if gevonden is None:
            self.fout(pad, f"'{naam}' bestaat niet{bedoelde_u(naam, self.namen.alle())}")
            return None
        if gevonden.groep and gevonden.groep != groep:
            self.fout(
                pad, f"'{naam}' hoort bij groep '{gevonden.groep}'; vraag ernaar met groep: en minstens_een: of elk:"
            )
            return None
        if gevonden.positie > tot:
            self.fout(pad, f"'{naam}' wordt pas later gevraagd; zet die vraag op een eerdere pagina")
        return gevonden

    # ---- conditions ---------------------------------------------------------------------------------------

    def voorwaarde(
        self, voorwaarde: Any, pad: Pad, tot: Positie, groep: str = "", zelfde: Positie | None = None
    ) -> None:
        """zelfde: place of the question whose condition this is; before it on the page only a choice may decide."""
        if voorwaarde is None:
            return
        diep, knopen = omvang(voorwaarde)
        if diep > MAX_DIEPTE or knopen > MAX_KNOPEN:
            self.fout(pad, f"deze voorwaarde is te groot (hoogstens {MAX_DIEPTE} diep en {MAX_KNOPEN} delen)")
        self._boom(voorwaarde, pad, tot, groep, zelfde)

    def _boom(self, deel: Any, pad: Pad, tot: Positie, groep: str, zelfde: Positie | None) -> None:
        if isinstance(deel, (Alle, EenVan)):
            naam = "alle" if isinstance(deel, Alle) else "een_van"
            for nummer, kind in enumerate(getattr(deel, naam)):
                self._boom(kind, (*pad, naam, nummer), tot, groep, zelfde)
        elif isinstance(deel, Niet):
            self._boom(deel.niet, (*pad, "niet"), tot, groep, zelfde)
        elif isinstance(deel, OverGroep):
            gevonden = self.naam(deel.groep, (*pad, "groep"), tot)
            if gevonden and not isinstance(gevonden.veld, GroepVeld):
                self.fout((*pad, "groep"), f"'{deel.groep}' is geen groep")
            elif gevonden:
                naam = "minstens_een" if deel.minstens_een is not None else "elk"
                self._boom(deel.binnen, (*pad, naam), (gevonden.positie[0], EINDE[0]), deel.groep, None)
        else:
            self._vergelijking(deel, pad, tot, groep, zelfde)

    def _vergelijking(self, v: Vergelijking, pad: Pad, tot: Positie, groep: str, zelfde: Positie | None) -> None:
        gevonden = self.naam(v.veld, (*pad, "veld"), tot, groep)
        if gevonden is None:
            return
        if zelfde and gevonden.positie[0] == zelfde[0] and (gevonden.soort not in ONTHULT or "." in v.veld):
            self.fout(
                (*pad, "veld"),
                f"'{v.veld}' staat op dezelfde pagina; alleen een keuze, meerkeuze of janee mag daar een vraag tonen",
            )
        operator, operand = v.operator, v.operand
        if operator in MAG and gevonden.soort not in MAG[operator]:
            self.fout(pad, f"'{v.veld}' is een {gevonden.soort}; daarmee kan '{operator}' niet")
            return
        if operator == "bevat":
            self._waarde(operand, gevonden, (*pad, "bevat"))
        elif operator in ("aantal_minstens", "aantal_hoogstens", "ingevuld"):
            return
        elif operator == "in":
            for nummer, deel in enumerate(operand):
                self._operand(deel, gevonden, (*pad, "in", nummer), tot, groep)
        else:
            self._operand(operand, gevonden, (*pad, operator), tot, groep)

    def _operand(self, operand: Any, links: Naam, pad: Pad, tot: Positie, groep: str) -> None:
        if isinstance(operand, Verwijzing):
            rechts = self.naam(operand.veld, pad, tot, groep)
            gelijk = {"keuze", "tekst"}
            if rechts and rechts.soort != links.soort and not {rechts.soort, links.soort} <= gelijk:
                self.fout(
                    pad, f"'{operand.veld}' is een {rechts.soort} en geen {links.soort}; vergelijk gelijke soorten"
                )
            return
        self._waarde(operand, links, pad)

    def _waarde(self, operand: Any, links: Naam, pad: Pad) -> None:
        if links.soort in ("keuze", "meerkeuze"):
            if links.waarden is not None and operand not in links.waarden:
                self.fout(pad, f"'{operand}' is geen van de antwoorden{bedoelde_u(str(operand), links.waarden)}")
            return
        try:
            literaal(operand, links.soort, vandaag())
        except (ValueError, ArithmeticError) as exc:
            self.fout(pad, str(exc))

    # ---- the pages ----------------------------------------------------------------------------------------

    def _voorcheck(self) -> None:
        voorcheck = self.formulier.voorcheck
        if voorcheck is None:
            return
        # Here a question of the check is known from the check on, also when a page asks it again.
        eigen = Namen(self.formulier.model_copy(update={"stappen": ()}), self.namen.bronnen)
        hoofd, self.namen = self.namen, eigen
        for nummer, veld in enumerate(voorcheck.velden):
            plek = (-1, nummer)
            self._veld(veld, ("voorcheck", "velden", nummer), plek)
        for nummer, uitkomst in enumerate(voorcheck.uitkomsten):
            self.voorwaarde(uitkomst.als, ("voorcheck", "uitkomsten", nummer, "als"), (-1, EINDE[0]))
        self.namen = hoofd

    def _stappen(self) -> None:
        for pagina, stap in enumerate(self.formulier.stappen):
            pad: Pad = ("stappen", pagina)
            self.voorwaarde(stap.toon_als, (*pad, "toon_als"), (pagina, -1))
            for nummer, stop in enumerate(stap.stop_als):
                self.voorwaarde(stop.als, (*pad, "stop_als", nummer, "als"), (pagina, EINDE[0]))
            for nummer, veld in enumerate(stap.velden):
                self._veld(veld, (*pad, "velden", nummer), (pagina, nummer))
            if stap.groep and len(stap.velden) > 1:
                self.fout(pad, "een groep staat alleen op een pagina; geef de andere vragen een eigen pagina")

    def _veld(self, veld: Any, pad: Pad, positie: Positie, groep: str = "") -> None:
        net_ervoor = (positie[0], positie[1] - 1)
        self.voorwaarde(veld.toon_als, (*pad, "toon_als"), net_ervoor, groep, positie)
        for nummer, let_op in enumerate(veld.let_op):
            self.voorwaarde(let_op.als, (*pad, "let_op", nummer, "als"), positie, groep)
        for sleutel, paden in (
            ("bron", (veld.bron,)),
            ("opties_uit", (getattr(veld, "opties_uit", ""),)),
            ("toon", getattr(veld, "paden", ())),
        ):
            for nummer, bron in enumerate(paden):
                plek: Pad = (*pad, sleutel, nummer) if sleutel == "toon" else (*pad, sleutel)
                if sleutel == "bron" and is_eerder(bron):
                    continue  # looks at other forms: when all are read
                if bron and bron not in self.namen.bronnen:
                    self.fout(plek, f"'{bron}' staat niet in bronnen.yaml{bedoelde_u(bron, self.namen.bronnen)}")
                elif bron and sleutel != "toon" and self._is_lijst(bron) != (sleutel == "opties_uit"):
                    self.fout(plek, f"'{bron}' past hier niet: een lijst hoort bij opties_uit, de rest niet")
        if getattr(veld, "voorstel", None) is not None:
            self._voorstel(veld, (*pad, "voorstel"), positie, groep)
        if getattr(veld, "bekend", None) is not None:
            self._bekend(veld, (*pad, "bekend"), positie)
        for nummer, eigen in enumerate(getattr(veld, "velden", ())):
            self._veld(eigen, (*pad, "velden", nummer), (positie[0], nummer), veld.veld)

    def _is_lijst(self, bron: str) -> bool:
        return self.namen.bronnen[bron].soort == "lijst"

    def _bekend(self, veld: Any, pad: Pad, positie: Positie) -> None:
        """What it is about was asked before, and each answer that is looked for is one of its answers."""
        gevraagd = self.naam(veld.bekend.categorie, (*pad, "categorie"), (positie[0], -1))
        antwoorden = (gevraagd.waarden or ()) if gevraagd else veld.bekend.hoofdcategorieen
        for waarde in set(veld.bekend.hoofdcategorieen) - set(antwoorden):
            zin = f"'{waarde}' is geen antwoord op '{veld.bekend.categorie}'{bedoelde_u(waarde, antwoorden)}"
            self.fout((*pad, "hoofdcategorieen"), zin)

    def _voorstel(self, veld: Any, pad: Pad, positie: Positie, groep: str) -> None:
        """A proposal is made from earlier pages, and is one of the answers."""
        if groep or veld.opties_uit:
            self.fout(pad, "een voorstel kan alleen bij een keuze met opties, en niet in een groep")
            return
        for naam in sorted(berekenen.namen_van(veld.voorstel)):
            self.naam(naam, pad, (positie[0], -1))
        soort = self.soort(veld.voorstel, pad)
        if soort and soort not in ("keuze", "tekst"):
            self.fout(pad, f"een voorstel is een keuze en geen {soort}")
        for waarde in uitkomsten(veld.voorstel) or ():
            if waarde not in veld.opties:
                self.fout(pad, f"'{waarde}' is geen van de antwoorden{bedoelde_u(waarde, veld.opties)}")

    # ---- computed values ----------------------------------------------------------------------------------

    def _berekend(self) -> None:
        for naam, berekening in self.formulier.berekend.items():
            pad: Pad = ("berekend", naam)
            if f"berekend.{naam}" in self._bereikbaar(naam):
                self.fout(pad, f"'{naam}' hangt van zichzelf af; haal de kring eruit")
                continue
            soort = self.soort(berekening.waarde, (*pad, "waarde"))
            tekst = {"keuze", "tekst"}
            if soort and soort != berekening.type and not {soort, berekening.type} <= tekst:
                self.fout(pad, f"'{naam}' is een {berekening.type}, maar de berekening geeft een {soort}")

    def _bereikbaar(self, naam: str) -> frozenset[str]:
        gevonden: set[str] = set()
        rand = {f"berekend.{naam}"}
        while rand:
            nieuw = {
                ander
                for deze in rand
                if (b := self.formulier.berekend.get(deze.removeprefix("berekend.")))
                for ander in berekenen.namen_van(b.waarde)
                if ander.startswith("berekend.")
            }
            rand, gevonden = nieuw - gevonden, gevonden | nieuw
        return frozenset(gevonden)

    def soort(self, expressie: Any, pad: Pad, groep: str = "") -> Soort | None:
        """Kind of value that an expression gives; None when a fault in it was noted."""
        delen = {}
        for stuk, deel in berekenen.onderdelen(expressie):
            binnen = expressie.som_van if isinstance(expressie, berekenen.SomVan) else groep
            delen[stuk] = self.soort(deel, (*pad, *stuk), binnen)
        if None in delen.values():
            return None
        soorten = set(delen.values())
        match expressie:
            case Verwijzing():
                gevonden = self.naam(expressie.veld, (*pad, "veld"), EINDE, groep)
                return gevonden.soort if gevonden else None
            case berekenen.Tarief():
                if expressie.tarief not in self.tarieven.regels:
                    bekend = bedoelde_u(expressie.tarief, self.tarieven.regels)
                    self.fout((*pad, "tarief"), f"tarief '{expressie.tarief}' staat niet in tarieven.yaml{bekend}")
                    return None
                return "bedrag" if self.tarieven.regels[expressie.tarief][0].aantal is None else "getal"
            case berekenen.Aantal():
                gevonden = self.naam(expressie.aantal, (*pad, "aantal"), EINDE, groep)
                if gevonden and gevonden.soort not in ("lijst", "meerkeuze"):
                    self.fout(
                        (*pad, "aantal"),
                        f"'{expressie.aantal}' is een {gevonden.soort} en geen lijst",
                    )
                return "getal" if gevonden else None
            case berekenen.Keer():
                if list(delen.values()).count("bedrag") > 1 or not soorten <= {"getal", "bedrag"}:
                    return self._mis(pad, "keer: neem getallen, en hoogstens één bedrag")
                return "bedrag" if "bedrag" in soorten else "getal"
            case berekenen.Deling():
                if not soorten <= {"getal", "bedrag"} or list(delen.values()) == ["getal", "bedrag"]:
                    return self._mis(pad, "deel: neem een getal of bedrag, en deel dat door een getal")
                return "bedrag" if list(delen.values()) == ["bedrag", "getal"] else "getal"
            case berekenen.Dagen():
                return "getal" if soorten == {"datum"} else self._mis(pad, "dagen: neem twee datums")
            case berekenen.Leeftijd():
                return "getal" if soorten == {"datum"} else self._mis(pad, "leeftijd: neem een datum")
            case berekenen.SomVan():
                return self._som(expressie, pad, soorten)
            case berekenen.Regelgebruik():
                return self._regel(expressie, pad, delen)
            case berekenen.Tabel():
                for nummer, rij in enumerate(expressie.tabel):
                    self.voorwaarde(rij.als, (*pad, "tabel", nummer, "als"), EINDE, groep)
        if not delen:
            return berekenen.soort_literaal(expressie)
        if isinstance(expressie, berekenen.Tabel) and soorten <= {"keuze", "tekst"}:
            return "keuze"
        mag = {"getal", "bedrag"} | (set() if isinstance(expressie, (berekenen.TelOp, berekenen.TrekAf)) else {"datum"})
        mag |= {"janee"} if isinstance(expressie, berekenen.Tabel) else set()
        if len(soorten) != 1 or not soorten <= mag:
            return self._mis(pad, f"dit is niet bij elkaar te nemen: {', '.join(sorted(str(s) for s in soorten))}")
        return soorten.pop()

    def _mis(self, pad: Pad, zin: str) -> Soort | None:
        """Note the fault; the expression then has no kind."""
        self.fout(pad, zin)
        return None

    def _som(self, expressie: berekenen.SomVan, pad: Pad, soorten: set[Soort | None]) -> Soort | None:
        gevonden = self.naam(expressie.som_van, (*pad, "som_van"))
        if gevonden is None:
            return None
        if not isinstance(gevonden.veld, GroepVeld) or not soorten <= {"getal", "bedrag"}:
            return self._mis(pad, "som_van: neem een groep, met per: een getal of bedrag van elk item")
        return soorten.pop()

    def _regel(self, expressie: berekenen.Regelgebruik, pad: Pad, delen: dict[Any, Soort | None]) -> Soort | None:
        regel = REGELS.get(expressie.regel)
        if regel is None:
            return self._mis(
                (*pad, "regel"),
                f"regel '{expressie.regel}' bestaat niet{bedoelde_u(expressie.regel, REGELS)}",
            )
        if set(expressie.met) != set(regel.met):
            return self._mis(pad, f"regel '{expressie.regel}' heeft nodig: {', '.join(regel.met)}")
        for naam, soort in regel.met.items():
            krijgt = delen["met", naam]
            if krijgt != soort and not (soort == "tekst" and krijgt == "keuze"):
                self.fout((*pad, "met", naam), f"'{naam}' van deze regel is een {soort} en geen {krijgt}")
        return regel.geeft

    # ---- what happens with the answers --------------------------------------------------------------------

    def _afhandeling(self) -> None:
        f = self.formulier
        if f.betaling:
            gevonden = self.naam(f.betaling.bedrag, ("betaling", "bedrag"))
            if gevonden and gevonden.soort != "bedrag":
                self.fout(("betaling", "bedrag"), f"'{f.betaling.bedrag}' is geen bedrag")
        self.voorwaarde(f.wachtlijst, ("wachtlijst",), EINDE)
        for nummer, bevestiging in enumerate(f.bevestiging):
            self.voorwaarde(bevestiging.als, ("bevestiging", nummer, "als"), EINDE)
        for nummer, tekenen in enumerate(f.ondertekening):
            pad: Pad = ("ondertekening", nummer)
            self.voorwaarde(tekenen.als, (*pad, "als"), EINDE, tekenen.per)
            if tekenen.per:
                self._soort_is(tekenen.per, (*pad, "per"), "lijst")
            for sleutel in ("email", "bsn", "naam"):
                if naam := getattr(tekenen, sleutel):
                    self.naam(naam, (*pad, sleutel), EINDE, tekenen.per)
            for plek, naam in enumerate(tekenen.ziet):
                self.naam(naam, (*pad, "ziet", plek), EINDE, tekenen.per)
        self._eigenschappen(f.zaak.eigenschappen, ("zaak",))
        for nummer, deelzaak in enumerate(f.zaak.deelzaken):
            pad = ("zaak", "deelzaken", nummer)
            self.voorwaarde(deelzaak.als, (*pad, "als"), EINDE)
            self._eigenschappen(deelzaak.eigenschappen, pad)
            for naam in PLAATSHOUDER.findall(deelzaak.omschrijving):
                self._plaatshouder(naam, (*pad, "omschrijving"))
        for nummer, rol in enumerate(f.zaak.rollen):
            self.naam(rol.uit, ("zaak", "rollen", nummer, "uit"), EINDE, self._groep_van(rol.uit))
            if rol.naam:
                self.naam(rol.naam, ("zaak", "rollen", nummer, "naam"), EINDE, self._groep_van(rol.naam))
        for nummer, object_ in enumerate(f.zaak.objecten):
            self._type_is(object_.uit, ("zaak", "objecten", nummer, "uit"), ("adres", "locatie"))
        if f.zaak.geometrie:
            self._type_is(f.zaak.geometrie, ("zaak", "geometrie"), ("locatie",))

    def _eigenschappen(self, eigenschappen: Mapping[str, str], zaak: Pad) -> None:
        for eigenschap, naam in eigenschappen.items():
            pad: Pad = (*zaak, "eigenschappen", eigenschap)
            gevonden = self.naam(naam, pad)
            if gevonden and gevonden.soort in ("lijst", "niets"):
                self.fout(pad, f"'{naam}' is een {gevonden.soort}; dat past niet in een eigenschap")

    def _groep_van(self, naam: str) -> str:
        gevonden = self.namen.zoek(naam)
        return gevonden.groep if gevonden else ""

    def _soort_is(self, naam: str, pad: Pad, soort: Soort) -> None:
        gevonden = self.naam(naam, pad)
        if gevonden and gevonden.soort != soort:
            self.fout(pad, f"'{naam}' is een {gevonden.soort} en geen {soort}")

    def _type_is(self, naam: str, pad: Pad, types: tuple[str, ...]) -> None:
        gevonden = self.naam(naam, pad, EINDE, self._groep_van(naam))
        if gevonden and getattr(gevonden.veld, "type", "") not in types:
            self.fout(pad, f"'{naam}' is geen {' of '.join(types)}")

    def _teksten(self) -> None:
        """Placeholders in texts: all of them can be filled, and the same ones in both languages."""
        for pad, tekst in teksten_in(self.formulier):
            nl, en = (set(PLAATSHOUDER.findall(t)) for t in (tekst.nl, tekst.en))
            if nl != en:
                self.fout(
                    pad,
                    f"{', '.join(sorted(nl ^ en))} staat tussen accolades in maar één van de twee talen",
                )
            for naam in sorted(nl):
                self._plaatshouder(naam, pad)
        for naam in PLAATSHOUDER.findall(self.formulier.zaak.omschrijving):
            self._plaatshouder(naam, ("zaak", "omschrijving"))

    def _plaatshouder(self, naam: str, pad: Pad) -> None:
        if naam in VASTE_PLAATSHOUDERS or (naam in IN_FOUT and "fout" in pad):
            return
        if naam.startswith("tarief."):
            tarief = naam.removeprefix("tarief.")
            if tarief not in self.tarieven.regels:
                self.fout(
                    pad, f"tarief '{tarief}' staat niet in tarieven.yaml{bedoelde_u(tarief, self.tarieven.regels)}"
                )
        elif "fout" in pad and naam not in IN_FOUT:
            self.fout(pad, f"'{{{naam}}}' kan niet in een foutmelding; gebruik {{min}} of {{max}}")
        else:
            gevonden = self.naam(naam, pad, EINDE, self._groep_van(naam))
            if gevonden and gevonden.soort in ("lijst", "niets"):
                self.fout(pad, f"'{{{naam}}}' is een {gevonden.soort}; dat is niet in een zin te zetten")
