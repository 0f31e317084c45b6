#!/usr/bin/env python3
"""How many of other tools' cases Penstock plans, and proves.

Usage: conformance.py PENSTOCK FIXTURES [--only SUITE[/NAME]] [--jobs N] [--verbose]

FIXTURES has `diff/*.json`: lists of cases with `name`, `from` and `to` (SQL of two schemas) and optionally `roles`.
For each case, in both directions: two databases are made; the plan of `penstock diff FROM TO --sql` is applied to a copy
of the first; then `penstock diff` must find no difference, `pg_dump --schema-only` of both must be equal, and planning
again must give nothing. A case of which PostgreSQL does not accept the SQL is left out. And `penstock diff` must know: what
it says is proved must be, and what it says is not must not.
"""
import argparse, collections, concurrent.futures, glob, json, os, re, shutil, subprocess, sys, tempfile


def run(arguments, **options):
    return subprocess.run(arguments, text=True, capture_output=True, **options)


class Server:
    def __init__(self):
        self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.folder = tempfile.mkdtemp(prefix="conformance-", dir="/dev/shm")
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        # Where Penstock has its shadow, which PostgreSQL's user must reach.
        self.work = tempfile.mkdtemp(prefix="conformance-")
        os.chmod(self.work, 0o755)
        self.command("initdb", "-D", self.folder + "/data", "-U", "owner", "-A", "trust", "--no-sync", "-E", "UTF8",
                     "--locale=C.UTF-8")
        settings = "-k %s -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off " \
                   "-c max_connections=60 -c autovacuum=off -c wal_level=logical -c max_prepared_transactions=4" % self.folder
        self.command("pg_ctl", "-D", self.folder + "/data", "-w", "-o", settings, "-l", self.folder + "/log", "start")

    def command(self, program, *arguments):
        prefix = ["setpriv", "--reuid", self.user, "--regid", self.user, "--clear-groups"] if self.user else []
        result = run(prefix + [self.bin + "/" + program, *arguments], cwd="/")
        if result.returncode:
            sys.exit(result.stdout + result.stderr)

    def stop(self, penstock):
        run([penstock, "reset", "--stop", "-C", self.work])
        shutil.rmtree(self.work, ignore_errors=True)
        self.command("pg_ctl", "-D", self.folder + "/data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database):
        return f"postgresql://owner@/{database}?host={self.folder}"

    def psql(self, database, sql, stop=True):
        return run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=%d" % stop, self.url(database)], input=sql)

    def dump(self, database):
        text = run([self.bin + "/pg_dump", "--schema-only", self.url(database)]).stdout
        return "\n".join(line for line in text.splitlines() if not re.match(r"\\(un)?restrict |--|$", line))


def checked(*arguments):
    """The outcome, and what Penstock said of it."""
    said = []
    result, details = outcome(*arguments, said)
    if said and said[0] != (result == "proved"):
        return ("false proof" if said[0] else "doubted"), said[1] + "\n" + details
    return result, details


def outcome(server, penstock, number, suite, case, direction, said):
    """`proved`, or what went wrong and the details."""
    before, after = (case["from"], case["to"]) if direction == "forward" else (case["to"], case["from"])
    names = [f"c{number}_{direction}_{part}" for part in ("from", "to")]
    try:
        for name, sql in zip(names, (before, after)):
            server.psql("postgres", f'create database "{name}" template template0')
            made = server.psql(name, sql)
            if made.returncode:
                return "left out", made.stderr
        wanted = server.dump(names[1])
        differs = server.dump(names[0]) != wanted
        try:
            plan = run([penstock, "diff", "--profile", "postgres", *map(server.url, names), "--sql"], timeout=120,
                       cwd=server.work)
        except subprocess.TimeoutExpired:
            return "hangs", ""
        if plan.returncode not in (0, 1) or (plan.returncode == 1 and not plan.stdout):
            return "crash", plan.stderr
        if not plan.stdout and differs:
            return "silent", ""
        if plan.stdout:
            said += ["Not proved: " not in plan.stderr, plan.stderr]
        applied = server.psql(names[0], plan.stdout)
        if applied.returncode:
            return "does not apply", applied.stderr + "\n" + plan.stdout
        left = run([penstock, "diff", "--profile", "postgres", *map(server.url, names)], cwd=server.work)
        if left.returncode:
            return "facts differ", left.stdout + "\n" + plan.stdout
        found = server.dump(names[0])
        if found != wanted:
            import difflib
            lines = difflib.unified_diff(found.splitlines(), wanted.splitlines(), "after the plan", "wanted", n=1)
            return "dumps differ", "\n".join(lines) + "\n" + plan.stdout
        again = run([penstock, "diff", "--profile", "postgres", *map(server.url, names), "--sql"], cwd=server.work)
        if again.stdout:
            return "plans again", again.stdout
        return "proved", ""
    finally:
        for name in names:
            server.psql("postgres", f'drop database if exists "{name}" with (force)')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("penstock")
    parser.add_argument("fixtures")
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    penstock = os.path.abspath(options.penstock)
    work = []
    roles = set()
    for path in sorted(glob.glob(options.fixtures + "/diff/*.json")):
        suite = os.path.basename(path)[:-5]
        for case in json.load(open(path)):
            for role in case.get("roles") or []:
                roles.add(role)
            if f"{suite}/{case['name']}".startswith(options.only):
                work += [(suite, case, direction) for direction in ("forward", "back")]
    server = Server()
    try:
        for role in sorted(roles):
            server.psql("postgres", f'create role "{role}"')
        table = collections.defaultdict(collections.Counter)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            results = pool.map(lambda item: checked(server, penstock, item[0], *item[1]), enumerate(work))
            for (suite, case, direction), (result, details) in zip(work, results):
                table[suite][result] += 1
                if result not in ("proved", "left out") or options.verbose:
                    print(f"== {result}: {suite}/{case['name']} ({direction})", flush=True)
                    if details and result != "left out":
                        print("\n".join("   " + line for line in details.strip().splitlines()[:60]), flush=True)
    finally:
        server.stop(penstock)
    columns = ["proved", "doubted", "false proof", "facts differ", "dumps differ", "plans again", "does not apply", "silent", "crash", "hangs", "left out"]
    print("\n" + " | ".join(["suite".ljust(24), *columns]))
    for suite, counts in table.items():
        print(" | ".join([suite.ljust(24), *(str(counts[c]).rjust(len(c)) for c in columns)]))
    total = sum(n for counts in table.values() for c, n in counts.items() if c != "left out")
    proved = sum(counts["proved"] + counts["doubted"] for counts in table.values())
    print(f"{proved} of {total} proved ({100 * proved / max(1, total):.1f} %)")


main()
