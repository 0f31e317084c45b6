"""Penstock beside what people use for the same work today: medians and ratios of one run."""

import json
import os
import pathlib
import pwd
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

PENSTOCK = os.path.abspath(sys.argv[1])
ROWS = sys.argv[2:] or ["validate", "replay", "reset", "diff", "growth", "push", "trace"]
VENV = pathlib.Path(sys.executable).parent
COUNT = int(os.environ.get("BENCH_COUNT", "1000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
PGBIN = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))


def run(*command, code=0, says="", **options):
    """Runs a command that must end with the code and say the words: one that gives up early would seem fast."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode != code or says not in (done.stdout + done.stderr).decode():
        words = ' '.join(map(str, command))[:300]
        sys.exit(f"{words} ended with {done.returncode}: {(done.stdout + done.stderr).decode()[-2000:]}")
    return done


def timed(work):
    start = time.monotonic()
    part = work()
    return part if isinstance(part, float) else time.monotonic() - start


def compare(title, works):
    """Runs the works in turn, so that a machine that slows down slows all of them; the first is ours.

    A work is a function, and another one after it for what has to be made ready and is not measured. It may return how
    long it took, in seconds, when that is a part of what it did."""
    times = {name: [] for name, *_ in works}
    for round_number in range(ROUNDS + 1):
        for name, work, *preparations in works:
            for prepare in preparations:
                prepare()
            seconds = timed(work)
            if round_number > 0:
                times[name].append(seconds)
    ours = statistics.median(times[works[0][0]])
    print(f"{title}")
    for name in times:
        median = statistics.median(times[name])
        ratio = "" if name == works[0][0] else f"   {median / ours:6.1f} x"
        print(f"  {name:34} {median * 1000:9.0f} ms{ratio}")
    print(flush=True)


def table(number):
    """One migration: a table, two indexes, a policy, all that the rules ask for."""
    name = f"items_{number:04d}"
    return f"""-- Items of kind {number}.
create table if not exists public.{name} (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  title text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.{name} is 'Items of kind {number}.';
create index if not exists {name}_owner_id_idx on public.{name} (owner_id);
create index if not exists {name}_title_idx on public.{name} (title);
alter table public.{name} enable row level security;
drop policy if exists owner_all on public.{name};
create policy owner_all on public.{name} for all to public using (title <> '') with check (title <> '');
"""


class Server:
    """A private PostgreSQL for the peers, on the storage that Penstock's own shadow uses by default."""

    def __init__(self, folder):
        self.folder = folder
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.data = folder / "data"
        folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        self.as_owner(PGBIN / "initdb", "-U", "postgres", "-A", "trust", "-N", "-D", self.data)
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off"
        options += " -c synchronous_commit=off -c autovacuum=off -c max_wal_size=4GB"
        self.as_owner(PGBIN / "pg_ctl", "-w", "-l", folder / "log", "-o", options, "-D", self.data, "start")

    def as_owner(self, *command):
        prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        run(*prefix, *command, cwd="/")

    def url(self, database):
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def psql(self, database, *arguments, **options):
        return run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), *arguments, **options)

    def recreate(self, database, template=None):
        run("dropdb", "--if-exists", "-h", self.folder, "-U", "postgres", database)
        run("createdb", "-h", self.folder, "-U", "postgres", *(["-T", template] if template else []), database)

    def stop(self):
        self.as_owner(PGBIN / "pg_ctl", "-m", "immediate", "-D", self.data, "stop")


def write_migrations(folder, count):
    folder.mkdir(parents=True)
    paths = []
    for number in range(count):
        path = folder / f"{20240101000000 + number // 60 * 100 + number % 60}_items_{number:04d}.sql"
        path.write_text(table(number))
        paths.append(path)
    return paths


# Rules of squawk that the files break on purpose: the printing of thousands of findings is not what is measured.
EXCLUDED = "require-lock-timeout,require-statement-timeout,require-concurrent-index-creation,prefer-robust-stmts"

# Rules of Penstock, likewise.
SILENCED = "lint: { rules: { rls-not-forced: off, updated-at-trigger: off } }\n"


def squawk(*paths):
    run(VENV / "squawk", f"--exclude={EXCLUDED}", *paths, says=f"Found 0 issues in {len(paths)} file")


def dbmate_text(path):
    return "-- migrate:up\n" + path.read_text() + "\n-- migrate:down\n"


def write_dbmate(folder, paths):
    folder.mkdir()
    for path in paths:
        (folder / path.name).write_text(dbmate_text(path))


def bench_validate(scratch, server):
    repository = scratch / "validate"
    paths = write_migrations(repository / "migrations", COUNT)
    (repository / "penstock.yaml").write_text(SILENCED)

    def penstock():
        run(PENSTOCK, "validate", "--all", "-C", repository, says=f"{COUNT} files: 0 errors, 0 warnings, 0 advices")

    compare(f"validate {COUNT} files", [("penstock validate --all", penstock), ("squawk", lambda: squawk(*paths))])


def up(repository, server, database):
    url = server.url(database)
    run(PENSTOCK, "up", "-C", repository, "--profile", "postgres", "--database", url, says=f"Applied {COUNT} migrations")


def same_schema(server, ours, theirs):
    """Both sides must have done the same work."""
    pg_dump = ["pg_dump", "-s", "-n", "public", "-T", "public.schema_migrations", "-d"]
    dumps = [run(*pg_dump, server.url(each)).stdout.splitlines() for each in (ours, theirs)]
    # The latest minor releases write a random key into every dump.
    if len({tuple(line for line in dump if b"restrict" not in line) for dump in dumps}) > 1:
        sys.exit("the two sides made different schemas")


def bench_replay(scratch, server):
    repository = scratch / "replay"
    paths = write_migrations(repository / "migrations", COUNT)
    write_dbmate(scratch / "dbmate", paths)
    everything = [part for path in paths for part in ("-f", path)]
    environment = {**os.environ, "DBMATE_MIGRATIONS_DIR": str(scratch / "dbmate"), "DBMATE_NO_DUMP_SCHEMA": "true"}

    def penstock():
        server.recreate("ours")
        up(repository, server, "ours")

    def psql(*options):
        server.recreate("theirs")
        server.psql("theirs", *options, *everything)

    def dbmate():
        server.recreate("theirs")
        url = f"postgres://postgres@/theirs?host={server.folder}&sslmode=disable"
        run(VENV / "dbmate", "--url", url, "--no-dump-schema", "migrate", env=environment, says=paths[-1].name)

    compare(
        f"replay {COUNT} files",
        [
            ("penstock up", penstock),
            ("psql -f ... (a transaction each statement)", psql),
            ("psql -1 -f ... (one transaction)", lambda: psql("-1")),
            ("dbmate migrate", dbmate),
        ],
    )
    same_schema(server, "ours", "theirs")


def fill(server, database, count):
    server.recreate(database)
    sql = "".join(
        f"""create table t{n} (id bigint primary key, a text not null, b text, c int default 1, d timestamptz,
        parent bigint {f'references t{n - 1} (id)' if n else ''});
        create index on t{n} (a); create index on t{n} (b); create index on t{n} (parent);
        alter table t{n} enable row level security;
        create policy p1 on t{n} for select using (a <> ''); create policy p2 on t{n} for insert with check (true);
        """
        for n in range(count)
    )
    server.psql(database, "-f", "-", input=sql.encode())


def change(server, database):
    server.psql(database, "-c", "alter table t7 add column extra text; create table another (id int primary key);")


def bench_diff(scratch, server):
    fill(server, "before", COUNT)
    # Not a copy of the other: whoever compares numbers of objects should get no help.
    fill(server, "after", COUNT)
    change(server, "after")
    before, after = server.url("before"), server.url("after")

    def penstock():
        run(PENSTOCK, "diff", before, after, "--profile", "postgres", "-C", scratch, code=1, says="+ column extra text")

    def dumps():
        run("pg_dump", "-s", "-d", before)
        run("pg_dump", "-s", "-d", after)

    compare(
        f"diff of two databases of {COUNT} tables",
        [
            ("penstock diff", penstock),
            ("migra", lambda: run(VENV / "migra", "--unsafe", before, after, code=2, says="extra")),
            ("pg_dump -s of both", dumps),
            ("pg_dump -s of one", lambda: run("pg_dump", "-s", "-d", before)),
        ],
    )


def bench_growth(scratch, server):
    """Ratios that are no larger than the sizes' are those of linear work."""
    sizes = [COUNT, 5 * COUNT, 20 * COUNT]
    for size in sizes:
        fill(server, f"first{size}", size)
        server.recreate(f"second{size}", template=f"first{size}")
        change(server, f"second{size}")

    def diff(size):
        urls = [server.url(f"first{size}"), server.url(f"second{size}")]
        run(PENSTOCK, "diff", *urls, "--profile", "postgres", "-C", scratch, code=1, says="+ column extra text")

    def dump(size):
        url = server.url(f"first{size}")
        run(PENSTOCK, "dump", url, "--profile", "postgres", "-C", scratch, says=f"CREATE TABLE public.t{size - 1} ")

    for title, work in (("diff", diff), ("dump, which reads a whole schema and puts it in order", dump)):
        works = [(f"{size} tables", lambda size=size: work(size)) for size in sizes]
        compare(f"penstock {title}, by size", works)


def reset_seconds(answer, says):
    stage = next(each for each in json.loads(answer.stdout)["stages"] if each["stage"] == "reset")
    if says not in " ".join(stage["summary"]):
        sys.exit(f"the reset was another than {says}: {stage}")
    return stage["milliseconds"] / 1000


class Daemon:
    """A daemon whose target is a database that has the whole history, and a clone to push from."""

    def __init__(self, folder, server, database):
        folder.mkdir()
        folder.chmod(0o755)
        self.folder = folder
        self.remote = folder / "shop.git"
        self.clone = folder / "clone"
        self.socket = folder / "penstock.sock"
        self.next = COUNT
        config = folder / "penstock.yaml"
        config.write_text(
            f"""state: {folder / 'state'}
socket: {self.socket}
repositories:
  shop: {{ path: {self.remote}, branches: {{ staging: staging }} }}
environments:
  staging: {{ database: {{ url: "{server.url(database)}" }}, profile: postgres }}
"""
        )
        run("git", "init", "-q", "--bare", "-b", "main", self.remote)
        run("git", "init", "-q", "-b", "main", self.clone)
        self.git("remote", "add", "origin", self.remote)
        write_migrations(self.clone / "migrations", COUNT)
        run(PENSTOCK, "init", "-C", self.clone)
        server.recreate(database)
        up(self.clone, server, database)
        run(PENSTOCK, "hooks", "install", "--server", "-C", self.remote)
        log = open(folder / "daemon.log", "wb")
        self.process = subprocess.Popen([PENSTOCK, "daemon", "--config", config], stdout=log, stderr=log)
        while not self.socket.exists():
            if self.process.poll() is not None:
                sys.exit((folder / "daemon.log").read_text())
            time.sleep(0.05)
        self.commit("the history")
        self.push()

    def git(self, *arguments):
        identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com"]
        environment = {**os.environ, "PENSTOCK_SOCKET": str(self.socket)}
        return run("git", *identity, "-C", self.clone, *arguments, env=environment)

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def push(self):
        """The post-receive hook stays until the run has ended, so the push is over when the target has it."""
        done = self.git("push", "-q", "origin", "HEAD:staging")
        if b"promoted" not in done.stderr:
            sys.exit("the push was not promoted: " + done.stderr.decode())

    def reset_of_last_run(self, says):
        """How long the last run's reset took, in seconds; the words tell which of its ways it went."""
        answer = run(PENSTOCK, "show", "HEAD", "--format", "json", "--socket", self.socket, "-C", self.clone)
        return reset_seconds(answer, says)

    def commit_one_more(self):
        path = self.clone / "migrations" / f"{20250101000000 + self.next}_items_{self.next:04d}.sql"
        path.write_text(table(self.next))
        self.next += 1
        self.commit("one more")

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def bench_push(scratch, server):
    daemon = Daemon(scratch / "daemon", server, "pushed")
    paths = write_migrations(scratch / "push" / "migrations", COUNT)
    write_dbmate(scratch / "push" / "dbmate", paths)
    server.recreate("target")
    url = f"postgres://postgres@/target?host={server.folder}&sslmode=disable"
    migrate = [VENV / "dbmate", "--url", url, "--migrations-dir", scratch / "push" / "dbmate", "--no-dump-schema", "migrate"]
    run(*migrate, says=paths[-1].name)

    def one_more():
        number = len(paths)
        paths.append(scratch / "push" / "migrations" / f"{20250101000000 + number}_items_{number:04d}.sql")
        paths[-1].write_text(table(number))
        (scratch / "push" / "dbmate" / paths[-1].name).write_text(dbmate_text(paths[-1]))

    def pipeline():
        squawk(paths[-1])
        server.recreate("proof")
        server.psql("proof", "-1", *[part for each in paths for part in ("-f", each)])
        run(VENV / "migra", "--unsafe", server.url("target"), server.url("proof"), code=2, says=paths[-1].stem[-10:])
        run(*migrate, says=paths[-1].name)

    try:
        compare(
            f"warm push: one migration on a history of {COUNT}",
            [
                ("git push, until promoted", daemon.push, daemon.commit_one_more),
                ("squawk, psql, migra, dbmate", pipeline, one_more),
            ],
        )
    finally:
        daemon.stop()


def bench_reset(scratch, server):
    daemon = Daemon(scratch / "daemon", server, "reset")
    url = server.url("reset")
    everything = [part for path in sorted((daemon.clone / "migrations").iterdir()) for part in ("-f", path)]

    def usual():
        daemon.push()
        return daemon.reset_of_last_run("stood ready")

    def dry_run(folder, says):
        command = ["run", "staging", "--dry-run", "--format", "json", "--database", url, "-C", folder]
        return reset_seconds(run(PENSTOCK, *command), says)

    checkouts = []

    def check_out():
        """In a folder of its own, so that nothing is remembered of it."""
        checkouts.append(scratch / f"checkout-{len(checkouts)}")
        run("git", "clone", "-q", daemon.clone, checkouts[-1])

    def psql():
        server.psql("theirs", *everything)

    try:
        compare(
            f"reset to a history of {COUNT}",
            [
                ("the usual reset: a push of one file", usual, daemon.commit_one_more),
                ("a clone: a run of the command line", lambda: dry_run(daemon.clone, "from cache"),
                 lambda: dry_run(daemon.clone, "")),
                ("a cold replay", lambda: dry_run(checkouts[-1], "replayed"), check_out),
                ("psql -f ... (a transaction each statement)", psql, lambda: server.recreate("theirs")),
            ],
        )
    finally:
        for folder in [daemon.clone, *checkouts]:
            run(PENSTOCK, "reset", "--stop", "-C", folder)
        daemon.stop()


def statements(count):
    """A pending migration of statements that lock tables, those that are there and their own."""
    kinds = [
        "create table if not exists public.parts_{n} (id bigint primary key, item uuid, note text);",
        "create index if not exists parts_{m}_note_idx on public.parts_{m} (note);",
        "alter table public.items_{m:04d} add column if not exists extra text;",
        "alter table public.items_{m:04d} alter column updated_at set default clock_timestamp();",
        "comment on table public.items_{m:04d} is 'Parts of kind {m}.';",
    ]
    lines = []
    for n in range(count):
        lines.append(kinds[n % len(kinds)].format(n=n, m=n - n % len(kinds)))
    return "\n".join(lines) + "\n"


PIPELINE = """name: {name}
on: {{ push: {{ branches: [{name}] }} }}
environment: staging
stages:
  - reset
  - apply: {{ trace: {trace} }}
"""


def bench_trace(scratch, server):
    """The stage apply of a dry run, with and without a look at what each statement does."""
    folder = scratch / "trace"
    write_migrations(folder / "migrations", 200)
    (folder / "pipelines").mkdir()
    for name, trace in (("traced", "true"), ("plain", "false")):
        (folder / "pipelines" / f"{name}.yaml").write_text(PIPELINE.format(name=name, trace=trace))
    git = ["git", "-c", "user.name=Bench", "-c", "user.email=bench@example.com", "-C", folder]
    run("git", "init", "-q", "-b", "main", folder)
    run(PENSTOCK, "init", "-C", folder)
    server.recreate("traced")
    url = server.url("traced")
    run(PENSTOCK, "up", "-C", folder, "--profile", "postgres", "--database", url, says="Applied 200 migrations")

    def apply(pipeline):
        answer = run(PENSTOCK, "run", pipeline, "--dry-run", "--format", "json", "--database", url, "-C", folder)
        stage = next(each for each in json.loads(answer.stdout)["stages"] if each["stage"] == "apply")
        return stage["milliseconds"] / 1000

    try:
        for count in (5, 200):
            (folder / "migrations" / "20250101000000_parts.sql").write_text(statements(count))
            run(*git, "add", "-A")
            run(*git, "commit", "-q", "-m", "parts")
            compare(
                f"apply {count} statements on the shadow",
                [("traced", lambda: apply("traced")), ("not traced", lambda: apply("plain"))],
            )
    finally:
        run(PENSTOCK, "reset", "--stop", "-C", folder)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="penstock-bench-", dir=base))
    scratch.chmod(0o755)
    server = Server(scratch / "server")
    rows = {
        "validate": bench_validate, "replay": bench_replay, "reset": bench_reset, "diff": bench_diff,
        "growth": bench_growth, "push": bench_push, "trace": bench_trace,
    }
    try:
        for row in ROWS:
            rows[row](scratch, server)
    finally:
        server.stop()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
