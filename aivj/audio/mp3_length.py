"""How long an MP3 file is whose header does not say: its frames, counted."""

from collections.abc import Iterator
from dataclasses import dataclass

_KBIT_S = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_MONO = 3
_HEADER_BYTES = 4
_TAG_BYTES = 10
_INFO = (b"Xing", b"Info", b"VBRI")
_SYNC = 0x7FF
_LAYER_3 = 1
_FREE_OR_BAD = (0, 15)


@dataclass(frozen=True)
class _Frame:
    """A frame of layer 3: its first byte in the file, its length, its four bytes of header."""

    start: int
    num_bytes: int
    header: bytes
    is_version_1: bool
    is_mono: bool

    @property
    def side_bytes(self) -> int:
        """Header and side information, behind which an info frame has its tag."""
        side = (17 if self.is_mono else 32) if self.is_version_1 else (9 if self.is_mono else 17)
        return _HEADER_BYTES + side


def with_length(data: bytes) -> bytes:
    """Returns an MP3 file that says how many frames it has, as decoders believe what it says.

    A file of variable rate without such a frame is taken for as long as its first frames make it.
    What is no MP3, or says it already, comes back as it is.
    """
    start = _end_of_tag(data)
    frames = _frames(data, start)
    first = next(frames, None)
    if first is None or any(
        tag in data[first.start : first.start + first.num_bytes] for tag in _INFO
    ):
        return data
    num_frames = 1 + sum(1 for _ in frames)
    return data[: first.start] + _info_frame(first, num_frames) + data[first.start :]


def _info_frame(like: _Frame, num_frames: int) -> bytes:
    """Returns a silent frame that counts `num_frames` more behind it."""
    tag = b"Xing" + (1).to_bytes(4, "big") + num_frames.to_bytes(4, "big")
    for index in range(1, 15):
        header = bytearray(like.header)
        # No checksum, no padding, and the least rate at which the tag has room.
        header[1] |= 1
        header[2] = index << 4 | header[2] & 0x0C
        frame = _parsed(bytes(header), 0)
        if frame is not None and frame.num_bytes >= frame.side_bytes + len(tag):
            body = bytes(header).ljust(frame.side_bytes, b"\0") + tag
            return body.ljust(frame.num_bytes, b"\0")
    return b""


def _end_of_tag(data: bytes) -> int:
    if data[:3] != b"ID3" or len(data) < _TAG_BYTES:
        return 0
    a, b, c, d = data[6:10]
    return _TAG_BYTES + (a << 21 | b << 14 | c << 7 | d)


def _frames(data: bytes, at: int) -> Iterator[_Frame]:
    """Yields frames that follow each other; rubbish between them is passed over."""
    while 0 <= at <= len(data) - _HEADER_BYTES:
        frame = _parsed(data[at : at + _HEADER_BYTES], at)
        follows = frame is not None and _follows(data, at + frame.num_bytes)
        if frame is not None and follows:
            yield frame
            at += frame.num_bytes
        else:
            at = data.find(b"\xff", at + 1)


def _follows(data: bytes, at: int) -> bool:
    """Whether a frame, a tag or the end of the file is there, so that what is before is a frame."""
    rest = data[at : at + _HEADER_BYTES]
    return (
        len(rest) < _HEADER_BYTES or rest[:3] in {b"TAG", b"APE"} or _parsed(rest, at) is not None
    )


def _parsed(header: bytes, start: int) -> _Frame | None:
    """Reads the header of a frame of layer 3 (ISO 11172-3, 2.4.1.3); None if it is none."""
    bits = int.from_bytes(header, "big")
    version, layer = bits >> 19 & 3, bits >> 17 & 3
    rate_index, hz_index, padding = bits >> 12 & 15, bits >> 10 & 3, bits >> 9 & 1
    if bits >> 21 != _SYNC or layer != _LAYER_3 or rate_index in _FREE_OR_BAD:
        return None
    if version not in _RATES_HZ or hz_index == 3:  # noqa: PLR2004 - reserved
        return None
    is_first = version == 3  # noqa: PLR2004 - MPEG-1
    bytes_per_kbit = 144_000 if is_first else 72_000
    kbit_s = _KBIT_S[1 if is_first else 2][rate_index]
    num_bytes = bytes_per_kbit * kbit_s // _RATES_HZ[version][hz_index] + padding
    return _Frame(start, num_bytes, header, is_first, is_mono=header[3] >> 6 == _MONO)
