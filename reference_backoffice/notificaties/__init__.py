"""Notificaties API: subscriptions, publishing, and delivery in the background."""
