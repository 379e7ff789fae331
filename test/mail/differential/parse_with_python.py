"""Reads messages from standard input, each after its length (4 bytes, big-endian), and prints one JSON line for each:
subject, addresses, date, texts and files, as Python's own email package reads them with its oldest, most forgiving
interface."""

import datetime
import hashlib
import json
import struct
import sys
from email import message_from_bytes, policy
from email.header import decode_header
from email.utils import getaddresses, parsedate_tz, mktime_tz


def text_of(raw, charset):
    for name in (charset, "utf-8", "windows-1252"):
        try:
            return raw.decode(name)
        except (LookupError, UnicodeDecodeError, TypeError):
            pass
    return raw.decode("latin-1")


def decoded(value):
    """The text of a header value: bytes that nobody encoded come as surrogates."""
    pieces = []
    for piece, charset in decode_header(str(value)):
        if isinstance(piece, str):
            piece = piece.encode("ascii", "surrogateescape") if piece.isascii() or is_escaped(piece) else piece
        pieces.append(piece if isinstance(piece, str) else text_of(piece, charset or "utf-8"))
    return "".join(pieces)


def is_escaped(text):
    return all(ord(c) < 128 or 0xDC80 <= ord(c) <= 0xDCFF for c in text)


def header(message, name):
    """As it stands, bytes outside of ASCII as surrogates (Python hides them behind an object of its own)."""
    for key, value in message._headers:
        if key.lower() == name:
            return value
    return None


def addresses(message, name):
    values = [value for key, value in message._headers if key.lower() == name]
    return [address for _, address in getaddresses(values[:1] if name == "from" else values) if address]


def date_of(message):
    value = header(message, "date")
    parts = parsedate_tz(value) if value else None
    try:
        return mktime_tz(parts) if parts else None
    except (OverflowError, ValueError):
        return None


def leaves(part):
    if part.is_multipart():
        for child in part.get_payload():
            yield from leaves(child)
    else:
        yield part


def facts(raw):
    message = message_from_bytes(raw, policy=policy.compat32)
    texts, files = [], []
    for part in leaves(message):
        content = part.get_payload(decode=True) or b""
        name = part.get_filename()
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment" and not name:
            texts.append([kind, text_of(content, part.get_content_charset())])
        else:
            files.append([kind, len(content), hashlib.sha256(content).hexdigest()])
    return {
        "subject": decoded(header(message, "subject") or ""),
        "from": addresses(message, "from"),
        "to": addresses(message, "to"),
        "cc": addresses(message, "cc"),
        "date": date_of(message),
        "texts": texts,
        "files": files,
        "defects": sorted({type(defect).__name__ for part in message.walk() for defect in part.defects}),
    }


def main():
    stream = sys.stdin.buffer
    while len(size := stream.read(4)) == 4:
        raw = stream.read(struct.unpack(">I", size)[0])
        try:
            answer = facts(raw)
        except Exception as error:  # What it cannot read is a finding of its own.
            answer = {"error": f"{type(error).__name__}: {error}"}
        # Halves of characters cannot be written.
        line = json.dumps(answer, ensure_ascii=True)
        print(line, flush=False)


main()
