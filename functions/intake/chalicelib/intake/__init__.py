"""Intake: the citizens' site, the JSON API, the short code 8088 and the hotline's call reports."""
