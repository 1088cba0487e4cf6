"""Reference backoffice: a stand-in for zaaksysteem, BRP and KVK, written from their specifications.

It never imports the portal. The portal meets it over HTTP, as it meets the real systems.
"""
