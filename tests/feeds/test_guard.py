from __future__ import annotations

import pytest

from dipwatch.feeds.guard import AddressGuard


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 (an address to refuse)
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:0001::1", False),
        ("64:ff9b::10.0.0.1", False),
        ("not an address", False),
    ],
)
def test_only_public_addresses_pass(address: str, allowed: bool) -> None:  # noqa: FBT001 (a column of the table)
    assert AddressGuard().allows(address) is allowed


def test_the_operator_can_open_networks() -> None:
    guard = AddressGuard(["10.0.0.0/8", "fd00::/8"])
    assert [guard.allows(one) for one in ("10.9.9.9", "fd00::1", "::ffff:10.0.0.1", "192.168.0.1")] == [
        True,
        True,
        True,
        False,
    ]
