# SPDX-License-Identifier: MIT
"""Frame Streams and dnstap, read by nothing but their definitions: what the tests compare with
bytes that they have sent themselves."""
import struct

CONTENT_TYPE = b"protobuf:dnstap.Dnstap"
ACCEPT, START, STOP, READY, FINISH = 1, 2, 3, 4, 5
AUTH_QUERY, AUTH_RESPONSE, CLIENT_QUERY, CLIENT_RESPONSE = 1, 2, 5, 6
UDP, TCP, DOT = 1, 2, 3
NAMES = {1: "type", 2: "family", 3: "protocol", 4: "from", 5: "to", 6: "from_port", 7: "to_port",
         8: "asked_s", 9: "asked_ns", 10: "query", 12: "answered_s", 13: "answered_ns",
         14: "answer"}


def control(kind):
    """A control frame with our content type, where it has a place for one."""
    body = struct.pack("!I", kind)
    if kind not in (STOP, FINISH):
        body += struct.pack("!II", 1, len(CONTENT_TYPE)) + CONTENT_TYPE
    return struct.pack("!II", 0, len(body)) + body


def frames(data):
    """The data frames of a stream, and whether it has an end; what is cut off is left out."""
    out, at, ended = [], 0, False
    while at + 4 <= len(data):
        size = struct.unpack_from("!I", data, at)[0]
        at += 4
        if size == 0:
            if at + 8 > len(data):
                break
            size, kind = struct.unpack_from("!II", data, at)
            ended = kind == STOP
            at += 4 + size
        elif at + size <= len(data):
            out.append(data[at:at + size])
            at += size
        else:
            break
    return out, ended


def varint(data, at):
    value, shift = 0, 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def fields(data):
    """{number: value} of a protobuf message; nothing in dnstap is repeated."""
    out, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        elif key & 7 == 5:
            value, at = struct.unpack_from("<I", data, at)[0], at + 4
        else:
            raise ValueError(f"wire type {key & 7}")
        if key >> 3 in out or at > len(data):
            raise ValueError("a field twice, or cut off")
        out[key >> 3] = value
    return out


def message(frame):
    """A frame's message by names, with identity and version."""
    top = fields(frame)
    if top[15] != 1:
        raise ValueError("no message")
    inner = fields(top[14])
    return {"identity": top[1], "version": top[2], **{NAMES[k]: v for k, v in inner.items()}}


def messages(data):
    return [message(f) for f in frames(data)[0]]
