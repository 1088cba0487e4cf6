"""Klantinteracties API, as Open Klant 2 offers it: partijen, contact details, questions and what follows from them."""
