"""Penstock beside what people use for the same work today: medians and ratios of one run."""

import os
import pathlib
import pwd
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PENSTOCK = os.path.abspath(sys.argv[1])
ROWS = sys.argv[2:] or ["validate", "replay", "diff", "push"]
VENV = pathlib.Path(sys.executable).parent
COUNT = int(os.environ.get("BENCH_COUNT", "1000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
PGBIN = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))


def run(*command, check=True, **options):
    options.setdefault("stdout", subprocess.DEVNULL)
    options.setdefault("stderr", subprocess.PIPE)
    done = subprocess.run([str(part) for part in command], **options)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed: {(done.stderr or b'').decode()[-2000:]}")
    return done


def timed(work):
    start = time.monotonic()
    work()
    return time.monotonic() - start


def compare(title, works):
    """Runs the works in turn, so that a machine that slows down slows all of them; the first is ours."""
    times = {name: [] for name, _ in works}
    for round_number in range(ROUNDS + 1):
        for name, work in works:
            seconds = timed(work)
            if round_number > 0:
                times[name].append(seconds)
    ours = statistics.median(times[works[0][0]])
    print(f"{title}")
    for name, _ in works:
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


def write_dbmate(folder, paths):
    folder.mkdir()
    for path in paths:
        (folder / path.name).write_text("-- migrate:up\n" + path.read_text() + "\n-- migrate:down\n")


def bench_validate(scratch, server):
    repository = scratch / "validate"
    paths = write_migrations(repository / "migrations", COUNT)
    squawk = VENV / "squawk"
    compare(
        f"validate {COUNT} files",
        [
            ("penstock validate --all", lambda: run(PENSTOCK, "validate", "--all", "-C", repository, check=False)),
            ("squawk", lambda: run(squawk, *paths, check=False)),
        ],
    )


def bench_replay(scratch, server):
    repository = scratch / "replay"
    paths = write_migrations(repository / "migrations", COUNT)
    write_dbmate(scratch / "dbmate", paths)
    everything = [part for path in paths for part in ("-f", path)]
    environment = {**os.environ, "DBMATE_MIGRATIONS_DIR": str(scratch / "dbmate"), "DBMATE_NO_DUMP_SCHEMA": "true"}

    def penstock():
        server.recreate("ours")
        run(PENSTOCK, "up", "-C", repository, "--profile", "postgres", "--database", server.url("ours"))

    def psql():
        server.recreate("theirs")
        server.psql("theirs", "-1", *everything)

    def dbmate():
        server.recreate("theirs")
        url = f"postgres://postgres@/theirs?host={server.folder}&sslmode=disable"
        run(VENV / "dbmate", "--url", url, "--no-dump-schema", "migrate", env=environment)

    compare(f"replay {COUNT} files", [("penstock up", penstock), ("psql -1 -f ...", psql), ("dbmate migrate", dbmate)])


def bench_diff(scratch, server):
    for database, extra in (("before", 0), ("after", 1)):
        server.recreate(database)
        sql = "".join(
            f"""create table t{n} (id bigint primary key, a text not null, b text, c int default 1, d timestamptz,
            parent bigint {f'references t{n - 1} (id)' if n else ''});
            create index on t{n} (a); create index on t{n} (b); create index on t{n} (parent);
            alter table t{n} enable row level security;
            create policy p1 on t{n} for select using (a <> ''); create policy p2 on t{n} for insert with check (true);
            """
            for n in range(COUNT)
        )
        sql += "alter table t7 add column extra text; create table another (id int primary key);" if extra else ""
        server.psql(database, "-1", "-f", "-", input=sql.encode())
    before, after = server.url("before"), server.url("after")

    def dumps():
        run("pg_dump", "-s", "-d", before)
        run("pg_dump", "-s", "-d", after)

    compare(
        f"diff of two databases of {COUNT} tables",
        [
            ("penstock diff", lambda: run(PENSTOCK, "diff", before, after, "--profile", "postgres", check=False)),
            ("migra", lambda: run(VENV / "migra", "--unsafe", before, after, check=False)),
            ("pg_dump -s of both", dumps),
            ("pg_dump -s of one", lambda: run("pg_dump", "-s", "-d", before)),
        ],
    )


class Daemon:
    """A daemon with an embedded target, and a clone to push from."""

    def __init__(self, folder):
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
  staging: {{ database: embedded, profile: postgres }}
"""
        )
        run("git", "init", "-q", "--bare", "-b", "main", self.remote)
        run("git", "init", "-q", "-b", "main", self.clone)
        self.git("remote", "add", "origin", self.remote)
        write_migrations(self.clone / "migrations", COUNT)
        run(PENSTOCK, "init", "-C", self.clone)
        run(PENSTOCK, "hooks", "install", "--server", "-C", self.remote)
        log = open(folder / "daemon.log", "wb")
        self.process = subprocess.Popen([PENSTOCK, "daemon", "--config", config], stdout=log, stderr=log)
        while not self.socket.exists():
            if self.process.poll() is not None:
                sys.exit((folder / "daemon.log").read_text())
            time.sleep(0.05)
        self.push_and_wait("the history")

    def git(self, *arguments):
        identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com"]
        environment = {**os.environ, "PENSTOCK_SOCKET": str(self.socket)}
        return run("git", *identity, "-C", self.clone, *arguments, env=environment, stderr=subprocess.PIPE)

    def push_and_wait(self, message):
        """The post-receive hook stays until the run has ended, so the push is over when the target has it."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        done = self.git("push", "-q", "origin", "HEAD:staging")
        if b"promoted" not in done.stderr:
            sys.exit("the push was not promoted: " + done.stderr.decode())

    def push_one_more(self):
        path = self.clone / "migrations" / f"{20250101000000 + self.next}_items_{self.next:04d}.sql"
        path.write_text(table(self.next))
        self.next += 1
        self.push_and_wait("one more")

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def bench_push(scratch, server):
    daemon = Daemon(scratch / "daemon")
    paths = write_migrations(scratch / "push" / "migrations", COUNT)
    write_dbmate(scratch / "push" / "dbmate", paths)
    server.recreate("target")
    server.psql("target", "-1", *[part for path in paths for part in ("-f", path)])
    versions = ",".join(f"('{path.name.split('_')[0]}')" for path in paths)
    server.psql("target", "-c", "create table schema_migrations (version varchar primary key)")
    server.psql("target", "-c", f"insert into schema_migrations values {versions}")
    state = {"next": COUNT}

    def pipeline():
        number = state["next"]
        state["next"] += 1
        path = scratch / "push" / "migrations" / f"{20250101000000 + number}_items_{number:04d}.sql"
        path.write_text(table(number))
        paths.append(path)
        up = scratch / "push" / "dbmate" / path.name
        up.write_text("-- migrate:up\n" + path.read_text() + "\n-- migrate:down\n")
        run(VENV / "squawk", path, check=False)
        server.recreate("proof")
        server.psql("proof", "-1", *[part for each in paths for part in ("-f", each)])
        run(VENV / "migra", "--unsafe", server.url("target"), server.url("proof"), check=False)
        url = f"postgres://postgres@/target?host={server.folder}&sslmode=disable"
        folder = str(scratch / "push" / "dbmate")
        run(VENV / "dbmate", "--url", url, "--migrations-dir", folder, "--no-dump-schema", "migrate")

    try:
        compare(
            f"warm push: one migration on a history of {COUNT}",
            [
                ("git push, until promoted", daemon.push_one_more),
                ("squawk, psql, migra, dbmate", pipeline),
            ],
        )
    finally:
        daemon.stop()


def main():
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="penstock-bench-", dir=base))
    scratch.chmod(0o755)
    server = Server(scratch / "server")
    rows = {"validate": bench_validate, "replay": bench_replay, "diff": bench_diff, "push": bench_push}
    try:
        for row in ROWS:
            rows[row](scratch, server)
    finally:
        server.stop()
        shutil.rmtree(scratch, ignore_errors=True)


main()
