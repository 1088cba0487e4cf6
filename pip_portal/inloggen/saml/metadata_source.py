"""Where the IdP's metadata come from: a file, or a URL that we fetch over TLS."""

from datetime import UTC, datetime

import anyio
import httpx
from anyio import to_thread

from pip_portal.inloggen.saml import backchannel
from pip_portal.inloggen.saml.metadata import IdpMetadata, read_idp_metadata
from pip_portal.inloggen.saml.refusal import Refused
from pip_portal.settings import Koppeling


async def load_idp(koppeling: Koppeling, transport: httpx.AsyncBaseTransport | None) -> IdpMetadata:
    """Raises: Refused when they cannot be had, or are not what the settings pin."""
    data = await _read(koppeling, transport)
    pinned = koppeling.idp_metadata_vingerafdruk
    now = datetime.now(UTC)
    idp = await to_thread.run_sync(read_idp_metadata, data, koppeling.idp_entity_id, pinned, now)
    if koppeling.sso and idp.logout is None:
        raise Refused("metadata: geen SingleLogoutService met HTTP-POST, en sso staat aan")
    return idp


async def _read(koppeling: Koppeling, transport: httpx.AsyncBaseTransport | None) -> bytes:
    source = koppeling.idp_metadata
    if "://" not in source:
        try:
            return await anyio.Path(source).read_bytes()
        except OSError:
            raise Refused("metadata: bestand is niet te lezen") from None
    if transport is not None:  # the caller's: closing our client would close it for everybody
        return await backchannel.fetch_metadata(backchannel.open_client(None, transport), source)
    context = await to_thread.run_sync(backchannel.tls_context, koppeling.idp_metadata_ca, None)
    async with backchannel.open_client(context, None) as client:
        return await backchannel.fetch_metadata(client, source)
