# SPDX-License-Identifier: Apache-2.0
"""Makes shipped-cells.tsv and shipped-runs.tsv: python3 make_shipped.py DATABASE [DATABASE ...].

DATABASE holds sweeps of the shipped manifests by the program of commit d9ab088. A run is taken from the first database
in which it is completed; one that is completed in none is written as `queued`, with its key alone.
"""

import hashlib
import json
import os
import sqlite3
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def runs(path):
    """Every run of the newest revision of each plan, by plan, cell and seed."""
    connection = sqlite3.connect("file:%s?mode=ro" % os.path.abspath(path), uri=True)
    connection.row_factory = sqlite3.Row
    rows = connection.execute(
        """
        SELECT sweep.name, r.cell, r.seed, cell.parameters, run.id, run.code, run.content, run.content_key, run.state,
          run.data_sha256, run.numeric_version, run.parameter_count, run.weights_sha256, run.epochs
        FROM sweep_run r JOIN sweep ON sweep.id = r.sweep_id JOIN run ON run.id = r.run_id
          JOIN cell ON cell.sweep_id = r.sweep_id AND cell.position = r.cell
        WHERE sweep.overrides = '[]' AND sweep.id IN (SELECT max(id) FROM sweep GROUP BY name)
        """
    )
    found = {}
    for row in rows:
        assert hashlib.sha256(row["content"].encode()).hexdigest() == row["content_key"]
        assert row["content_key"].startswith(row["code"]) and len(row["code"]) == 12
        metrics = connection.execute(
            """
            SELECT name, value FROM metric JOIN metric_name ON metric_name.id = name_id
            WHERE run_id = ? ORDER BY step, epoch
            """,
            (row["id"],),
        )
        values = {name: value for name, value in metrics if is_result(name)}
        found[row["name"], row["cell"], row["seed"]] = (dict(row), values)
    connection.close()
    return found


def is_result(name):
    """A time is no result, and the norms of single layers would be half of the file."""
    return name != "train.samples_per_second" and not name.split(".")[-1].isdigit()


def number(value):
    return "" if value is None else repr(value)


def write(name, head, rows):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
        for row in [head, *rows]:
            file.write("\t".join(map(str, row)) + "\n")


def main():
    merged = {}
    for path in sys.argv[1:]:
        for place, entry in runs(path).items():
            before = merged.get(place)
            assert before is None or before[0]["content_key"] == entry[0]["content_key"], place
            if before is None or before[0]["state"] not in ("completed", "failed"):
                merged[place] = entry
    names = {}
    for (sweep, _, _), (row, metrics) in merged.items():
        if row["state"] in ("completed", "failed"):
            names[sweep] = names.get(sweep, set()) | set(metrics)
    cells, lines, order = {}, [], {name: sorted(found) for name, found in names.items()}
    for (sweep, cell, seed), (row, metrics) in sorted(merged.items()):
        assert json.loads(row["parameters"]) is not None
        cells[sweep, cell] = [
            sweep, cell, row["parameters"], row["data_sha256"], row["numeric_version"], row["parameter_count"],
            " ".join(order.get(sweep, [])),
        ]
        ended = row["state"] in ("completed", "failed")
        lines.append(
            [sweep, cell, seed, row["content_key"], row["state"] if ended else "queued"]
            + ([row["epochs"], row["weights_sha256"] or ""] if ended else ["", ""])
            + ([" ".join(number(metrics.get(name)) or "null" for name in order[sweep])] if ended else [""])
        )
    write(
        "shipped-cells.tsv",
        ["sweep", "cell", "parameters", "data_sha256", "numeric_version", "parameter_count", "metrics"],
        cells.values(),
    )
    write(
        "shipped-runs.tsv",
        ["sweep", "cell", "seed", "content_key", "state", "epochs", "weights_sha256", "values"],
        lines,
    )
    open_runs = sum(line[4] == "queued" for line in lines)
    print("%d cells, %d runs, of which %d were not trained" % (len(cells), len(lines), open_runs))


main()
