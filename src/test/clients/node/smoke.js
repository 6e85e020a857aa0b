// node-redis and ioredis, in RESP2 and RESP3: node smoke.js HOST PORT, with NODE_PATH where the two are installed.
// One line PASS or FAIL each.
'use strict';

const assert = require('node:assert/strict');
const nodeRedis = require('redis');
const Ioredis = require('ioredis');

const [host, port] = [process.argv[2], Number(process.argv[3])];
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const binaryKey = (key) => Buffer.concat([Buffer.from(key('b')), everyByte]);

/** Both clients behind the few calls that the checks need; replies are as the client gives them. */
const clients = [
    {
        name: `node-redis ${require('redis/package.json').version}`,
        async open(protocol) {
            const client = nodeRedis.createClient({ RESP: protocol, socket: { host, port, reconnectStrategy: false } });
            client.on('error', () => {}); // the call that fails reports it
            await client.connect();
            const buffers = client.withTypeMapping({ [nodeRedis.RESP_TYPES.BLOB_STRING]: Buffer });
            return {
                call: (...command) => client.sendCommand(command),
                getBuffer: (key) => buffers.get(key),
                // Commands sent in one tick go out as one pipeline.
                pipeline: async (commands) => (await Promise.allSettled(commands.map((c) => client.sendCommand(c))))
                    .map(({ value, reason }) => reason ?? value),
                async scan(match) {
                    const found = [];
                    for await (const keys of client.scanIterator({ MATCH: match, COUNT: 50 })) found.push(...keys);
                    return found;
                },
                config: (pattern) => client.configGet(pattern),
                library: 'node-redis',
                close: () => client.close(),
            };
        },
    },
    {
        name: `ioredis ${require('ioredis/package.json').version}`,
        async open(protocol) {
            const client = new Ioredis({ host, port, protocol, lazyConnect: true, retryStrategy: null });
            client.on('error', () => {});
            await client.connect();
            return {
                call: (...command) => client.call(...command),
                getBuffer: (key) => client.getBuffer(key),
                pipeline: async (commands) => (await client.pipeline(commands.map(([name, ...rest]) =>
                    ['call', name, ...rest])).exec()).map(([error, reply]) => error ?? reply),
                scan: (match) => new Promise((resolve, reject) => {
                    const found = [];
                    client.scanStream({ match, count: 50 }).on('data', (keys) => found.push(...keys))
                        .on('end', () => resolve(found)).on('error', reject);
                }),
                async config(pattern) {
                    const flat = await client.config('GET', pattern);
                    return Object.fromEntries(flat.flatMap((name, i) => i % 2 ? [] : [[name, flat[i + 1]]]));
                },
                library: 'ioredis',
                close: () => client.quit(),
            };
        },
    },
];

const checks = {
    async ping({ client }) {
        assert.equal(await client.call('PING'), 'PONG');
    },

    async binary({ client, key }) {
        const name = binaryKey(key);
        for (const value of [everyByte, Buffer.concat(Array(4096).fill(everyByte))]) {
            assert.equal(await client.call('SET', name, value), 'OK');
            const got = await client.getBuffer(name);
            assert.ok(value.equals(got), `${value.length} bytes came back as ${got?.length} other bytes`);
        }
        assert.equal(await client.getBuffer(key('absent')), null);
    },

    async pipeline({ client, key }) {
        const numbers = Array.from({ length: 1000 }, (_, i) => i);
        const replies = await client.pipeline([
            ...numbers.map((i) => ['SET', key(`p:${i}`), String(i)]),
            ['INCR', key('p:7')],
            ['INCR', key('p:7'), 'surplus'],
            ...numbers.map((i) => ['GET', key(`p:${i}`)]),
        ]);
        assert.deepEqual(replies.slice(0, 1000), numbers.map(() => 'OK'));
        assert.equal(Number(replies[1000]), 8);
        assert.match(replies[1001].message, /^ERR wrong number of arguments for 'incr' command$/);
        assert.deepEqual(replies.slice(1002), numbers.map((i) => String(i === 7 ? 8 : i)));
    },

    async expiry({ client, key }) {
        await client.call('SET', key('e'), 'v', 'PX', '60000');
        const left = await client.call('PTTL', key('e'));
        assert.ok(left > 0 && left <= 60000, `PTTL gives ${left}`);
        assert.equal(await client.call('PEXPIRE', key('e'), '50'), 1);
        const deadline = Date.now() + 10_000;
        while (await client.call('EXISTS', key('e'))) {
            assert.ok(Date.now() < deadline, 'a key with 50 ms to live was there after 10 s');
        }
        assert.equal(await client.call('PTTL', key('e')), -2);
    },

    async scan({ client, key }) {
        const keys = Array.from({ length: 500 }, (_, i) => key(`s:${i}`));
        await client.call('MSET', ...keys.flatMap((name) => [name, 'v']));
        const found = new Set(await client.scan(key('s:*')));
        assert.deepEqual([...found].sort(), keys.sort());
    },

    async info({ client }) {
        const text = String(await client.call('INFO'));
        for (const part of ['redis_version:', `tcp_port:${port}\r\n`, '\r\ndb0:keys=']) {
            assert.ok(text.includes(part), `INFO lacks ${JSON.stringify(part)}`);
        }
    },

    async config({ client }) {
        const found = await client.config('maxmemory*');
        assert.ok('maxmemory' in found && 'maxmemory-policy' in found, JSON.stringify(found));
    },

    async 'client info'({ client }) {
        await client.call('CLIENT', 'SETNAME', 'smoke');
        const text = String(await client.call('CLIENT', 'INFO'));
        assert.match(text, / name=smoke /);
        const [major, minor] = /redis_version:(\d+)\.(\d+)/.exec(await client.call('INFO', 'server')).slice(1).map(Number);
        // CLIENT SETINFO, which both clients send on their own, came with 7.2.
        if (major > 7 || (major === 7 && minor >= 2)) assert.match(text, new RegExp(` lib-name=${client.library}`));
    },

    async errors({ client, key }) {
        await client.call('SET', key('text'), 'text');
        const wanted = [
            [['INCR', key('text')], 'ERR value is not an integer or out of range'],
            [['NOSUCH', 'x'], "ERR unknown command 'NOSUCH', with args beginning with: 'x' "],
            [['GET'], "ERR wrong number of arguments for 'get' command"],
        ];
        for (const [command, message] of wanted) {
            await assert.rejects(() => client.call(...command), (error) => {
                assert.equal(error.message, message);
                return true;
            });
        }
        assert.equal(await client.call('GET', key('text')), 'text');
    },

    async concurrency({ client, key }) {
        await Promise.all(Array.from({ length: 1000 }, () => client.call('INCR', key('count'))));
        assert.equal(await client.call('GET', key('count')), '1000');
    },
};

async function run(kind, protocol) {
    const name = `${kind.name}, RESP${protocol}`;
    const prefix = `smoke:node:${process.pid}:${Date.now()}:`;
    const key = (suffix) => prefix + suffix;
    const problems = [];
    try {
        const client = await kind.open(protocol);
        for (const [check, body] of Object.entries(checks)) {
            await body({ client, key }).catch((error) => problems.push(`${check}: ${error.message}`));
        }
        const left = (await client.scan(key('*'))).filter((name) => !name.startsWith(key('b'))); // not text: below
        await client.call('UNLINK', ...left, binaryKey(key));
        await client.close();
    } catch (error) {
        problems.push(`connection: ${error.message}`);
    }
    problems.forEach((problem) => console.log(`    ${problem}`));
    const count = Object.keys(checks).length;
    console.log(problems.length ? `FAIL ${name}: ${problems.length} problems in ${count} checks`
        : `PASS ${name}: ${count} checks`);
    return problems.length === 0;
}

async function main() {
    let passed = true;
    for (const kind of clients) {
        for (const protocol of [2, 3]) passed = await run(kind, protocol) && passed;
    }
    process.exit(passed ? 0 : 1);
}

main();
