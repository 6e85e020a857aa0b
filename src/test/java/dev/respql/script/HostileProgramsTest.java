package dev.respql.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.respql.protocol.Reply;
import dev.respql.protocol.RespWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A fuzzer: scripts written at random to do harm ({@link HostilePrograms}). Each ends soon after it is killed, takes no
 * more memory than it may, leaves nothing to the next one, and lets nothing out but replies. More of them:
 * {@code -Drespql.test.hostile=100000}; others: {@code -Drespql.test.seed=1000000}.
 */
class HostileProgramsTest {
    private static final int PROGRAMS = Integer.getInteger("respql.test.hostile", 1500);
    private static final long FIRST_SEED = Long.getLong("respql.test.seed", 1);
    private static final long MEMORY = 4 << 20;
    /** How often a script is looked at before it is killed: after 200,000 steps. */
    private static final int PATIENCE = 10;
    /** Between two looks, in nanoseconds of the thread's own processor time; some milliseconds are usual. */
    private static final long MOST_CPU = 2_000_000_000L;
    /** Between two looks: what a script may hold, once as it is and a few times on the way, as where a string is made. */
    private static final long MOST_ALLOCATED = 12 * MEMORY;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final ScriptEngine engine = newEngine();
    private final List<String> functions = HostilePrograms.functionsOf(engine);

    private static ScriptEngine newEngine() {
        return new ScriptEngine(MEMORY, "7.2.4");
    }

    /** Measures what happens between two looks at a script. */
    private static final class Meter extends StubHost {
        private long cpu = THREADS.getCurrentThreadCpuTime();
        private long allocated = THREADS.getCurrentThreadAllocatedBytes();
        private long mostCpu;
        private long mostAllocated;

        Meter() {
            super(PATIENCE);
        }

        @Override
        public void checkpoint() {
            look();
            super.checkpoint();
        }

        void look() {
            long cpuNow = THREADS.getCurrentThreadCpuTime();
            long allocatedNow = THREADS.getCurrentThreadAllocatedBytes();
            mostCpu = Math.max(mostCpu, cpuNow - cpu);
            mostAllocated = Math.max(mostAllocated, allocatedNow - allocated);
            cpu = cpuNow;
            allocated = allocatedNow;
        }
    }

    private String run(ScriptEngine in, byte[] source, byte[] argument) {
        Meter meter = new Meter();
        String reply;
        try {
            reply = wire(in.compile(source).run(meter, List.of(ScriptEngine.latin1("key:1"), ScriptEngine.latin1("key:2")),
                    List.of(argument, ScriptEngine.latin1("17"))));
        } catch (ScriptException e) {
            reply = "-" + e.getMessage();
        }
        meter.look();
        assertTrue(meter.mostCpu < MOST_CPU, () -> "it ran unseen for " + meter.mostCpu / 1_000_000 + " ms");
        assertTrue(meter.mostAllocated < MOST_ALLOCATED, () -> "it took " + meter.mostAllocated + " bytes unseen");
        // Where a table or function lies differs from run to run, in Redis too.
        return reply.replaceAll("0x[0-9a-f]+", "0x");
    }

    /** Where a limit comes upon a script differs a little from run to run. */
    private static boolean wasLimited(String reply) {
        return reply.startsWith("-ERR Script killed") || reply.contains("not enough memory");
    }

    private static String wire(Reply reply) {
        RespWriter writer = new RespWriter(UnpooledByteBufAllocator.DEFAULT);
        writer.version(3);
        reply.writeTo(writer);
        StringBuilder wire = new StringBuilder();
        for (ByteBuf buffer : writer.take()) {
            wire.append(buffer.toString(StandardCharsets.ISO_8859_1));
            buffer.release();
        }
        return wire.toString();
    }

    private static byte[] argument(long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** What a script can see of the state of its environment. */
    private String fingerprint(ScriptEngine in) {
        return run(in, ScriptEngine.latin1("""
                local list, seen = {}, {}
                local function walk(path, value)
                    local kind = type(value)
                    list[#list + 1] = path .. '=' .. kind
                    if kind ~= 'table' and kind ~= 'string' or kind == 'table' and seen[value] then return end
                    if kind == 'table' then
                        seen[value] = true
                        local keys = {}
                        for key in pairs(value) do keys[#keys + 1] = tostring(key) end
                        table.sort(keys)
                        for _, key in ipairs(keys) do walk(path .. '.' .. key, rawget(value, key)) end
                    end
                    local metatable = getmetatable(value)
                    if metatable and not seen[metatable] then walk(path .. '!', metatable) end
                end
                walk('_G', _G)
                walk('string', '')
                list[#list + 1] = cjson.encode({1, {}, {a = 1.5}}) .. cjson.encode_max_depth() .. cjson.decode_max_depth()
                list[#list + 1] = tostring(cjson.encode_invalid_numbers()) .. cjson.encode_number_precision()
                list[#list + 1] = #KEYS .. ' ' .. #ARGV .. tostring(coroutine.running())
                return list"""), new byte[0]);
    }

    @Test
    void scriptsThatMeanHarmDoNone() {
        String clean = fingerprint(engine);
        assertTrue(clean.contains("_G.redis.call=function") && clean.contains("!.__index.rep=function"), clean);
        long threads = THREADS.getTotalStartedThreadCount();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
            String program = HostilePrograms.program(seed, functions);
            try {
                byte[] source = ScriptEngine.latin1(program);
                // An environment that has seen all scripts before, and one that has seen none.
                String used = run(engine, source, argument(seed));
                String fresh = run(newEngine(), source, argument(seed));
                if (!wasLimited(used) && !wasLimited(fresh)) {
                    assertEquals(fresh, used);
                }
                assertEquals(clean, fingerprint(engine), "what it has left behind");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ": " + e + "\n" + program, e);
            }
        }
        assertTrue(THREADS.getTotalStartedThreadCount() - threads < PROGRAMS / 10, "scripts have started threads");
    }

    @Test
    void damagedSourcesAreRefusedOrRun() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
            Random random = new Random(seed);
            byte[] source = ScriptEngine.latin1(random.nextBoolean()
                    ? RandomPrograms.program(seed) : HostilePrograms.program(seed, functions));
            for (int i = random.nextInt(4); i >= 0; i--) {
                source = damaged(source, random);
            }
            try {
                run(engine, source, argument(seed));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ": " + e + "\n" + new String(source, StandardCharsets.ISO_8859_1), e);
            }
        }
    }

    /** With a piece left out, put elsewhere, repeated often, or replaced by any byte. */
    private static byte[] damaged(byte[] source, Random random) {
        if (source.length < 2) {
            return source;
        }
        int from = random.nextInt(source.length - 1);
        int length = 1 + random.nextInt(Math.min(source.length - from, 1 + random.nextInt(60)));
        String text = new String(source, StandardCharsets.ISO_8859_1);
        String before = text.substring(0, from);
        String piece = text.substring(from, from + length);
        String after = text.substring(from + length);
        return ScriptEngine.latin1(switch (random.nextInt(5)) {
            case 0 -> before + after;
            case 1 -> before + piece.repeat(random.nextInt(300)) + after;
            case 2 -> before + (char) random.nextInt(256) + after;
            case 3 -> after + piece + before;
            default -> {
                int to = random.nextInt(text.length());
                yield text.substring(0, to) + piece + text.substring(to);
            }
        });
    }
}
