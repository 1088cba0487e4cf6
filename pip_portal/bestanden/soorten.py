"""The kinds of files that can be sent, and by what they are known."""

from dataclasses import dataclass

import puremagic

from pip_portal.bestanden.geweigerd import BestandGeweigerd, opsomming
from pip_portal.taal import N_, _

KOP = 8_192  # bytes by which a kind is known


@dataclass(frozen=True)
class Soort:
    """extensies: as people write them; the first is what we write. begin: what it must start with, at `vanaf`."""

    mime: str
    extensies: tuple[str, ...]
    begin: tuple[bytes, ...]
    vanaf: int = 0


SOORTEN = {
    "pdf": Soort("application/pdf", ("pdf",), (b"%PDF-",)),
    "jpg": Soort("image/jpeg", ("jpg", "jpeg"), (b"\xff\xd8\xff",)),
    "png": Soort("image/png", ("png",), (b"\x89PNG\r\n\x1a\n",)),
    "heic": Soort(
        "image/heic", ("heic", "heif"), tuple(b"ftyp" + merk for merk in (b"heic", b"heix", b"mif1", b"msf1")), 4
    ),
    "docx": Soort(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",), (b"PK\x03\x04",)
    ),
    "odt": Soort("application/vnd.oasis.opendocument.text", ("odt",), (b"PK\x03\x04",)),
}
BEELDEN = ("jpg", "png", "heic")
MAGISCH = {"jpg": {".jpg", ".jpeg", ".jfif"}, "heic": {".heic", ".heif"}}  # as the second opinion names them
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how an office file with a password looks, and an old .doc

# Why a file is refused after looking into it: the word that keuring.py says, and what the citizen reads.
ZINNEN = {
    "beveiligd": N_("Dit bestand is beveiligd met een wachtwoord. Haal de beveiliging eraf en stuur het opnieuw."),
    "actief": N_("In dit bestand zitten scripts of andere bestanden. Print het naar een nieuwe pdf en stuur die."),
    "onleesbaar": N_("Wij kunnen dit bestand niet openen. Sla het opnieuw op en probeer het nog een keer."),
    "foto_onleesbaar": N_("Wij kunnen deze foto niet openen. Maak een nieuwe foto, of sla de foto opnieuw op."),
    "foto_te_groot": N_("Deze foto heeft te veel beeldpunten. Stuur een foto van hoogstens 50 megapixel."),
    "verhouding": N_("De foto heeft niet de goede verhouding. Maak een foto van {breed} bij {hoog} millimeter."),
}


def soort_van_extensie(extensie: str, soorten: tuple[str, ...]) -> str:
    """The kind that this extension promises; a phone's heic may go where a jpg may, as it becomes one.

    Raises: BestandGeweigerd when that kind may not be sent here.
    """
    mag = {*soorten, "heic"} if "jpg" in soorten else set(soorten)
    for naam, soort in SOORTEN.items():
        if extensie in soort.extensies and naam in mag:
            return naam
    raise BestandGeweigerd(
        _("Dit soort bestand kunnen wij niet lezen. Stuur een {soorten}.").format(soorten=opsomming(soorten))
    )


def controleer_kop(soort: str, kop: bytes, soorten: tuple[str, ...]) -> None:
    """The first bytes must be those of the kind that the name promises; judged by ourselves and a second opinion.

    Raises: BestandGeweigerd.
    """
    wat = SOORTEN[soort]
    if kop[wat.vanaf :].startswith(wat.begin) and _magisch(kop) & MAGISCH.get(soort, {f".{soort}"}):
        return
    if kop.startswith(OLE):
        zin = ZINNEN["beveiligd"]
        raise BestandGeweigerd(_(zin))
    zin = _("Dit bestand is iets anders dan de naam zegt. Sla het opnieuw op als {soorten}.")
    raise BestandGeweigerd(zin.format(soorten=opsomming(soorten)))


def _magisch(kop: bytes) -> set[str]:
    try:
        return {treffer.extension for treffer in puremagic.magic_string(kop)}
    except (puremagic.PureError, ValueError):
        return set()
