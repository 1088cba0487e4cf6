"""`make bench`: what the portal costs, as a ratio to a bare app that makes the same calls to the backoffice."""
