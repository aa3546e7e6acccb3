#!/usr/bin/env python3
"""Drives the desk with a real browser: headless Chromium, by playwright-core, with axe-core.

    tests/browser/run.py              all of *.test.mjs beside this file
    tests/browser/run.py desk         those whose names hold «desk»

The archive is that of `ibid demo`, with some days of counts before it, served by `ibid serve`. Each
page that a test looks at is held to axe-core (no serious fault), and its pictures, light, dark and
narrow, are in target/screens/ for people to look at.

Chromium is Debian's; playwright-core and axe-core are installed from npm, once, under target/.
"""

import contextlib
import datetime
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

TOOLS = ["playwright-core@1.57.0", "axe-core@4.11.0"]
CRATE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGET = os.environ.get("CARGO_TARGET_DIR") or os.path.join(CRATE, "target")
TOOLS_FOLDER = os.path.join(TARGET, "browser-tools")
SCREENS = os.path.join(TARGET, "screens")
START_SECONDS = 60
SECRET = "correct horse battery"
# Who the tests sign in as, with what they may do.
PEOPLE = ["reader", "editor", "operator", "administrator"]


def main():
    chromium = find_chromium()
    install()
    run("cargo", "build", "--locked", "--quiet", "--bin", "ibid", "--manifest-path", os.path.join(CRATE, "Cargo.toml"))
    ibid = os.path.join(TARGET, "debug", "ibid")
    with tempfile.TemporaryDirectory() as scratch:
        folder = os.path.join(scratch, "demo")
        run(ibid, "demo", "--keep", folder, "--quiet")
        listen = f"127.0.0.1:{free_port()}"
        with open(os.path.join(folder, "ibid.toml"), "w") as settings:
            # Nothing is visited: the small web of the demo is gone.
            settings.write(
                f'[service]\nlisten = "{listen}"\n[schedule]\nquiet_hours = ["00:00-12:00", "12:00-00:00"]\n'
                "[canary]\nhosts = []\n[public_archives]\nenabled = false\n"
            )
        with serving(ibid, folder, listen):
            secrets = {name: run_quietly(ibid, folder, name) for name in PEOPLE}
            remember_days(os.path.join(folder, "archive", "catalog.sqlite"))
            tests = os.path.join(CRATE, "tests", "browser", "run.mjs")
            environment = {
                **os.environ,
                "CHROMIUM": chromium,
                "DESK": f"http://{listen}",
                "NODE_TOOLS": os.path.join(TOOLS_FOLDER, "node_modules"),
                "SCREENS": SCREENS,
                "SECRET": SECRET,
                **{f"SECRET_OF_{name}": secret for name, secret in secrets.items()},
            }
            os.makedirs(SCREENS, exist_ok=True)
            done = subprocess.run(["node", tests, *sys.argv[1:]], env=environment)
            sys.exit(done.returncode)


def find_chromium():
    for name in ["chromium", "chromium-browser", "google-chrome"]:
        found = shutil.which(name)
        if found:
            return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run("apt-get", "install", "--yes", "--no-install-recommends", "chromium")
        return shutil.which("chromium")
    sys.exit("tests/browser: there is no chromium. On Debian: apt-get install chromium")


def install():
    if not shutil.which("npm"):
        sys.exit("tests/browser: there is no npm. On Debian: apt-get install nodejs npm")
    wanted = os.path.join(TOOLS_FOLDER, "tools.txt")
    with contextlib.suppress(FileNotFoundError):
        if open(wanted).read() == "\n".join(TOOLS):
            return
    os.makedirs(TOOLS_FOLDER, exist_ok=True)
    run("npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", TOOLS_FOLDER, *TOOLS)
    with open(wanted, "w") as written:
        written.write("\n".join(TOOLS))


def run_quietly(ibid, folder, name):
    """Makes an account, and gives its first password."""
    made = subprocess.run(
        [ibid, "account", "add", name, "--role", name],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout.strip()


def remember_days(catalog):
    """Some weeks before today, in which the sources went one by one."""
    with contextlib.closing(sqlite3.connect(catalog, timeout=30)) as connection:
        today = datetime.datetime.now(datetime.timezone.utc).date()
        for ago in range(1, 40):
            day = (today - datetime.timedelta(days=ago)).isoformat()
            counts = {"ok": min(12, 4 + ago // 4), "changed": 2 if ago < 20 else 1}
            counts["dead"] = max(0, 5 - ago // 8)
            for state, amount in counts.items():
                connection.execute(
                    "INSERT OR REPLACE INTO tallies VALUES (?, ?, 'sources', ?, ?)",
                    (day, "=", state, amount),
                )
                connection.execute(
                    "INSERT OR REPLACE INTO tallies VALUES (?, ?, 'sources', ?, ?)",
                    (day, "*", state, amount),
                )
        connection.commit()


@contextlib.contextmanager
def serving(ibid, folder, listen):
    log = open(os.path.join(folder, "serve.log"), "w")
    service = subprocess.Popen([ibid, "serve"], cwd=folder, stdout=log, stderr=log)
    try:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"http://{listen}/readyz", timeout=5)
                break
            except OSError:
                if service.poll() is not None or time.monotonic() > end:
                    sys.exit("the service did not start: " + open(log.name).read())
                time.sleep(0.1)
        yield
    finally:
        service.terminate()
        service.wait()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
