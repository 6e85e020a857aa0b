"""What the servers are loaded with: a table of redis-benchmark command lines, each with the data it starts from."""

import csv
import hashlib
import itertools
import subprocess
from dataclasses import dataclass

from servers import Failure, RespError, require

POPPED = 200_000  # elements that are there when a test begins that takes elements away


def strings(keys, value):
    return (("SET", f"key:{i:012d}", value) for i in range(keys))


def counters(keys, _):
    return (("SET", f"counter:{i:012d}", "0") for i in range(keys))


def hash_fields(keys, value):
    return chunked(("HSET", "myhash"), ((f"element:{i:012d}", value) for i in range(keys)))


def set_members(count, _):
    return chunked(("SADD", "myset"), ((f"element:{i:012d}",) for i in range(count)))


def zset_members(count, _):
    return chunked(("ZADD", "myzset"), ((i, f"element:{i:012d}") for i in range(count)))


def list_elements(count, value):
    return chunked(("RPUSH", "mylist"), ((value,) for _ in range(count)))


def windows(keys, _):
    return (("SET", f"limit:{i:012d}", "1", "PX", "3600000") for i in range(keys))


def locks(count, value):
    return (("SET", f"lock:{i:012d}", value, "PX", "3600000") for i in range(count))


def chunked(prefix, groups, size=100):
    """Commands that start with `prefix` and carry up to `size` groups of arguments each."""
    groups = iter(groups)
    while chunk := list(itertools.islice(groups, size)):
        yield prefix + tuple(itertools.chain.from_iterable(chunk))


@dataclass(frozen=True)
class Test:
    """One redis-benchmark command line; VALUE is a value of --size bytes, always the same, NEW one that was not there
    before, __rand_int__ a random number below --keys, or below POPPED where elements are taken away."""
    name: str
    command: str
    data: callable      # makes the commands that load what the test starts from
    pops: bool = False  # takes elements away: they are put back before each measurement, which ends with the last one
    script: str = ""    # what EVALSHA runs


def evalsha(name, arguments, data, script, pops=False):
    """A test that runs a script, which is loaded beforehand."""
    sha = hashlib.sha1(script.encode()).hexdigest()
    return Test(name, f"EVALSHA {sha} {arguments}", data, pops, script)


# A window of time for each caller, which may make so many calls in it.
LIMIT = """
local calls = redis.call('INCR', KEYS[1])
if calls == 1 then
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
if calls > tonumber(ARGV[2]) then
    return 0
end
return 1
"""

# Who has a lock gives it back, unless it is another's by now. Of random locks about two in three are still there.
UNLOCK = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('DEL', KEYS[1])
end
return 0
"""

TESTS = {test.name: test for test in (
    Test("GET", "GET key:__rand_int__", strings),
    Test("SET", "SET key:__rand_int__ VALUE", strings),
    # SQLite leaves a row alone that it finds unchanged, and redis-benchmark's values are always the same: these change.
    Test("SET_NEW", "SET key:__rand_int__ NEW", strings),
    Test("INCR", "INCR counter:__rand_int__", counters),
    Test("MSET", "MSET" + " key:__rand_int__ VALUE" * 10, strings),
    Test("MSET_NEW", "MSET" + " key:__rand_int__ NEW" * 10, strings),
    Test("HSET", "HSET myhash element:__rand_int__ VALUE", hash_fields),
    Test("HGET", "HGET myhash element:__rand_int__", hash_fields),
    Test("SADD", "SADD myset element:__rand_int__", set_members),
    Test("SISMEMBER", "SISMEMBER myset element:__rand_int__", set_members),
    Test("SPOP", "SPOP myset", set_members, pops=True),
    Test("ZADD", "ZADD myzset __rand_int__ element:__rand_int__", zset_members),
    Test("ZPOPMIN", "ZPOPMIN myzset", zset_members, pops=True),
    Test("ZRANGE_10", "ZRANGE myzset __rand_int__ +inf BYSCORE LIMIT 0 10", zset_members),
    Test("ZRANK", "ZRANK myzset element:__rand_int__", zset_members),
    Test("LPUSH", "LPUSH mylist VALUE", list_elements),
    Test("RPUSH", "RPUSH mylist VALUE", list_elements),
    Test("LPOP", "LPOP mylist", list_elements, pops=True),
    Test("LRANGE_100", "LRANGE mylist 0 99", list_elements),
    Test("DEL", "DEL lock:__rand_int__", locks, pops=True),
    evalsha("EVALSHA_LIMIT", "1 limit:__rand_int__ 60000 1000", windows, LIMIT),
    evalsha("EVALSHA_UNLOCK", "1 lock:__rand_int__ VALUE", locks, UNLOCK, pops=True),
)}


class Workload:
    """Runs tests against servers, with one number of clients and keys and one size of values."""

    def __init__(self, clients=50, keys=100_000, size=64):
        self.clients = clients
        self.keys = keys
        self.value = "x" * size
        self.program = require("redis-benchmark", "Debian: apt-get install redis-tools")

    def arguments(self, test):
        words = {"VALUE": self.value, "NEW": self.value[len("__rand_int__"):] + "__rand_int__"}
        return [words.get(word, word) for word in test.command.split()]

    def load(self, server, test):
        count = POPPED if test.pops else self.keys
        with server.client() as client:
            client.pipeline(test.data(count, self.value))

    def prepare(self, server, test):
        """An empty server with the test's data, and one command of the test to see that it is no error."""
        with server.client() as client:
            client.call("FLUSHALL")
            if test.script:
                client.call("SCRIPT", "LOAD", test.script)
            if not test.pops:
                self.load(server, test)
            try:
                client.call(*(a.replace("__rand_int__", "000000000001") for a in self.arguments(test)))
            except RespError as error:
                raise Failure(f"{server.name} answers {test.name} with: {error}")

    def run(self, server, test, depth, requests):
        """One measurement: requests per second and latencies in milliseconds."""
        if test.pops:
            self.load(server, test)
        command = [self.program, "-h", "127.0.0.1", "-p", str(server.port), "-c", str(self.clients),
                   "-P", str(depth), "-r", str(POPPED if test.pops else self.keys), "-n", str(requests), "--precision", "3", "--csv",
                   *self.arguments(test)]
        done = subprocess.run(command, capture_output=True, text=True)
        rows = list(csv.DictReader(done.stdout.splitlines()))
        if done.returncode != 0 or len(rows) != 1 or "rror" in done.stderr:
            raise Failure(f"redis-benchmark, {test.name} at pipeline {depth} on {server.name}: exit code "
                          f"{done.returncode}\n{done.stderr.strip()}\n{server.tail()}")
        row = rows[0]
        return {"rps": float(row["rps"]), "requests": requests,
                **{name: float(row[f"{name}_latency_ms"]) for name in ("avg", "p50", "p95", "p99", "max")}}

    def calibrate(self, server, test, depth, seconds):
        """Warms up, and returns the number of requests that takes about `seconds`."""
        requests = self.clients * depth * 10
        while True:
            rate = self.run(server, test, depth, requests)["rps"]
            enough = max(self.clients * depth, int(rate * seconds))
            if test.pops and enough >= POPPED:
                return POPPED
            if requests / rate >= seconds / 2:
                return enough
            requests = min(enough, requests * 20)  # the first, cold figures say little about the last ones
