"""Starts and stops the servers that the scripts in bench/ measure, each on a free port of its own and in a scratch
folder of its own, and talks to them with a small RESP client. Python 3.9+, standard library only."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAUNCHER = ROOT / "bin" / "respql"


class Failure(Exception):
    """Ends a script with one line on stderr and exit code 1."""


def run_script(main):
    """Calls main(); SIGTERM ends it as Ctrl-C does, so that the servers it started are stopped in every case."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"{Path(sys.argv[0]).name}: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RespError(Exception):
    """An error reply."""


class Resp:
    """One connection, RESP2. Not fast, but it pipelines, which is enough to load data."""

    def __init__(self, port, timeout=60):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.replies = self.sock.makefile("rb")

    def close(self):
        self.replies.close()
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def call(self, *command):
        self.sock.sendall(encode(command))
        return self.read()

    def pipeline(self, commands, window=500):
        """Sends all commands, `window` at a time, and returns how many there were; an error reply raises."""
        count = 0
        pending = []
        for command in commands:
            pending.append(encode(command))
            count += 1
            if len(pending) == window:
                self._exchange(pending)
                pending = []
        self._exchange(pending)
        return count

    def _exchange(self, pending):
        if pending:
            self.sock.sendall(b"".join(pending))
            for _ in pending:
                self.read()

    def read(self):
        line = self.replies.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            raise RespError(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            if rest == b"-1":
                return None
            return self.replies.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.read() for _ in range(int(rest))]
        raise ConnectionError(f"not RESP2: {line!r}")


def encode(command):
    parts = [b"*%d\r\n" % len(command)]
    for argument in command:
        data = argument if isinstance(argument, bytes) else str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


class Process:
    """A server process: waits until it answers PING, keeps what it prints in a file, and stops it again."""

    def __init__(self, name, folder, port, command, env=None):
        self.name = name
        self.port = port
        self.log = Path(folder) / "output.log"
        self.started = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, start_new_session=True)
        try:
            self.seconds_to_ping = self._await_ping()
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self):
        return self.process.pid

    def _await_ping(self, limit=60):
        while time.monotonic() < self.started + limit:
            if self.process.poll() is not None:
                raise Failure(f"{self.name} ended with exit code {self.process.returncode} while starting:\n"
                              + self.tail())
            try:
                with Resp(self.port, timeout=5) as client:
                    if client.call("PING") == "PONG":
                        return time.monotonic() - self.started
            except (OSError, RespError):
                pass
            time.sleep(0.005)
        raise Failure(f"{self.name} did not answer PING within {limit} s:\n{self.tail()}")

    def tail(self, lines=15):
        return "\n".join("    " + line for line in self.log.read_text(errors="replace").splitlines()[-lines:])

    def client(self):
        return Resp(self.port)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                print(f"{self.name} did not end within 30 s of SIGTERM; killed", file=sys.stderr)
                self.process.kill()
                self.process.wait()


def start_redis(folder):
    """redis-server without any persistence: the upper bound that respql is compared with."""
    binary = require("redis-server", "Debian: apt-get install redis-server")
    port = free_port()
    return Process("redis-server", make_folder(folder), port,
                   [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                    "--daemonize", "no", "--dir", str(folder)])


def start_respql(name, folder, jar=None, url=None, options=(), java_opts=None):
    """respql through bin/respql, so with the JVM options that users get; on SQLite in `folder` unless a URL is given."""
    env = dict(os.environ, RESPQL_REQUIREPASS="", RESPQL_URL=url or "")  # not an argument: it may hold a password
    if jar:
        env["RESPQL_JAR"] = str(Path(jar).resolve())
    if java_opts:
        env["RESPQL_JAVA_OPTS"] = (env.get("RESPQL_JAVA_OPTS", "") + " " + java_opts).strip()
    port = free_port()
    command = [str(LAUNCHER), "--host", "127.0.0.1", "--port", str(port), "--dir", str(folder), *options]
    return Process(name, make_folder(folder), port, command, env)


def build():
    """Builds target/respql.jar now when it is stale, so that no measurement includes a build."""
    if subprocess.run([str(LAUNCHER), "--version"], stdout=subprocess.DEVNULL).returncode != 0:
        raise Failure("bin/respql --version failed (see above)")


class TemporaryPostgres:
    """A PostgreSQL cluster of its own with default settings (fsync on), as an unprivileged user when we are root."""

    def __init__(self, folder):
        self.bin = self._find_binaries()
        self.user = None
        self.folder = make_folder(folder)
        if os.getuid() == 0:
            self.user = next((u for u in ("postgres", "nobody") if known_user(u)), None)
            if not self.user:
                raise Failure("PostgreSQL does not run as root, and there is no user postgres or nobody")
            entry = pwd.getpwnam(self.user)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        self.data = self.folder / "data"
        self.port = free_port()
        self._call("initdb", "-D", self.data, "-U", "respql", "--auth=trust", "-E", "UTF8", "--no-locale")
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=on"
        self._call("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "server.log", "-o", settings, "start")
        self.url = f"jdbc:postgresql://127.0.0.1:{self.port}/postgres?user=respql"

    @staticmethod
    def _find_binaries():
        on_path = shutil.which("initdb")
        if on_path:
            return Path(on_path).parent
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
        if not found:
            raise Failure("found no PostgreSQL (Debian: apt-get install postgresql); or name one with --postgres URL")
        return found[-1].parent

    def _call(self, program, *arguments):
        # Not through a pipe: the server that pg_ctl leaves behind would keep it open.
        log = self.folder / f"{program}.log"
        with open(log, "ab") as output:
            done = subprocess.run([self.bin / program, *map(str, arguments)], cwd=self.folder, user=self.user,
                                  group=pwd.getpwnam(self.user).pw_gid if self.user else None,
                                  extra_groups=[] if self.user else None,
                                  stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        if done.returncode != 0:
            raise Failure(f"{program} failed:\n{log.read_text(errors='replace')}")

    def version(self):
        done = subprocess.run([self.bin / "postgres", "--version"], capture_output=True, text=True, check=True)
        return done.stdout.split()[2]

    def stop(self):
        self._call("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")


class Scratch:
    """A scratch folder for everything that is started; on leaving, stops what was added and removes the folder.

    Under /var/tmp by default, because /tmp is kept in memory on many systems, where an fsync costs nothing.
    """

    def __init__(self, parent=None):
        parent = parent or os.environ.get("RESPQL_BENCH_DIR", "/var/tmp")
        self.folder = Path(tempfile.mkdtemp(prefix="respql-bench-", dir=parent))
        self.folder.chmod(0o755)  # a PostgreSQL of another user must be able to reach its folder below
        self.running = []

    def __enter__(self):
        return self

    def add(self, server):
        self.running.append(server)
        return server

    def stop(self, server):
        self.running.remove(server)
        server.stop()

    def __exit__(self, *_):
        for server in reversed(self.running):
            try:
                server.stop()
            except Exception as problem:  # one that does not stop must not keep the others running
                print(f"while stopping: {problem}", file=sys.stderr)
        shutil.rmtree(self.folder, ignore_errors=True)


def make_folder(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def known_user(name):
    try:
        pwd.getpwnam(name)
        return True
    except KeyError:
        return False


def require(program, hint):
    found = shutil.which(program)
    if not found:
        raise Failure(f"there is no {program} on the PATH ({hint})")
    return found


def jdk_tool(name):
    """A tool of the JDK that bin/respql runs: jcmd, jstat, jfr."""
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / name).exists():
        return str(Path(home) / "bin" / name)
    return require(name, "it comes with a JDK")


def output_of(*command):
    """Standard output of a command, or Failure with what it said."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def file_system(path):
    """The type of the file system that holds `path`, such as ext4."""
    path = str(Path(path).resolve())
    best = ("", "unknown")
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mount, kind = line.split()[:3]
        if (path + "/").startswith(mount.rstrip("/") + "/") and len(mount) >= len(best[0]):
            best = (mount, kind)
    return best[1]


def machine():
    """What a reader needs to judge a figure: processor, cores, memory, kernel, Java."""
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), os.uname().machine)
    memory_kb = next(int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines()
                     if line.startswith("MemTotal"))
    java_home = os.environ.get("JAVA_HOME")
    java = str(Path(java_home) / "bin" / "java") if java_home else require("java", "Java 17 or newer")
    java_version = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory_kb / 1024 / 1024),
        "kernel": f"{os.uname().sysname} {os.uname().release}",
        "java": next((l for l in java_version.splitlines() if "Runtime" in l or "Environment" in l),
                     java_version.strip()),
    }


def write_section(path, section, text):
    """Replaces what stands between the section's markers; appends the section, or makes the file, if missing."""
    begin, end = f"<!-- bench:{section} -->", f"<!-- /bench:{section} -->"
    block = f"{begin}\n{text}\n{end}"
    old = path.read_text() if path.exists() else "# Performance\n"
    if begin in old and end in old.split(begin, 1)[1]:
        before, rest = old.split(begin, 1)
        new = before + block + rest.split(end, 1)[1]
    else:
        new = old.rstrip("\n") + "\n\n" + block + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(new)
