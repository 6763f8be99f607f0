#!/usr/bin/env python3
"""Draws the images of this example: circles, squares and triangles, 24 x 24 pixels in colour.

`python3 make_images.py` writes images/train/CLASS/NNN.png and images/test/CLASS/NNN.png beside itself; the same
files each time. It needs nothing but Python.
"""
import math
import pathlib
import random
import struct
import zlib

SIDE = 24
COUNTS = {"train": 50, "test": 20}


def inside(kind, x, y, radius):
    """Whether a point, seen from the middle of a shape, belongs to it."""
    if kind == "circle":
        return math.hypot(x, y) < radius
    if kind == "square":
        return max(abs(x), abs(y)) < 0.85 * radius
    # An equilateral triangle with its tip at (0, -radius).
    return y < radius / 2 and all(-y + s * math.sqrt(3) * x < radius for s in (-1, 1))


def shape(kind, draw):
    """One image as rows of (red, green, blue) bytes: a shape, turned and shifted, with pixel noise."""
    radius, angle = draw.uniform(6, 10), draw.uniform(0, 2 * math.pi)
    cx, cy = (SIDE / 2 + draw.uniform(-2.5, 2.5) for _ in range(2))
    ink = [draw.randrange(140, 256) for _ in range(3)]
    paper = [draw.randrange(0, 110) for _ in range(3)]
    rows = []
    for row in range(SIDE):
        line = bytearray()
        for column in range(SIDE):
            x, y = column + 0.5 - cx, row + 0.5 - cy
            turned = (x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle))
            colour = ink if inside(kind, *turned, radius) else paper
            line += bytes(min(255, max(0, value + draw.choice((-24, -12, 0, 12, 24)))) for value in colour)
        rows.append(bytes(line))
    return rows


def png(rows):
    """The bytes of a PNG file, 8 bits a channel."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def main():
    draw = random.Random(1)
    folder = pathlib.Path(__file__).parent / "images"
    for part, count in COUNTS.items():
        for kind in ("circle", "square", "triangle"):
            place = folder / part / kind
            place.mkdir(parents=True, exist_ok=True)
            for number in range(count):
                (place / f"{number:03}.png").write_bytes(png(shape(kind, draw)))


if __name__ == "__main__":
    main()
