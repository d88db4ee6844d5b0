"""A service account of Google Cloud that gets its tokens on loopback."""

import json
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def write(path: Path, address: str) -> Path:
    """Write its key file, as the console hands it out; `address` is the stand-in's."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    told = {
        "type": "service_account",
        "project_id": "a-project",
        "private_key_id": "key-1",
        "private_key": key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        "client_email": "watcher@a-project.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": f"{address}/token",
    }
    path.write_text(json.dumps(told))
    return path
