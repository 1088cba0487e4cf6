"""What you can arrange with the gemeente: the list of products and a page for each. Everyone may see them."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pip_portal.backoffice.bronnen import get_bronnen
from pip_portal.formulieren.laden import FormulierenDep
from pip_portal.producten.pagina import pagina, themas
from pip_portal.tijd import vandaag
from pip_portal.web import page

router = APIRouter(prefix="/producten")


def _vindbaar(request: Request, response: Response) -> Response:
    """Search engines may show it; every other page of the portal is noindex (requirement C6)."""
    if request.state.sessie is None:
        response.headers["X-Robots-Tag"] = "all"
    return response


@router.get("", name="producten:list")
async def list_producten(request: Request, formulieren: FormulierenDep) -> Response:
    return _vindbaar(request, page(request, "producten/list.html", themas=themas(formulieren, vandaag())))


@router.get("/{slug}", name="producten:detail")
async def show_product(request: Request, slug: str, formulieren: FormulierenDep) -> Response:
    formulier = formulieren.get(slug)
    product = pagina(formulier, formulieren.tarieven, vandaag())
    bekend = get_bronnen(request).signalen.is_ingesteld and any(
        getattr(veld, "bekend", None) for veld in formulier.alle_velden()
    )
    return _vindbaar(request, page(request, "producten/detail.html", product=product, met_meldingen=bekend))
