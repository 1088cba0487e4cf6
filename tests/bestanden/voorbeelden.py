"""Files as people send them, and as they should not."""

import io
import random
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pikepdf
from fastapi import FastAPI
from PIL import ExifTags, Image

from pip_portal import tables
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Gebruiker
from pip_portal.tijd import now
from tests import factories


def pdf(aanvulling: dict[str, object] | None = None, *, wachtwoord: str = "", tekst: bytes = b"") -> bytes:
    """A pdf of one page; aanvulling: entries of its catalogue."""
    document = pikepdf.new()
    document.add_blank_page()
    document.Root["/Bladzijde"] = document.make_stream(tekst or b"q Q")
    for naam, waarde in (aanvulling or {}).items():
        document.Root[naam] = waarde
    buffer = io.BytesIO()
    encryptie = pikepdf.Encryption(owner="eigenaar", user=wachtwoord) if wachtwoord else False
    document.save(buffer, encryption=encryptie, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()


def pdf_met_script() -> bytes:
    """The script lies in a compressed object, where no search for words finds it."""
    return pdf({"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))})


def foto(
    formaat: str = "JPEG",
    maat: tuple[int, int] = (40, 30),
    *,
    gps: bool = False,
    orientatie: int = 1,
    modus: str = "RGB",
) -> bytes:
    beeld = Image.new(modus, maat, "red" if modus != "RGBA" else (255, 0, 0, 128))
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "Toestel van iemand"
    exif[ExifTags.Base.Orientation] = orientatie
    if gps:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (52.0, 15.0, 6.0), 3: "E", 4: (6.0, 9.0, 36.0)})
    buffer = io.BytesIO()
    beeld.save(buffer, formaat, exif=exif)
    return buffer.getvalue()


DOCX_SOORTEN = (
    b'<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
    b'.wordprocessingml.document.main+xml"/></Types>'
)


def docx(extra: dict[str, bytes] | None = None, soorten: bytes = DOCX_SOORTEN) -> bytes:
    return _pakket({"[Content_Types].xml": soorten, "word/document.xml": b"<w:document/>", **(extra or {})})


def docx_van(*delen: tuple[str, bytes]) -> bytes:
    """A docx with also these parts, of which several may have one name."""
    buffer = io.BytesIO(docx())
    with zipfile.ZipFile(buffer, "a") as pakket:
        for naam, inhoud in delen:
            pakket.writestr(naam, inhoud)
    return buffer.getvalue()


def odt(extra: dict[str, bytes] | None = None, manifest: bytes = b"<manifest/>") -> bytes:
    soort = b"application/vnd.oasis.opendocument.text"
    return _pakket({"mimetype": soort, "META-INF/manifest.xml": manifest, "content.xml": b"<x/>", **(extra or {})})


def _pakket(delen: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as pakket:
        for naam, inhoud in delen.items():
            pakket.writestr(naam, inhoud)
    return buffer.getvalue()


def ruis(aantal: int) -> bytes:
    """Bytes that no compression makes smaller, the same each time."""
    return random.Random(1).randbytes(aantal)


async def stroom(inhoud: bytes, stuk: int = 1000) -> AsyncIterator[bytes]:
    for begin in range(0, len(inhoud), stuk):
        yield inhoud[begin : begin + stuk]


async def concept(portal: FastAPI, gebruiker: Gebruiker) -> tuple[str, str]:
    """A concept of this person: hash of the eigenaar, and id."""
    eigenaar = eigenaar_van(gebruiker, factories.sleutels()).hash
    rij = tables.Concept(
        id=str(uuid4()),
        formulier="proef",
        versie=1,
        eigenaar=eigenaar,
        anoniem=False,
        taal="nl",
        kanaal="internet",
        gegevens=b"",
        aangemaakt_op=now(),
        gewijzigd_op=now(),
        verloopt_op=now() + timedelta(days=30),
    )
    async with portal.state.db.begin() as session:
        session.add(rij)
    return eigenaar, rij.id
