// Job queues that live on Lua scripts, Bull and BullMQ: node jobs.js HOST PORT, with NODE_PATH where they are installed.
// Some thousand jobs each, plain, delayed, retried, rate-limited and repeated, through two workers; every job must be
// processed once (and as often again as it failed). One line PASS, FAIL or SKIP a check.
'use strict';

const assert = require('node:assert/strict');
const Bull = require('bull');
const bullmq = require('bullmq');
const Ioredis = require('ioredis');

const [host, port] = [process.argv[2], Number(process.argv[3])];
const connection = { host, port };
const prefix = `smoke:jobs:${process.pid}:${Date.now()}`;
const PATIENCE_MS = 60_000;
const KEEP = { removeOnComplete: false, removeOnFail: false };

/** Both queues behind the few calls that the checks need. A job's data is {n}; `work` gets it, with the attempts before. */
const libraries = [
    {
        name: `Bull ${require('bull/package.json').version}`,
        needs: [],
        open(name, limiter) {
            const open = () => new Bull(name, { redis: connection, prefix, limiter });
            const queue = open();
            const workers = [];
            return {
                addAll: (jobs) => queue.addBulk(jobs.map(({ n, ...opts }) => ({ data: { n }, opts: { ...KEEP, ...opts } }))),
                repeat: (key, every, limit) => queue.add({ n: key }, { ...KEEP, repeat: { every, limit } }),
                async work(count, concurrency, work) {
                    for (let i = 0; i < count; i++) {
                        const worker = open();
                        workers.push(worker);
                        worker.process(concurrency, (job) => work(job.data.n, job.attemptsMade, job.id));
                        await worker.isReady();
                    }
                },
                counts: () => queue.getJobCounts(),
                pause: () => queue.pause(),
                resume: () => queue.resume(),
                close: () => Promise.all([...workers, queue].map((each) => each.close())),
            };
        },
    },
    {
        name: `BullMQ ${require('bullmq/package.json').version}`,
        // Each of its scripts tells what it did in a stream of events; no option turns that off.
        needs: ['XADD', 'XTRIM'],
        open(name, limiter) {
            const queue = new bullmq.Queue(name, { connection, prefix });
            const workers = [];
            return {
                addAll: (jobs) => queue.addBulk(jobs.map(({ n, ...opts }) => (
                    { name: 'job', data: { n }, opts: { ...KEEP, ...opts } }))),
                repeat: (key, every, limit) => queue.upsertJobScheduler(key, { every, limit }, { data: { n: key }, opts: KEEP }),
                async work(count, concurrency, work) {
                    for (let i = 0; i < count; i++) {
                        const worker = new bullmq.Worker(name, (job) => work(job.data.n, job.attemptsMade, job.id),
                            { connection, prefix, concurrency, limiter });
                        worker.on('error', () => {}); // what it leads to is what counts
                        workers.push(worker);
                        await worker.waitUntilReady();
                    }
                },
                counts: () => queue.getJobCounts(),
                pause: () => queue.pause(),
                resume: () => queue.resume(),
                close: () => Promise.all([...workers, queue].map((each) => each.close())),
            };
        },
    },
];

/** Waits until the condition, which may ask the server, holds. */
async function until(what, condition) {
    const deadline = Date.now() + PATIENCE_MS;
    while (!await condition()) {
        assert.ok(Date.now() < deadline, `${what} did not happen within ${PATIENCE_MS / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

const range = (count) => Array.from({ length: count }, (_, n) => n);

/** Counts how often each job was begun. */
class Tally {
    runs = new Map();

    add(n) {
        this.runs.set(n, (this.runs.get(n) ?? 0) + 1);
    }

    assertEach(numbers, times) {
        const wrong = numbers.filter((n) => this.runs.get(n) !== times(n));
        assert.deepEqual(wrong.slice(0, 5).map((n) => [n, this.runs.get(n)]), [], `${wrong.length} jobs ran too often or not`);
        assert.equal(this.runs.size, numbers.length);
    }
}

/** Adds the jobs, has two workers do them and waits until all are done. */
async function processAll(queue, tally, jobs, work = async () => {}, expected = { completed: jobs.length, failed: 0 }) {
    await queue.work(2, 20, async (n, attempts, id) => {
        tally.add(n);
        return work(n, attempts, id);
    });
    await queue.addAll(jobs);
    let counts;
    await until('the end of all jobs', async () => {
        counts = await queue.counts();
        return counts.completed + counts.failed >= jobs.length;
    });
    assert.deepEqual({ completed: counts.completed, failed: counts.failed }, expected);
    assert.deepEqual([counts.waiting, counts.active, counts.delayed], [0, 0, 0]);
}

const checks = {
    async plain(open) {
        const tally = new Tally();
        const jobs = range(2000).map((n) => ({ n }));
        await processAll(open(), tally, jobs);
        tally.assertEach(range(2000), () => 1);
    },

    async 'with priorities'(open) {
        const queue = open();
        const order = [];
        await queue.pause();
        await queue.addAll(range(100).map((n) => ({ n, priority: 1 + (n * 37) % 100 })));
        await queue.work(1, 1, async (n) => { order.push(1 + (n * 37) % 100); });
        await queue.resume();
        await until('the end of all jobs', () => order.length >= 100);
        assert.deepEqual(order, range(100).map((n) => n + 1));
    },

    async delayed(open) {
        const tally = new Tally();
        const due = new Map();
        const early = [];
        const jobs = range(500).map((n) => ({ n, delay: 1 + (n * 37) % 1000 }));
        const now = Date.now();
        jobs.forEach(({ n, delay }) => due.set(n, now + delay));
        await processAll(open(), tally, jobs, async (n) => {
            if (Date.now() < due.get(n)) early.push(n);
        });
        tally.assertEach(range(500), () => 1);
        assert.deepEqual(early, [], 'jobs ran before they were due');
    },

    async retried(open) {
        const tally = new Tally();
        // Every third fails once and every fifth always, with two attempts each.
        const fails = (n, attempts) => n % 5 === 0 || (n % 3 === 0 && attempts === 0);
        const jobs = range(500).map((n) => ({ n, attempts: 2, backoff: { type: 'fixed', delay: 10 } }));
        const failed = range(500).filter((n) => n % 5 === 0).length;
        await processAll(open(), tally, jobs, async (n, attempts) => {
            if (fails(n, attempts)) throw new Error('as told');
        }, { completed: 500 - failed, failed });
        tally.assertEach(range(500), (n) => (n % 5 === 0 || n % 3 === 0 ? 2 : 1));
    },

    async 'rate-limited'(open) {
        const tally = new Tally();
        const [max, duration] = [20, 200];
        const starts = [];
        await processAll(open({ max, duration }), tally, range(100).map((n) => ({ n })), async () => {
            starts.push(Date.now());
        });
        tally.assertEach(range(100), () => 1);
        // A window begins with its first job; the fifth cannot begin before four have ended. The clocks differ by a little.
        const took = Math.max(...starts) - Math.min(...starts);
        assert.ok(took >= (100 / max - 1) * duration * 0.9, `100 jobs, ${max} each ${duration} ms, within ${took} ms`);
    },

    async repeated(open) {
        const queue = open();
        const runs = new Map();
        await queue.work(2, 5, async (key, attempts, id) => {
            runs.set(key, [...runs.get(key) ?? [], id]);
        });
        const [kinds, limit] = [10, 5];
        await Promise.all(range(kinds).map((i) => queue.repeat(`kind ${i}`, 100 + i, limit)));
        await until('the last repetition', async () => (await queue.counts()).completed >= kinds * limit);
        const counts = await queue.counts();
        assert.deepEqual([counts.completed, counts.failed, counts.active, counts.waiting], [kinds * limit, 0, 0, 0]);
        for (const i of range(kinds)) {
            const ids = runs.get(`kind ${i}`);
            assert.equal(ids.length, limit);
            assert.equal(new Set(ids).size, limit, 'one repetition ran twice');
        }
    },
};

async function run(library, client) {
    const unknown = [];
    for (const command of library.needs) {
        if (!(await client.call('COMMAND', 'INFO', command))[0]) unknown.push(command);
    }
    let passed = true;
    for (const [check, body] of Object.entries(checks)) {
        const name = `${library.name}, ${check} jobs`;
        if (unknown.length) {
            console.log(`SKIP ${name}: the server does not know ${unknown.join(', ')}`);
            continue;
        }
        const opened = [];
        try {
            await body((limiter) => {
                const queue = library.open(`${library.name}-${check}`.replace(/\W+/g, '-'), limiter);
                opened.push(queue);
                return queue;
            });
            console.log(`PASS ${name}`);
        } catch (error) {
            passed = false;
            console.log(`FAIL ${name}: ${error.message}`);
        } finally {
            await Promise.all(opened.map((queue) => queue.close().catch(() => {})));
        }
    }
    return passed;
}

async function main() {
    const client = new Ioredis({ host, port });
    let passed = true;
    for (const library of libraries) passed = await run(library, client) && passed;
    for await (const keys of client.scanStream({ match: `${prefix}:*`, count: 1000 })) {
        if (keys.length) await client.unlink(...keys);
    }
    await client.quit();
    process.exit(passed ? 0 : 1);
}

main();
