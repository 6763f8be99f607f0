# SPDX-License-Identifier: Apache-2.0
"""Writes the data files of the memory's manifests: python3 make_files.py (needs nothing else)."""

import math
import os
import struct

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "files")


def npy(name, shape, values):
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }" % ", ".join(map(str, shape))
    header += " " * (63 - (len(header) + 10) % 64) + "\n"
    with open(os.path.join(folder, name), "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack("<%df" % len(values), *values))


def safetensors(name, tensors):
    entries, data = [], b""
    for key, shape, values in tensors:
        end = len(data) + 4 * len(values)
        entries.append('"%s":{"dtype":"F32","shape":%s,"data_offsets":[%d,%d]}' % (key, shape, len(data), end))
        data += struct.pack("<%df" % len(values), *values)
    header = "{" + ",".join(entries) + "}"
    header += " " * (-len(header) % 8)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header.encode() + data)


waves = [math.sin(1.0 + 0.7 * i) for i in range(72)]
npy("x.npy", [24, 3], waves)
npy("y.npy", [24], [waves[3 * i] - 0.5 * waves[3 * i + 1] for i in range(24)])
safetensors(
    "start.safetensors",
    [
        ("0.weight", "[3,3]", waves[:9]), ("0.bias", "[3]", waves[9:12]),
        ("1.weight", "[1,3]", waves[12:15]), ("1.bias", "[1]", waves[15:16]),
    ],
)
with open(os.path.join(folder, "table.csv"), "w", encoding="utf-8") as file:
    file.write("id,length,color,weight,kind\n")
    for i in range(30):
        length = "NA" if i % 7 == 3 else "%.2f" % (3 + 2 * waves[i])
        color = ["rot", "blau", "红"][i * i % 3]
        kind = ["a", "b", "c"][i * 7 % 3 if i % 5 else 0]
        file.write("%d,%s,%s,%.3f,%s\n" % (i + 1, length, color, 10 + waves[i] + 0.1 * i, kind))
with open(os.path.join(folder, "words.txt"), "w", encoding="utf-8") as file:
    file.write("abba cabba dac bad cab " * 12 + "\n")
