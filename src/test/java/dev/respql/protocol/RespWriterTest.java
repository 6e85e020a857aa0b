package dev.respql.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of reply, as RESP2 and as RESP3. */
class RespWriterTest {
    static Stream<Arguments> replies() {
        Reply a = Reply.bulk("a");
        Reply one = Reply.integer(1);
        return Stream.of(
                same(Reply.OK, "+OK\r\n"), same(new Reply.Simple(""), "+\r\n"), same(Reply.QUEUED, "+QUEUED\r\n"),
                same(new Reply.Error("ERR no"), "-ERR no\r\n"),
                same(new Reply.Error("ERR a\r\nb\nc"), "-ERR a  b c\r\n"),
                same(new Reply.Error("ERR '\u00ff'"), "-ERR '\u00ff'\r\n"),
                same(Reply.integer(0), ":0\r\n"), same(one, ":1\r\n"), same(Reply.integer(9), ":9\r\n"),
                same(Reply.integer(10), ":10\r\n"), same(Reply.integer(-1), ":-1\r\n"),
                same(Reply.integer(Long.MAX_VALUE), ":9223372036854775807\r\n"),
                same(Reply.integer(Long.MIN_VALUE), ":-9223372036854775808\r\n"),
                same(Reply.oneOrZero(true), ":1\r\n"), same(Reply.oneOrZero(false), ":0\r\n"),
                same(a, "$1\r\na\r\n"), same(Reply.bulk(""), "$0\r\n\r\n"),
                same(Reply.bulk("\u00e9"), "$2\r\n\u00c3\u00a9\r\n"),
                same(Reply.bulk(Bytes.latin1("\0\r\n\u00ff")), "$4\r\n\0\r\n\u00ff\r\n"),
                row(Reply.NULL, "$-1\r\n", "_\r\n"), row(Reply.bulk((String) null), "$-1\r\n", "_\r\n"),
                row(Reply.NULL_ARRAY, "*-1\r\n", "_\r\n"),
                same(Reply.NONE, ""),
                same(Reply.EMPTY_ARRAY, "*0\r\n"), same(Reply.array(a, one), "*2\r\n$1\r\na\r\n:1\r\n"),
                row(Reply.bulks(Arrays.asList(Bytes.latin1("a"), null)), "*2\r\n$1\r\na\r\n$-1\r\n",
                        "*2\r\n$1\r\na\r\n_\r\n"),
                row(new Reply.SetOf(List.of(a)), "*1\r\n$1\r\na\r\n", "~1\r\n$1\r\na\r\n"),
                row(new Reply.MapOf(List.of(a, one)), "*2\r\n$1\r\na\r\n:1\r\n", "%1\r\n$1\r\na\r\n:1\r\n"),
                row(new Reply.MapOf(List.of()), "*0\r\n", "%0\r\n"),
                row(new Reply.Push(List.of(a)), "*1\r\n$1\r\na\r\n", ">1\r\n$1\r\na\r\n"),
                row(new Reply.Dbl(1.5), "$3\r\n1.5\r\n", ",1.5\r\n"), row(new Reply.Dbl(-0.0), "$2\r\n-0\r\n", ",-0\r\n"),
                row(new Reply.Dbl(10), "$2\r\n10\r\n", ",10\r\n"),
                row(new Reply.Dbl(Double.POSITIVE_INFINITY), "$3\r\ninf\r\n", ",inf\r\n"),
                row(new Reply.Dbl(Double.NEGATIVE_INFINITY), "$4\r\n-inf\r\n", ",-inf\r\n"),
                row(new Reply.Dbl(Double.NaN), "$3\r\nnan\r\n", ",nan\r\n"),
                row(new Reply.Bool(true), ":1\r\n", "#t\r\n"), row(new Reply.Bool(false), ":0\r\n", "#f\r\n"),
                row(new Reply.BigNumber("12345678901234567890"), "$20\r\n12345678901234567890\r\n",
                        "(12345678901234567890\r\n"),
                row(new Reply.Verbatim("txt", Bytes.latin1("a\nb")), "$3\r\na\nb\r\n", "=7\r\ntxt:a\nb\r\n"),
                row(new Reply.Verbatim("txt", new byte[0]), "$0\r\n\r\n", "=4\r\ntxt:\r\n"),
                row(new Reply.Versioned(one, Reply.array(a)), ":1\r\n", "*1\r\n$1\r\na\r\n"),
                row(Reply.array(new Reply.MapOf(List.of(a, new Reply.SetOf(List.of(Reply.NULL, new Reply.Dbl(2)))))),
                        "*1\r\n*2\r\n$1\r\na\r\n*2\r\n$-1\r\n$1\r\n2\r\n",
                        "*1\r\n%1\r\n$1\r\na\r\n~2\r\n_\r\n,2\r\n"));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void writes(Reply reply, String resp2, String resp3) {
        RespWriter out = new RespWriter(UnpooledByteBufAllocator.DEFAULT);
        out.version(2);
        reply.writeTo(out);
        assertEquals(resp2.length(), out.pendingBytes());
        assertEquals(resp2, taken(out));
        assertEquals(0, out.pendingBytes());
        out.version(3);
        reply.writeTo(out);
        assertEquals(resp3, taken(out));
    }

    /** Limits go by it: it must not be less than what is sent, as far as that counts. */
    @ParameterizedTest
    @MethodSource("replies")
    void weighsWhatItSends(Reply reply, String resp2, String resp3) {
        assertTrue(reply == Reply.NONE || reply.weight() >= Math.max(resp2.length(), resp3.length()) / 2,
                () -> reply + " weighs " + reply.weight());
    }

    @Test
    void longStringsWeighTheirLength() {
        Reply megabyte = new Reply.Bulk(new byte[1 << 20]);
        assertTrue(megabyte.weight() >= 1 << 20);
        assertTrue(new Reply.Push(List.of(Reply.array(megabyte, megabyte))).weight() >= 2 << 20);
        assertTrue(new Reply.MapOf(List.of(megabyte, new Reply.SetOf(List.of(megabyte)))).weight() >= 2 << 20);
        assertTrue(new Reply.Versioned(Reply.OK, megabyte).weight() >= 1 << 20);
        assertTrue(new Reply.Verbatim("txt", new byte[1 << 20]).weight() >= 1 << 20);
    }

    @Test
    void nothingWrittenGivesNoBuffers() {
        RespWriter out = new RespWriter(UnpooledByteBufAllocator.DEFAULT);
        assertEquals(List.of(), out.take());
        Reply.NONE.writeTo(out);
        assertEquals(List.of(), out.take());
    }

    /** Long strings travel in their own array, without a copy, and keep their place among short replies. */
    @Test
    void longStringsAreNotCopied() {
        RespWriter out = new RespWriter(UnpooledByteBufAllocator.DEFAULT);
        byte[] first = new byte[100_000];
        byte[] second = new byte[200_000];
        Arrays.fill(second, (byte) 'x');
        out.version(3);
        for (Reply reply : List.of(Reply.OK, Reply.bulk(first), Reply.bulk(second), Reply.array(Reply.bulk(first)),
                new Reply.Verbatim("txt", second), Reply.OK)) {
            reply.writeTo(out);
        }
        long expected = 5 + 2 * (9 + 100_000 + 2) + 4 + (9 + 200_000 + 2) + (9 + 4 + 200_000 + 2) + 5;
        assertEquals(expected, out.pendingBytes());
        List<ByteBuf> buffers = out.take();
        assertEquals(expected, buffers.stream().mapToLong(ByteBuf::readableBytes).sum());
        List<byte[]> wrapped = buffers.stream().filter(buffer -> buffer.readableBytes() >= 100_000)
                .map(ByteBuf::array).toList();
        assertEquals(4, wrapped.size());
        assertSame(first, wrapped.get(0));
        assertSame(second, wrapped.get(1));
        assertSame(first, wrapped.get(2));
        assertSame(second, wrapped.get(3));
        String text = text(buffers);
        assertTrue(text.startsWith("+OK\r\n$100000\r\n\0"));
        assertTrue(text.endsWith("=200004\r\ntxt:" + "x".repeat(200_000) + "\r\n+OK\r\n"));
    }

    private static Arguments row(Reply reply, String resp2, String resp3) {
        return Arguments.of(reply, resp2, resp3);
    }

    private static Arguments same(Reply reply, String wire) {
        return Arguments.of(reply, wire, wire);
    }

    private static String taken(RespWriter out) {
        return text(out.take());
    }

    private static String text(List<ByteBuf> buffers) {
        ByteBuf whole = Unpooled.wrappedBuffer(buffers.toArray(ByteBuf[]::new));
        String text = whole.toString(StandardCharsets.ISO_8859_1);
        whole.release();
        return text;
    }
}
