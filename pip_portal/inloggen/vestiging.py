"""For which vestiging of the company this session stands: one of them, or all."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from pip_portal.backoffice.kvk import KvkDep, Vestiging
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Bedrijf, Ingelogd
from pip_portal.inloggen.sessies import SessiesDep
from pip_portal.web import form_fields, local_path, page

router = APIRouter()


async def get_vestigingen(gebruiker: Ingelogd, kvk: KvkDep) -> tuple[Vestiging, ...]:
    """The vestigingen that this login may choose from.

    Raises: NotFound for a burger, and for a login that its assertion restricts to one vestiging.
    """
    if not isinstance(gebruiker, Bedrijf) or gebruiker.beperkt:
        raise NotFound
    return await kvk.vestigingen(gebruiker)


Vestigingen = Annotated[tuple[Vestiging, ...], Depends(get_vestigingen)]


@router.get("/vestiging", name="inloggen:vestiging")
async def show(
    request: Request, vestigingen: Vestigingen, terug: Annotated[str, Query(max_length=1000)] = ""
) -> Response:
    terug = local_path(terug, "/overzicht")
    return page(request, "inloggen/vestiging.html", vestigingen=vestigingen, terug=terug, fout=False)


@router.post("/vestiging", name="inloggen:kies_vestiging")
async def choose(request: Request, vestigingen: Vestigingen, sessies: SessiesDep) -> Response:
    """Only a vestiging that the Handelsregister lists under this company can be chosen."""
    velden = await form_fields(request)
    terug = local_path(velden.get("terug", ""), "/overzicht")
    gekozen = velden.get("vestiging", "")
    if gekozen and gekozen not in {v.vestigingsnummer for v in vestigingen}:
        return page(
            request, "inloggen/vestiging.html", status_code=422, vestigingen=vestigingen, terug=terug, fout=True
        )
    await sessies.choose_vestiging(request.state.sessie, gekozen or None)
    return RedirectResponse(terug, 303)
