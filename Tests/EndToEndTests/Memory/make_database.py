# SPDX-License-Identifier: Apache-2.0
"""Makes memory.sql, listed.jsonl and reached.tsv with a given program: python3 make_database.py RUNEXP.

It was run once, with the program of commit d9ab088. The files are never edited.
"""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(sys.argv[1])
# What stands in the dump where the folder of the manifests stood.
FOLDER = "/runexp-memory"
APPLICATION_ID = 0x72787031


def command(*words):
    return [PROGRAM, *words, "--db", "runexp.db"]


def run(*words, status=0, cwd):
    done = subprocess.run(command(*words), cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout


def start_until(pattern, *words, cwd):
    """Starts the program in a group of its own and waits for a line on standard error."""
    process = subprocess.Popen(
        command(*words, "--jobs", "1", "--threads", "1"), cwd=cwd, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )
    for line in process.stderr:
        if re.search(pattern, line):
            return process
    raise AssertionError("%s never said %s" % (words, pattern))


def workers(process):
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    assert found, "there is no worker"
    return [int(word) for word in found]


def interrupt(name, cwd):
    """One seed completed, one with a checkpoint in the middle of an epoch, one still waiting."""
    process = start_until("seed 1.*epoch [1-9]", "sweep", name + ".yaml", cwd=cwd)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130, process.returncode


def kill_all(name, cwd):
    """As in a power failure: nobody can write what became of the run."""
    process = start_until("seed 0.*epoch [2-9]", "sweep", name + ".yaml", cwd=cwd)
    process.send_signal(signal.SIGSTOP)
    for pid in workers(process) + [process.pid]:
        os.kill(pid, signal.SIGKILL)
    process.communicate()


def kill_worker(name, cwd):
    """The sweep lives on and gives its run up."""
    process = start_until("seed 0.*epoch [1-9]", "sweep", name + ".yaml", "repeat=1", "--max-retries", "0", cwd=cwd)
    for pid in workers(process):
        os.kill(pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == 1, process.returncode


def make(cwd):
    run("sweep", "rates.yaml", status=1, cwd=cwd)
    run("sweep", "rates.yaml", "repeat=3", status=1, cwd=cwd)
    run("sweep", "rates.yaml", "learning_rate=0.1,0.05", "repeat=3", cwd=cwd)
    run("confirm", "rates", "--top", "1", "--repeat", "2", cwd=cwd)
    run("run", "stopping.yaml", "batch=15", "repeat=1", cwd=cwd)
    run("note", "last", "a remark: 100 % of it, it's “all”", cwd=cwd)
    run("tag", "last", "keep", cwd=cwd)
    for name in ["stopping", "table", "arrays", "words", "scaled-table"]:
        run("sweep", name + ".yaml", cwd=cwd)
    for name in ["resting", "scaled", "strided"]:
        interrupt(name, cwd)
    kill_worker("broken", cwd)
    kill_all("killed", cwd)
    run("import", "other-program.csv", "--as", "other", cwd=cwd)


def dump(path, cwd):
    """The database as SQL, without what names a machine."""
    copy = path + ".copy"
    connection = sqlite3.connect(path)
    connection.execute("VACUUM INTO ?", (copy,))
    connection.close()
    connection = sqlite3.connect(copy)
    connection.executescript(
        """
        UPDATE attempt SET host = 'elsewhere', boot_id = 'another boot', process_start = 1, renewed_at = 1,
          supervisor_host = iif(supervisor_host IS NULL, NULL, 'elsewhere'),
          supervisor_boot_id = iif(supervisor_boot_id IS NULL, NULL, 'another boot'),
          supervisor_start = iif(supervisor_start IS NULL, NULL, 1);
        UPDATE environment SET cpu = 'Zen 4', system = 'Debian 12';
        """
    )
    connection.commit()
    text = "\n".join(connection.iterdump()) + "\n"
    connection.close()
    os.remove(copy)
    return text.replace(os.path.realpath(cwd), FOLDER)


def load(text, cwd):
    connection = sqlite3.connect(os.path.join(cwd, "runexp.db"))
    connection.executescript(text.replace(FOLDER, os.path.realpath(cwd)))
    connection.execute("PRAGMA application_id = %d" % APPLICATION_ID)
    connection.close()


def folder():
    path = tempfile.mkdtemp()
    shutil.copytree(os.path.join(HERE, "files"), path, dirs_exist_ok=True)
    os.mkdir(os.path.join(path, ".git"))
    return path


def reach(cwd):
    """What each manifest's next sweep decides and comes to."""
    lines = ["sweep\tcell\tseed\trun\tdisposition\treason\tstate\tweights_sha256"]
    for name in sorted(file[:-5] for file in os.listdir(cwd) if file.endswith(".yaml")):
        status = 1 if name == "rates" else 0
        run("sweep", name + ".yaml", "--jobs", "1", "--threads", "1", status=status, cwd=cwd)
        rows = sqlite3.connect(os.path.join(cwd, "runexp.db")).execute(
            """
            SELECT s.name || '@' || s.revision, r.cell, r.seed, run.code, r.disposition, coalesce(r.reason, ''),
              run.state, coalesce(run.weights_sha256, '')
            FROM sweep_run r JOIN sweep s ON s.id = r.sweep_id JOIN run ON run.id = r.run_id
            WHERE s.id = (SELECT max(id) FROM sweep WHERE name = ?) ORDER BY r.position
            """,
            (name,),
        )
        lines += ["\t".join(map(str, row)) for row in rows]
    return "\n".join(lines) + "\n"


def write(name, text):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
        file.write(text)


def main():
    cwd = folder()
    make(cwd)
    text = dump(os.path.join(cwd, "runexp.db"), cwd)
    again = folder()
    load(text, again)
    assert dump(os.path.join(again, "runexp.db"), again) == text, "the dump does not give the database back"
    listed = run("runs", "--json", cwd=again)
    assert json.loads(listed.splitlines()[0])
    write("memory.sql", text)
    write("listed.jsonl", listed)
    write("reached.tsv", reach(again))
    shutil.rmtree(cwd)
    shutil.rmtree(again)


main()
