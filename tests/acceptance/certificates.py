"""Certificates for the tests, made with the openssl command: sound, expired, of another host, of nobody."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_YESTERDAY = "-1"


def available() -> bool:
    return shutil.which("openssl") is not None


class Authority:
    """A certificate authority of our own; ``file`` is what clients must trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.file = folder / "ca.pem"
        self._self_signed("ca", "/CN=Test authority")

    def context(self, name: str, address: str, *, expired: bool = False, self_signed: bool = False) -> ssl.SSLContext:
        """Return a server's context with a certificate for ``address``."""
        if self_signed:
            self._self_signed(name, f"/CN={name}", "-addext", f"subjectAltName=IP:{address}")
        else:
            self._signed(name, address, _YESTERDAY if expired else "2")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        return context

    def _self_signed(self, name: str, subject: str, *more: str) -> None:
        self._openssl("req", "-x509", *_KEY, "-subj", subject, "-days", "2", *more, *self._out(name))

    def _signed(self, name: str, address: str, days: str) -> None:
        self._openssl("req", "-new", *_KEY, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        (self._folder / f"{name}.ext").write_text(f"subjectAltName=IP:{address}\n")
        by = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", f"{name}.ext")
        self._openssl("x509", "-req", "-in", f"{name}.csr", *by, "-days", days, "-out", f"{name}.pem")

    def _out(self, name: str) -> tuple[str, ...]:
        return "-keyout", f"{name}.key", "-out", f"{name}.pem"

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(("openssl", *arguments), cwd=self._folder, check=True, capture_output=True)
