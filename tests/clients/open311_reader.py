"""The PyPI package `georeport`, as it is published, reads Open311: `python open311_reader.py http://localhost:8088`.

It reads alone, in JSON and in XML; the petition that it follows is sent by the form of GeoReport v2.
"""

from __future__ import annotations

import sys
import time

import httpx
from georeport import GeoReport

FORM = {
    "service_code": "CCVC",
    "description": "Tôi dự thi nâng ngạch nhưng chưa có kết quả. Đề nghị cho biết thời hạn công bố.",
    "first_name": "Thị Mùa",
    "last_name": "Trần",
    "address_string": "Thôn Hạ, xã Đông Sơn, Thanh Hóa",
    "email": "mua.tran.open311@thu.example",
}


def main(host: str) -> None:
    """Read everything that the package can read."""
    address = f"{host}/open311/v2"
    form = FORM | {"description": f"{FORM['description']} ({time.time_ns()})"}
    sent = (
        httpx.post(f"{address}/requests.json", data=form).raise_for_status().json()[0]["service_request_id"]
    )
    for output in ("json", "xml"):
        client = GeoReport(address, output_format=output)
        if "CCVC" not in {service["service_code"] for service in client.get_service_list()}:
            sys.exit(f"{output}: the service is not listed")
        if client.get_service_definition("CCVC")["service_code"] != "CCVC":
            sys.exit(f"{output}: another service is described")
        if client.get_service_request(sent)["status"] != "open":
            sys.exit(f"{output}: the request is not open")
        listed = client.get_service_requests(service_request_id=f"{sent},{sent[::-1]}")
        request = listed if isinstance(listed, dict) else listed[0]  # to xmltodict one element is no list
        if request["service_request_id"] != sent:
            sys.exit(f"{output}: another request is listed")
    if not client.get_service_requests(status="closed"):
        sys.exit("no published answer is listed")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
