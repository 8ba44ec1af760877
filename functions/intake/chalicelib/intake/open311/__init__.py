"""Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2): what programs of other cities' kind already speak.

A service is a field of responsibility, a service request a petition. docs/api.md says what is shown and what is not.
"""
