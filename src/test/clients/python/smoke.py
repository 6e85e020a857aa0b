"""redis-py, sync and async, in RESP2 and RESP3: python smoke.py HOST PORT. One line PASS or FAIL each."""

import asyncio
import inspect
import os
import sys
import time

import redis
import redis.asyncio

HOST, PORT = sys.argv[1], int(sys.argv[2])
EVERY_BYTE = bytes(range(256))


async def value(result):
    """The result of a client call: the sync client returns it, the async client a coroutine for it."""
    return await result if inspect.isawaitable(result) else result


class Checks:
    """The checks; written once for both clients, since every call goes through value()."""

    def __init__(self, connect):
        self.connect = connect
        self.client = connect()
        self.prefix = f"smoke:py:{os.getpid()}:{time.time_ns()}:".encode()

    def key(self, name):
        return self.prefix + (name if isinstance(name, bytes) else name.encode())

    async def error(self, call):
        """The text of the error reply that call gets."""
        try:
            result = await value(call())
        except redis.ResponseError as error:
            return str(error)
        raise AssertionError(f"no error, but {result!r}")

    async def ping(self):
        assert await value(self.client.ping()) is True

    async def binary(self):
        key, big = self.key(EVERY_BYTE), EVERY_BYTE * 4096
        assert await value(self.client.set(key, EVERY_BYTE)) is True
        assert await value(self.client.get(key)) == EVERY_BYTE
        assert await value(self.client.set(key, big)) is True
        assert await value(self.client.get(key)) == big
        assert await value(self.client.strlen(key)) == len(big)
        assert await value(self.client.get(self.key("absent"))) is None

    async def pipeline(self):
        pipe = self.client.pipeline(transaction=False)
        for i in range(1000):
            pipe.set(self.key(f"p:{i}"), i)
        pipe.incr(self.key("p:7"))
        pipe.execute_command("INCR", self.key("p:7"), "surplus")
        for i in range(1000):
            pipe.get(self.key(f"p:{i}"))
        replies = await value(pipe.execute(raise_on_error=False))
        assert replies[:1000] == [True] * 1000
        assert replies[1000] == 8, replies[1000]
        assert isinstance(replies[1001], redis.ResponseError), replies[1001]
        assert [int(r) for r in replies[1002:]] == [8 if i == 7 else i for i in range(1000)]

    async def expiry(self):
        key = self.key("e")
        await value(self.client.set(key, "v", px=60_000))
        assert 0 < await value(self.client.pttl(key)) <= 60_000
        assert await value(self.client.persist(key)) in (True, 1)
        assert await value(self.client.pttl(key)) == -1
        assert await value(self.client.pexpire(key, 50)) in (True, 1)
        deadline = time.monotonic() + 10
        while await value(self.client.exists(key)):
            assert time.monotonic() < deadline, "a key with 50 ms to live was there after 10 s"
        assert await value(self.client.pttl(key)) == -2

    async def scan(self):
        keys = {self.key(f"s:{i}") for i in range(500)}
        await value(self.client.mset({key: "v" for key in keys}))
        found = []
        iterator = self.client.scan_iter(match=self.prefix + b"s:*", count=50)
        if hasattr(iterator, "__aiter__"):
            async for key in iterator:
                found.append(key)
        else:
            found.extend(iterator)
        assert set(found) == keys, f"{len(set(found))} of {len(keys)} keys"

    async def info(self):
        info = await value(self.client.info())
        assert info["redis_version"][0].isdigit(), info["redis_version"]
        assert info["tcp_port"] == PORT, info["tcp_port"]
        assert "db0" in info, "no keyspace section"

    async def config(self):
        found = await value(self.client.config_get("maxmemory*"))
        assert {"maxmemory", "maxmemory-policy"} <= found.keys(), found
        assert await value(self.client.config_get("no-such-parameter")) == {}

    async def client_info(self):
        await value(self.client.client_setname("smoke"))
        assert await value(self.client.client_getname()) in ("smoke", b"smoke")
        version = (await value(self.client.info("server")))["redis_version"]
        if tuple(map(int, version.split(".")[:2])) >= (7, 2):
            me = await value(self.client.client_info())
            assert me["lib-name"].startswith("redis-py"), me
            assert me["lib-ver"] == redis.__version__, me

    async def errors(self):
        key = self.key("text")
        await value(self.client.set(key, "text"))
        # redis-py strips the code ERR.
        assert await self.error(lambda: self.client.incr(key)) == "value is not an integer or out of range"
        assert "unknown command" in await self.error(lambda: self.client.execute_command("NOSUCH", "x"))
        assert await self.error(lambda: self.client.execute_command("GET")) == \
            "wrong number of arguments for 'get' command"
        assert await value(self.client.get(key)) == b"text"

    async def concurrency(self):
        key = self.key("count")

        async def count():
            for _ in range(50):
                await value(self.client.incr(key))

        await asyncio.gather(*(count() for _ in range(20)))
        assert await value(self.client.get(key)) == b"1000"

    async def clean_up(self):
        cursor = 0
        while True:
            cursor, keys = await value(self.client.scan(cursor, match=self.prefix + b"*", count=1000))
            if keys:
                await value(self.client.unlink(*keys))
            if cursor == 0:
                return

    async def run(self):
        """Failed checks as text, and the number of checks."""
        failed = []
        checks = [self.ping, self.binary, self.pipeline, self.expiry, self.scan, self.info, self.config,
                  self.client_info, self.errors, self.concurrency]
        for check in checks:
            try:
                await check()
            except Exception as problem:  # whatever it is, it is this check's result
                failed.append(f"{check.__name__}: {type(problem).__name__}: {problem}")
        try:
            await self.clean_up()
        except Exception as problem:
            failed.append(f"clean-up: {problem}")
        close = getattr(self.client, "aclose", self.client.close)
        await value(close())
        return failed, len(checks)


def main():
    failures = 0
    for module, what in ((redis, "redis-py"), (redis.asyncio, "redis-py async")):
        for protocol in (2, 3):
            name = f"{what} {redis.__version__}, RESP{protocol}"
            failed, count = asyncio.run(Checks(lambda: module.Redis(
                host=HOST, port=PORT, protocol=protocol, socket_timeout=30)).run())
            for problem in failed:
                print(f"    {problem}")
            print(f"FAIL {name}: {len(failed)} problems in {count} checks" if failed else f"PASS {name}: {count} checks")
            failures += bool(failed)
    sys.exit(1 if failures else 0)


main()
