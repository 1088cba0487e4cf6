"""Where something is: an address, or a place on the map."""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.teksten import Deel, Tekst, vast
from pip_portal.formulieren.veldtypen.basis import Afgekeurd, Invoer, Veld, schoon
from pip_portal.formulieren.voorwaarden import Soort
from pip_portal.taal import _

OMTREK = (6.00, 52.19, 6.46, 52.37)  # a box around the gemeente: west, south, east, north (EPSG:4326)
NEDERLAND = (3.2, 50.7, 7.3, 53.7)
MAX_PUNTEN = 500
POSTCODE = re.compile(r"([1-9][0-9]{3}) ?(?!S[ADS])([A-Z]{2})")
DELEN = ("postcode", "huisnummer", "letter", "toevoeging", "straat", "plaats", "gemeente", "bag_id", "bron")
# bron of an address: found in the BAG, typed by hand, or typed while the BAG could not be asked.
BAG, HANDMATIG, NIET_GECONTROLEERD = "bag", "handmatig", "niet_gecontroleerd"
ONGECONTROLEERD = Tekst(nl="Niet gecontroleerd", en="Not checked")


def lees_adres(veld: Veld, invoer: Invoer) -> dict[str, Any]:
    """The address in the controls, not looked up yet. Raises: Afgekeurd, at the part."""

    def deel(naam: str) -> str:
        return schoon(invoer.get(f"{veld.veld}-{naam}"))

    gevonden = POSTCODE.fullmatch(deel("postcode").upper())
    if gevonden is None:
        raise Afgekeurd(f"{veld.veld}-postcode", veld.zin("vorm", _("Vul een postcode in, bijvoorbeeld 7411 KT.")))
    nummer, letter, toevoeging = deel("huisnummer"), deel("letter").upper(), deel("toevoeging")
    if not re.fullmatch("[1-9][0-9]{0,4}", nummer):
        raise Afgekeurd(f"{veld.veld}-huisnummer", veld.zin("vorm", _("Vul een huisnummer in, bijvoorbeeld 12.")))
    if letter and not re.fullmatch("[A-Z]", letter):
        raise Afgekeurd(f"{veld.veld}-letter", _("Een huisletter is 1 letter. Controleer de letter."))
    if toevoeging and not re.fullmatch("[A-Za-z0-9-]{1,4}", toevoeging):
        raise Afgekeurd(f"{veld.veld}-toevoeging", _("Een toevoeging heeft maximaal 4 letters of cijfers."))
    straat, plaats = deel("straat"), deel("plaats")
    for naam, waarde in (("straat", straat), ("plaats", plaats)):
        if len(waarde) > 80:
            raise Afgekeurd(f"{veld.veld}-{naam}", _("Gebruik maximaal 80 tekens."))
    return {
        "postcode": "".join(gevonden.groups()),
        "huisnummer": int(nummer),
        "letter": letter,
        "toevoeging": toevoeging,
        "straat": straat,
        "plaats": plaats,
        "gemeente": "",
        "bag_id": "",
        "bron": HANDMATIG if straat and plaats else "",
    }


def typ_adres(waarde: Any) -> dict[str, Any]:
    if not isinstance(waarde, dict) or not POSTCODE.fullmatch(waarde["postcode"]):
        raise ValueError("geen adres")
    adres = {naam: waarde.get(naam) or "" for naam in DELEN}
    if isinstance(adres["huisnummer"], bool) or not isinstance(adres["huisnummer"], int):
        raise ValueError("geen huisnummer")
    if not all(isinstance(adres[naam], str) for naam in DELEN if naam != "huisnummer"):
        raise ValueError("geen adres")
    return adres


def adres_in_woorden(adres: Mapping[str, Any]) -> str:
    """Brinkgreverweg 12 A-2, 7413 AA Deventer."""
    nummer = f"{adres['huisnummer']}{adres['letter'] and ' ' + adres['letter']}"
    nummer += f"-{adres['toevoeging']}" if adres["toevoeging"] else ""
    postcode = f"{adres['postcode'][:4]} {adres['postcode'][4:]}"
    if not adres["straat"]:
        return f"{postcode} {nummer}"
    return f"{adres['straat']} {nummer}, {postcode} {adres['plaats']}"


def adresregels(adres: Mapping[str, Any]) -> tuple[Tekst, ...]:
    """The address as a citizen reads it, and that it was not found in the BAG when that is so."""
    regel = vast(adres_in_woorden(adres))
    return (regel,) if adres["bron"] == BAG else (regel, ONGECONTROLEERD)


def ruw_adres(naam: str, adres: Mapping[str, Any]) -> dict[str, list[str]]:
    ruw = {f"{naam}-{deel}": [str(adres[deel])] for deel in ("huisnummer", "letter", "toevoeging", "straat", "plaats")}
    return {f"{naam}-postcode": [f"{adres['postcode'][:4]} {adres['postcode'][4:]}"], **ruw}


class _MetAdres(Veld):
    binnen: Literal["", "gemeente"] = ""

    def _adrescontroles(self) -> tuple[str, ...]:
        return tuple(
            f"{self.veld}-{deel}"
            for deel in ("postcode", "huisnummer", "letter", "toevoeging", "straat", "plaats", "keuze", "handmatig")
        )

    def _buiten(self, omgeving: Omgeving) -> str:
        zin = _("Deze plek ligt niet in de gemeente %(gemeente)s. Kies een plek in %(gemeente)s.")
        return self.zin("binnen", zin % {"gemeente": omgeving.gemeente})


class AdresVeld(_MetAdres):
    """An address. Looking it up in the BAG is done by who calls: `met_bag` takes what was found."""

    type: Literal["adres"]
    buitenland: bool = False

    @property
    def soort(self) -> Soort:
        return "samengesteld"

    def onderdelen(self) -> dict[str, Soort]:
        return {naam: "getal" if naam == "huisnummer" else "tekst" for naam in DELEN}

    def onderdeel(self, naam: str, waarde: Any, omgeving: Omgeving) -> Any | None:
        return waarde.get(naam) or None

    def controles(self) -> tuple[str, ...]:
        return self._adrescontroles()

    def is_leeg(self, invoer: Invoer) -> bool:
        return not any(invoer.get(naam).strip() for naam in self.controles()[:6])

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> dict[str, Any]:
        return lees_adres(self, invoer)

    def zin_leeg(self) -> str:
        return _("Vul de postcode en het huisnummer in.")

    def typ(self, waarde: Any) -> dict[str, Any]:
        return typ_adres(waarde)

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        buiten = self.binnen and waarde["gemeente"] and waarde["gemeente"] != omgeving.gemeente
        return {f"{self.veld}-postcode": self._buiten(omgeving)} if buiten else {}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        return adresregels(self.typ(waarde))

    def als_eigenschap(self, waarde: Any) -> str:
        return adres_in_woorden(self.typ(waarde))

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        return ruw_adres(self.veld, typ_adres(waarde))


VORMEN = {"punt": "Point", "lijn": "LineString", "vlak": "Polygon"}


class Bekend(Deel):
    """Look whether it was reported already.

    categorie: the question what it is about. hoofdcategorieen: its answers -> slug of a main category at Signalen.
    """

    categorie: str
    hoofdcategorieen: dict[str, str]


class LocatieVeld(_MetAdres):
    """A place: on the map, as an address, or in words. One of the three is enough."""

    type: Literal["locatie"]
    bekend: Bekend | None = None
    vormen: tuple[Literal["punt", "lijn", "vlak"], ...] = ("punt",)
    max: int = Field(300, ge=20, le=2000)

    @property
    def soort(self) -> Soort:
        return "samengesteld"

    def onderdelen(self) -> dict[str, Soort]:
        return {"tekst": "tekst"}

    def onderdeel(self, naam: str, waarde: Any, omgeving: Omgeving) -> Any | None:
        return waarde.get(naam)

    def controles(self) -> tuple[str, ...]:
        return (f"{self.veld}-tekst", *self._adrescontroles(), f"{self.veld}-geometrie")

    def is_leeg(self, invoer: Invoer) -> bool:
        namen = (f"{self.veld}-tekst", *self._adrescontroles()[:6], f"{self.veld}-geometrie")
        return not any(invoer.get(naam).strip() for naam in namen)

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> dict[str, Any]:
        gevonden: dict[str, Any] = {}
        if tekst := schoon(invoer.get(f"{self.veld}-tekst"), regels=True):
            gevonden["tekst"] = tekst
        if any(invoer.get(f"{self.veld}-{deel}").strip() for deel in ("postcode", "huisnummer")):
            gevonden["adres"] = lees_adres(self, invoer)
        if geometrie := invoer.get(f"{self.veld}-geometrie").strip():
            try:
                gevonden["geometrie"] = self._geometrie(json.loads(geometrie[:50_000]))
            except (ValueError, TypeError, KeyError, RecursionError):
                zin = _("Wij kunnen de plek op de kaart niet lezen. Geef de plek opnieuw aan, of vul een adres in.")
                raise Afgekeurd(f"{self.veld}-tekst", self.zin("vorm", zin)) from None
        if not gevonden:
            raise Afgekeurd(f"{self.veld}-tekst", self.zin("leeg", self.zin_leeg()))
        return gevonden

    def zin_leeg(self) -> str:
        return _("Geef de plek aan op de kaart, vul een adres in of beschrijf de plek.")

    def _geometrie(self, vorm: Any) -> dict[str, Any]:
        """A small GeoJSON geometry with nothing else in it. Raises: ValueError."""
        soort = vorm["type"]
        if soort not in [VORMEN[naam] for naam in self.vormen]:
            raise ValueError("andere vorm")
        punten = {"Point": [vorm["coordinates"]], "LineString": vorm["coordinates"]}.get(soort)
        if punten is None:
            (punten,) = vorm["coordinates"]
        schoon_ = [_punt(punt) for punt in punten]
        genoeg = {"Point": 1, "LineString": 2, "Polygon": 4}[soort]
        if not genoeg <= len(schoon_) <= MAX_PUNTEN or (soort == "Polygon" and schoon_[0] != schoon_[-1]):
            raise ValueError("geen goede vorm")
        coordinaten: Any = {"Point": schoon_[0], "LineString": schoon_, "Polygon": [schoon_]}[soort]
        return {"type": soort, "coordinates": coordinaten}

    def typ(self, waarde: Any) -> dict[str, Any]:
        if not isinstance(waarde, dict) or not set(waarde) <= {"tekst", "adres", "geometrie"} or not waarde:
            raise ValueError("geen plek")
        getypt = dict(waarde)
        if not isinstance(waarde.get("tekst", ""), str):
            raise ValueError("geen tekst")
        if "adres" in waarde:
            getypt["adres"] = typ_adres(waarde["adres"])
        if "geometrie" in waarde:
            getypt["geometrie"] = self._geometrie(waarde["geometrie"])
        return getypt

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        lengte = len(waarde.get("tekst", ""))
        if lengte > self.max:
            zin = _("Gebruik maximaal %(max)s tekens. U hebt er nu %(aantal)s.") % {"max": self.max, "aantal": lengte}
            return {f"{self.veld}-tekst": self.zin("max", zin, max=self.max, aantal=lengte)}
        gemeente = waarde.get("adres", {}).get("gemeente", "")
        if self.binnen and gemeente and gemeente != omgeving.gemeente:
            return {f"{self.veld}-postcode": self._buiten(omgeving)}
        punten = _punten(waarde.get("geometrie"))
        if any(not _binnen(punt, OMTREK if self.binnen else NEDERLAND) for punt in punten):
            return {f"{self.veld}-tekst": self._buiten(omgeving)}
        return {}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        plek = self.typ(waarde)
        regels = [*adresregels(plek["adres"])] if "adres" in plek else []
        regels += [vast(regel) for regel in plek.get("tekst", "").split("\n") if regel]
        if "geometrie" in plek:
            lengte, breedte = _punten(plek["geometrie"])[0]
            op = f"{breedte:.5f}, {lengte:.5f}"
            regels.append(Tekst(nl=f"Aangegeven op de kaart ({op})", en=f"Marked on the map ({op})"))
        return tuple(regels)

    def als_eigenschap(self, waarde: Any) -> str:
        return "; ".join(regel.nl for regel in self._zonder_kaart(self.typ(waarde)))[:255]

    def _zonder_kaart(self, plek: dict[str, Any]) -> list[Tekst]:
        regels = [vast(adres_in_woorden(plek["adres"]))] if "adres" in plek else []
        return regels + ([vast(" ".join(plek["tekst"].split()))] if plek.get("tekst") else [])

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        ruw = ruw_adres(self.veld, typ_adres(waarde["adres"])) if "adres" in waarde else {}
        ruw[f"{self.veld}-tekst"] = [waarde.get("tekst", "")]
        if "geometrie" in waarde:
            ruw[f"{self.veld}-geometrie"] = [json.dumps(waarde["geometrie"])]
        return ruw


def _punt(punt: Any) -> list[float]:
    lengte, breedte = (float(deel) for deel in punt[:2])
    if isinstance(punt, str) or not (-180 <= lengte <= 180 and -90 <= breedte <= 90):
        raise ValueError("geen punt")
    return [round(lengte, 6), round(breedte, 6)]


def _punten(geometrie: Mapping[str, Any] | None) -> list[list[float]]:
    if not geometrie:
        return []
    coordinaten = geometrie["coordinates"]
    lijsten = {"Point": [coordinaten], "LineString": coordinaten}
    return list(lijsten.get(geometrie["type"], coordinaten[0]))


def _binnen(punt: list[float], omtrek: tuple[float, float, float, float]) -> bool:
    west, zuid, oost, noord = omtrek
    return west <= punt[0] <= oost and zuid <= punt[1] <= noord
