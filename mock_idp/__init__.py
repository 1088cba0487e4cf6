"""A stand-in for DigiD, the eID routing service and an eHerkenning broker, for development and tests only.

Written from the published interface specifications; it knows nothing of the portal beyond its SAML metadata.
"""
