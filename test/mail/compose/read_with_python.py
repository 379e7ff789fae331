"""Reads messages from standard input, each after its length (4 bytes, big-endian), and prints one JSON line for each:
what Python's own email package makes of it."""

import base64
import json
import struct
import sys
from email import policy
from email.errors import NonASCIILocalPartDefect
from email.header import decode_header, make_header
from email.parser import BytesParser, Parser
from email.utils import getaddresses

AS_IT_CAME = policy.compat32.clone(linesep="\r\n", max_line_length=None)


def addresses(message, legacy, name):
    """Names and addresses. Python 3.11 adds a space between the encoded words of one name, which RFC 2047 section 6.2
    says are read without any; where its older interface differs by such spaces only, the older one is right."""
    header = message[name]
    if header is None:
        return []
    found = [[a.display_name, a.addr_spec] for a in header.addresses]
    raw_names = [n for n, _ in getaddresses([str(value) for value in legacy.get_all(name)])]
    if len(raw_names) == len(found):
        for pair, raw_name in zip(found, raw_names):
            older = str(make_header(decode_header(raw_name)))
            if older.replace(" ", "") == pair[0].replace(" ", ""):
                pair[0] = older
    return found


def content_of(part):
    if part.get_content_type() == "message/rfc822":
        return part.get_payload(0).as_bytes(policy=AS_IT_CAME)
    # Other kinds of message are taken apart by Python, too, and no bytes are left.
    return part.get_payload(decode=True) or b""


def leaves(part):
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        for child in part.get_payload():
            yield from leaves(child)
    else:
        yield part


def defects_of(message):
    found = []
    for part in message.walk():
        found += [type(defect).__name__ for defect in part.defects]
        for name, value in part.items():
            found += [f"{name}: {type(d).__name__} {d}" for d in getattr(value, "defects", ()) if not isinstance(d, NonASCIILocalPartDefect)]
        if part.get_content_type() == "message/rfc822":
            break
    return found


def parse(raw):
    """Bytes are read as ASCII; a header in UTF-8 (RFC 6532) must be decoded first."""
    if raw.split(b"\r\n\r\n", 1)[0].isascii():
        return BytesParser(policy=policy.default).parsebytes(raw)
    return Parser(policy=policy.SMTPUTF8).parsestr(raw.decode("utf-8"))


def read(raw):
    message = parse(raw)
    legacy = BytesParser(policy=policy.compat32).parsebytes(raw)
    result = {"subject": message["subject"], "text": None, "html": None, "files": [], "defects": defects_of(message)}
    for name in ("from", "reply-to", "to", "cc", "bcc"):
        result[name] = addresses(message, legacy, name)
    for name in ("message-id", "in-reply-to", "references", "date"):
        result[name] = None if message[name] is None else str(message[name])
    for part, legacy_part in zip(leaves(message), leaves(legacy)):
        kind = part.get_content_type()
        body = {"text/plain": "text", "text/html": "html"}.get(kind)
        if body and part.get_content_disposition() is None and result[body] is None:
            result[body] = part.get_content()
        else:
            result["files"].append(
                {
                    "filename": part.get_filename(),
                    "mimeType": kind,
                    "disposition": part.get_content_disposition(),
                    "contentId": part["content-id"],
                    "content": base64.b64encode(content_of(legacy_part)).decode(),
                }
            )
    return result


while True:
    size = sys.stdin.buffer.read(4)
    if not size:
        break
    raw = sys.stdin.buffer.read(struct.unpack(">I", size)[0])
    try:
        answer = read(raw)
    except Exception as error:  # the test must see which message it was
        answer = {"error": repr(error)}
    sys.stdout.write(json.dumps(answer) + "\n")
