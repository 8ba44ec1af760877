"""Deploys everything to an emulated cloud from its packages, and lets the journeys of the tests travel through it."""
