"""The page of who asked: on whom we wait, until when, and asking once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from pip_portal.inzendingen.ondertekening import Verzoek
from pip_portal.post.opmaken import adres_van
from pip_portal.taal import _, taal
from pip_portal.tellers import Grens
from pip_portal.web import page

VAAK: Final = Grens(3, timedelta(days=1))  # mails to one person about one thing
MAX_EMAIL: Final = 254  # RFC 5321


@dataclass(frozen=True, slots=True)
class Regel:
    """One who was asked, as the applicant reads it."""

    id: str
    rol: str
    email: str
    tekst: str
    is_open: bool


def toon(
    request: Request,
    inzending: str,
    verzoeken: Sequence[Verzoek],
    *,
    fout: tuple[str, str] = ("", ""),
    getypt: str = "",
    status_code: int = 200,
) -> Response:
    """fout: id of the verzoek and what is wrong with the address that was typed there."""
    regels = [
        Regel(
            id=verzoek.id,
            rol=verzoek.vraag.rol.in_taal(taal()),
            email=verzoek.vraag.email,
            tekst=verzoek.zin,
            is_open=verzoek.is_open,
        )
        for verzoek in verzoeken
    ]
    return page(
        request,
        "ondertekenen/verzoek.html",
        status_code=status_code,
        product=verzoeken[0].vraag.product.in_taal(taal()),
        nummer=verzoeken[0].vraag.nummer,
        regels=regels,
        actie_url=request.url_for("ondertekenen:opnieuw", inzending=inzending).path,
        gevraagd=request.query_params.get("gevraagd") == "1",
        fout_bij=fout[0],
        fout=fout[1],
        getypt=getypt,
    )


def fout(email: str) -> str:
    """What is wrong with this address; "" when nothing is, or when none was typed."""
    if not email:
        return ""
    try:
        adres_van(email)
    except ValueError:
        return _("Vul een e-mailadres in zoals naam@voorbeeld.nl.")
    return _("Gebruik een korter e-mailadres.") if len(email) > MAX_EMAIL else ""
