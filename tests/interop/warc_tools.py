#!/usr/bin/env python3
"""Shows our WARC files to the tools of others, and looks at what they make of them.

    warc_tools.py                    a collection made by the tests is shown
    warc_tools.py FOLDER             an archive of your own: FOLDER/warc/*.warc.gz, and if there is
                                     FOLDER/expected.tsv its answers are replayed and compared

Then pywb serves what a check kept of one source, and another check, which came too late, finds it
there as a memento, by the CDX server, the TimeMap and the TimeGate.

warcio must find nothing: exit code 0 and no word. pywb must index every answer as we do, and replay
each line of expected.tsv (URL, moment, status, target of a redirect, file of the body) byte for
byte. The tools are installed from PyPI into a virtual environment under target/.
"""

import contextlib
import glob
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

# warcio reads the `br` coding only with its extra; nothing here needs it.
TOOLS = ["warcio==1.8.1", "pywb==2.10.0"]
CRATE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGET = os.environ.get("CARGO_TARGET_DIR") or os.path.join(CRATE, "target")
TOOLS_FOLDER = os.path.join(TARGET, "interop-tools")
MAKER = "archive::interop::a_collection_of_every_kind_of_record_is_made_for_others_to_read"
KEEPER = "check::pywb::what_is_kept_of_a_visit_is_there_for_a_memento_server"
FINDER = "check::pywb::a_change_is_proven_by_what_pywb_serves"
START_SECONDS = 60


def main():
    install()
    with tempfile.TemporaryDirectory() as scratch:
        if len(sys.argv) > 1:
            folder = os.path.abspath(sys.argv[1])
        else:
            folder = os.path.join(scratch, "archive")
            make(folder)
        files = sorted(glob.glob(os.path.join(folder, "warc", "*.warc.gz")))
        if not files:
            sys.exit(f"no *.warc.gz in {folder}/warc")
        check(files)
        collection = os.path.join(scratch, "pywb")
        os.mkdir(collection)
        run("wb-manager", "init", "cited", cwd=collection)
        run("wb-manager", "add", "cited", *files, cwd=collection)
        compare_index(folder, collection)
        expected = os.path.join(folder, "expected.tsv")
        if os.path.exists(expected):
            replay(folder, expected, collection)
        if len(sys.argv) == 1:
            find_mementos(scratch)


def install():
    stamp = os.path.join(TOOLS_FOLDER, "installed")
    if os.path.exists(stamp) and open(stamp).read() == " ".join(TOOLS):
        return
    shutil.rmtree(TOOLS_FOLDER, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", TOOLS_FOLDER], check=True)
    pip = os.path.join(TOOLS_FOLDER, "bin", "pip")
    subprocess.run([pip, "install", "--quiet", *TOOLS], check=True)
    with open(stamp, "w") as file:
        file.write(" ".join(TOOLS))


def make(folder):
    run_test(MAKER, IBID_INTEROP=folder)


def run_test(name, **variables):
    done = subprocess.run(
        ["cargo", "test", "--quiet", "--test", "ibid", name, "--", "--exact"],
        cwd=CRATE,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    # A name that is no test's runs nothing, and well.
    if done.returncode != 0 or "1 passed" not in done.stdout:
        sys.exit(f"{name}:\n{done.stdout}{done.stderr}")


def tool(name):
    return os.path.join(TOOLS_FOLDER, "bin", name)


def run(name, *arguments, cwd):
    done = subprocess.run(
        [tool(name), *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{name} {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def check(files):
    done = subprocess.run(
        [tool("warcio"), "check", *files], capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    if done.returncode != 0 or said.strip():
        sys.exit(f"warcio check: exit code {done.returncode}\n{said}")
    print(f"warcio check: {len(files)} files, nothing to say")


def lines_of(path):
    """What an index says of each answer, in the fields that both write."""
    lines = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("!"):
                continue
            key, moment, entry = line.rstrip("\n").split(" ", 2)
            entry = json.loads(entry)
            if entry["mime"] == "warc/revisit":
                # We keep the status of a revisit too, pywb does not.
                entry.pop("status", None)
            fields = ("url", "mime", "status", "digest", "length", "offset", "filename")
            lines.append((key, moment, *(entry.get(field) for field in fields)))
    return sorted(lines, key=str)


def compare_index(folder, collection):
    theirs = lines_of(os.path.join(collection, "collections/cited/indexes/index.cdxj"))
    ours = []
    for path in glob.glob(os.path.join(folder, "index", "*.cdxj")):
        ours += lines_of(path)
    ours.sort(key=str)
    if ours != theirs:
        only = [f"ours:   {line}" for line in ours if line not in theirs]
        only += [f"theirs: {line}" for line in theirs if line not in ours]
        sys.exit("pywb indexes otherwise than we do:\n" + "\n".join(only))
    print(f"pywb index: {len(ours)} answers, all as we index them")


def find_mementos(scratch):
    kept = os.path.join(scratch, "kept")
    run_test(KEEPER, IBID_PYWB_MAKES=kept)
    collection = os.path.join(scratch, "pywb-of-mementos")
    os.mkdir(collection)
    run("wb-manager", "init", "stories", cwd=collection)
    files = sorted(glob.glob(os.path.join(kept, "*.warc.gz")))
    run("wb-manager", "add", "stories", *files, cwd=collection)
    with serving(collection) as port:
        run_test(FINDER, IBID_PYWB=f"http://127.0.0.1:{port}/stories")
    print("pywb as an archive of others: its mementos found by CDX server, TimeMap and TimeGate")


@contextlib.contextmanager
def serving(collection):
    """pywb over a folder of collections; gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = open(os.path.join(collection, "log"), "w+")
    server = subprocess.Popen(
        [tool("wayback"), "--bind", "127.0.0.1", "--port", str(port)],
        cwd=collection,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for(port, server, log)
        yield port
    except SystemExit:
        log.seek(0)
        print(log.read()[-3000:], file=sys.stderr)
        raise
    finally:
        server.terminate()
        server.wait()


def replay(folder, expected, collection):
    with serving(collection) as port:
        faults = []
        count = 0
        for line in open(expected, encoding="utf-8"):
            count += 1
            faults += replay_one(port, folder, *line.rstrip("\n").split("\t"))
        if faults:
            sys.exit("pywb replay:\n" + "\n".join(faults))
        print(f"pywb replay: {count} answers, all as they were stored")


def wait_for(port, server, log):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    log.seek(0)
    sys.exit("wayback did not start:\n" + log.read())


def replay_one(port, folder, url, moment, status, location, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    # `id_` asks for the answer as stored, without a replay tool's changes.
    path = f"/cited/{moment}id_/{url}"
    connection.putrequest("GET", path, skip_accept_encoding=True)
    connection.putheader("Accept-Encoding", "gzip")
    connection.endheaders()
    answer = connection.getresponse()
    faults = []
    if str(answer.status) != status:
        return [f"{url} at {moment}: status {answer.status}, not {status}"]
    if location != "-" and not (answer.getheader("Location") or "").endswith(location):
        faults.append(f"{url}: leads to {answer.getheader('Location')}, not {location}")
    with open(os.path.join(folder, body), "rb") as file:
        stored = file.read()
    # pywb repeats the server's Content-Length even of a body that was cut short, and would keep us
    # waiting for the rest.
    is_cut = int(answer.getheader("Content-Length") or 0) > len(stored)
    sent = answer.read(len(stored)) if is_cut else answer.read()
    if sent != stored:
        faults.append(f"{url} at {moment}: {len(sent)} bytes differ from {len(stored)} stored")
    return faults


main()
