"""Requests that leave for the public internet only: the address that is called is the one that was looked at.

A program's address is what somebody typed. Its host may be, or turn into, an address of our own network (server-side
request forgery, OWASP): each connection looks the host up, refuses all but globally reachable addresses, and connects
to the very address that it looked at.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import urllib.request
from typing import Any


class InsideAddressError(OSError):
    """The host leads into a network that is not the public internet."""


class _OutsideConnection(http.client.HTTPSConnection):
    """A TLS connection to a globally reachable address."""

    def connect(self) -> None:
        """Look the host up, look at all that it leads to, and connect.

        Raises:
            InsideAddressError: one of its addresses is not globally reachable.
        """
        candidates = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = [str(address[0]) for *_, address in candidates]
        if not addresses or not all(ipaddress.ip_address(address).is_global for address in addresses):
            raise InsideAddressError
        connection = socket.create_connection((addresses[0], self.port), self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(connection, server_hostname=self.host)


class OutsideHandler(urllib.request.HTTPSHandler):
    """Opens https addresses through such connections; no others."""

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open a request."""
        return self.do_open(_OutsideConnection, req)

    def http_open(self, _req: urllib.request.Request) -> Any:
        """Refuse what is not encrypted.

        Raises:
            InsideAddressError: always.
        """
        raise InsideAddressError
