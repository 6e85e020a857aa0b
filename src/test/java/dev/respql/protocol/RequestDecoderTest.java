package dev.respql.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The decoder on its own, whatever pieces its input comes in. That a whole server answers the same input as redis-server
 * does is tested by {@code ProtocolOracleTest}; the error texts here are the ones seen there.
 */
class RequestDecoderTest {
    private static final String NOT_A_COUNT = "Protocol error: invalid multibulk length";
    private static final String NOT_A_LENGTH = "Protocol error: invalid bulk length";
    private static final String UNBALANCED = "Protocol error: unbalanced quotes in request";

    /** What one input decodes to: requests as redis-cli would show them, then the error that ends it, or "…" for more. */
    static Stream<Arguments> inputs() {
        return Stream.of(
                // Arrays of bulk strings
                row("*1\r\n$4\r\nPING\r\n", "PING"),
                row("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n", "SET k value"),
                row("*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", "ECHO \"\""),
                row("*1\r\n$0\r\n\r\n", "\"\""),
                row("*2\r\n$4\r\nECHO\r\n$6\r\n\r\n$1\r\n\r\n", "ECHO \"\\r\\n$1\\r\\n\""),
                row("*2\r\n$4\r\nECHO\r\n$4\r\n\0\u00ff*\n\r\n", "ECHO \"\\x00\\xff*\\n\""),
                row("*2\r\n$4\r\nECHO\r\n$10\r\n0123456789\r\n", "ECHO 0123456789"),
                // What follows a bulk string is passed over unseen, as in Redis
                row("*1\r\n$4\r\nPINGxy*1\r\n$4\r\nPING\r\n", "PING", "PING"),
                // Nothing to do
                row("*0\r\n*1\r\n$4\r\nPING\r\n", "PING"), row("*-1\r\n*-10\r\nPING\r\n", "PING"),
                row("\r\n\n \t \r\nPING\r\n", "PING"), row(""),
                // Pipelines
                row("*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$1\r\na\r\nPING\r\n*1\r\n$4\r\nQUIT\r\n", "PING", "ECHO a",
                        "PING", "QUIT"),
                // Inline
                row("PING\r\n", "PING"), row("PING\n", "PING"), row("  SET  k\tv \r\n", "SET k v"),
                row("SET \"a b\" 'c d'\r\n", "SET \"a b\" \"c d\""), row("ECHO \"\"\r\n", "ECHO \"\""),
                row("ECHO \"\\x00\\xff\\n\\r\\t\\b\\a\\\"\\\\\"\r\n", "ECHO \"\\x00\\xff\\n\\r\\t\\x08\\x07\\\"\\\\\""),
                row("ECHO 'it\\'s \\n'\r\n", "ECHO \"it's \\\\n\""), row("ECHO a\"b\"\r\n", "ECHO ab"),
                row("+PING\r\n", "+PING"), row("$4\r\n", "$4"),
                // Not complete
                row("*", "…"), row("*1", "…"), row("*1\r", "…"), row("*1\r\n", "…"), row("*1\r\n$4\r\nPIN", "…"),
                row("*1\r\n$4\r\nPING\r", "…"), row("*2147483647\r\n", "…"), row("*2\r\n$4\r\nPING\r\n", "…"),
                row("PING", "…"), row("PING\r", "…"), row("*1\r\n$536870912\r\n", "…"),
                // Counts
                row("*\r\n", NOT_A_COUNT), row("*x\r\n", NOT_A_COUNT), row("*1x\r\n", NOT_A_COUNT),
                row("* 1\r\n", NOT_A_COUNT), row("*1 \r\n", NOT_A_COUNT), row("*+1\r\n", NOT_A_COUNT),
                row("*01\r\n", NOT_A_COUNT), row("*-0\r\n", NOT_A_COUNT), row("*-\r\n", NOT_A_COUNT),
                row("*--1\r\n", NOT_A_COUNT), row("*2147483648\r\n", NOT_A_COUNT),
                row("*9223372036854775808\r\n", NOT_A_COUNT), row("*99999999999999999999999999\r\n", NOT_A_COUNT),
                row("*-99999999999999999999999999\r\n", NOT_A_COUNT), row("PING\r\n*x\r\nPING\r\n", "PING", NOT_A_COUNT),
                row("*1\0\r\n", NOT_A_COUNT), row("PING\0 a\r\n", "PING"),
                // Elements
                row("*1\r\nPING\r\n", "Protocol error: expected '$', got 'P'"),
                row("*1\r\n\r\n", "Protocol error: expected '$', got '\r'"),
                row("*1\r\n*1\r\n", "Protocol error: expected '$', got '*'"),
                row("*1\r\n\u00ff\r\n", "Protocol error: expected '$', got '\u00ff'"),
                row("*2\r\n$4\r\nPING\r\n:1\r\n", "Protocol error: expected '$', got ':'"),
                row("*1\r\n$-1\r\n", NOT_A_LENGTH), row("*1\r\n$\r\n", NOT_A_LENGTH), row("*1\r\n$x\r\n", NOT_A_LENGTH),
                row("*1\r\n$04\r\n", NOT_A_LENGTH), row("*1\r\n$+4\r\n", NOT_A_LENGTH), row("*1\r\n$-0\r\n", NOT_A_LENGTH),
                row("*1\r\n$4\0\r\n", NOT_A_LENGTH), row("*1\r\n$4 \r\n", NOT_A_LENGTH), row("*1\r\n$4\nPING\r\n", NOT_A_LENGTH),
                row("*1\r\n$536870913\r\n", NOT_A_LENGTH), row("*1\r\n$9223372036854775808\r\n", NOT_A_LENGTH),
                // Quotes
                row("PING \"a\r\n", UNBALANCED), row("PING 'a\r\n", UNBALANCED), row("PING \"a\"b\r\n", UNBALANCED),
                row("PING\r\nPING \"\r\nPING\r\n", "PING", UNBALANCED));
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void decodes(String input, List<String> expected) {
        assertEquals(expected, decode(new TestLimits(), List.of(Bytes.latin1(input))));
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void decodesWhateverIsCutWhere(String input, List<String> expected) {
        byte[] bytes = Bytes.latin1(input);
        for (int cut = 0; cut <= bytes.length; cut++) {
            assertEquals(expected, decode(new TestLimits(),
                    List.of(Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length))), "cut at " + cut);
        }
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void decodesByteByByte(String input, List<String> expected) {
        List<byte[]> single = new ArrayList<>();
        for (byte b : Bytes.latin1(input)) {
            single.add(new byte[] {b});
        }
        assertEquals(expected, decode(new TestLimits(), single));
    }

    static Stream<Arguments> unauthenticated() {
        return Stream.of(
                row("*2\r\n$4\r\nAUTH\r\n$1\r\nx\r\n", "AUTH x"),
                row("*10\r\n", "…"), row("*11\r\n", "Protocol error: unauthenticated multibulk length"),
                row("*1\r\n$16384\r\n", "…"), row("*1\r\n$16385\r\n", "Protocol error: unauthenticated bulk length"),
                row("*1\r\n$536870913\r\n", NOT_A_LENGTH), row("*2147483648\r\n", NOT_A_COUNT));
    }

    @ParameterizedTest
    @MethodSource
    void unauthenticated(String input, List<String> expected) {
        TestLimits limits = new TestLimits();
        limits.authenticated = false;
        assertEquals(expected, decode(limits, List.of(Bytes.latin1(input))));
    }

    /** AUTH and what it allows may come in one piece. */
    @Test
    void limitsAreAskedForEachRequest() throws ProtocolException {
        TestLimits limits = new TestLimits();
        limits.authenticated = false;
        RequestDecoder decoder = new RequestDecoder(limits);
        ByteBuf in = Unpooled.wrappedBuffer(Bytes.latin1("AUTH x\r\n*11\r\n"));
        assertEquals(2, decoder.next(in).length);
        limits.authenticated = true;
        assertNull(decoder.next(in));
    }

    static Stream<Arguments> tooLong() {
        String digits = "1".repeat(64 * 1024);
        return Stream.of(
                row("*" + digits.substring(1), "…"), row("*" + digits, "Protocol error: too big mbulk count string"),
                row("*1\r\n$" + digits.substring(1), "…"),
                row("*1\r\n$" + digits, "Protocol error: too big bulk count string"),
                row("x".repeat(64 * 1024), "…"), row("x".repeat(64 * 1024 + 1), "Protocol error: too big inline request"));
    }

    @ParameterizedTest
    @MethodSource
    void tooLong(String input, List<String> expected) {
        assertEquals(expected, decode(new TestLimits(), List.of(Bytes.latin1(input))));
    }

    @Test
    void requestsThatWeighTooMuchAreRefusedBeforeTheyCome() {
        TestLimits limits = new TestLimits();
        limits.maxRequestBytes = 1000;
        String tooBig = "Protocol error: request too big for the memory of this server";
        assertEquals(List.of("…"), decode(limits, List.of(Bytes.latin1("*2\r\n$900\r\n"))));
        assertEquals(List.of(tooBig), decode(limits, List.of(Bytes.latin1("*2\r\n$1000\r\n"))));
        assertEquals(List.of(tooBig), decode(limits, List.of(Bytes.latin1("*50\r\n" + "$0\r\n\r\n".repeat(50)))));
        assertEquals(List.of("PING", "PING"),
                decode(limits, List.of(Bytes.latin1("PING\r\nPING\r\n"))), "each request counts by itself");
    }

    /** No more is allocated than has come, however much was announced. */
    @Test
    void announcedBytesTakeNoMemory() throws ProtocolException {
        RequestDecoder decoder = new RequestDecoder(new TestLimits());
        ByteBuf in = Unpooled.buffer();
        in.writeBytes(Bytes.latin1("*2147483647\r\n$536870912\r\nabc"));
        assertNull(decoder.next(in));
        assertEquals(3, decoder.partialBytes());
        assertTrue(decoder.heldBytes() < 100_000, () -> decoder.heldBytes() + " bytes held");
    }

    @Test
    void longStringsComeInAnyPieces() throws ProtocolException {
        Random random = new Random(20);
        byte[] value = new byte[20 << 20];
        random.nextBytes(value);
        RequestDecoder decoder = new RequestDecoder(new TestLimits());
        ByteBuf in = Unpooled.buffer();
        in.writeBytes(Bytes.latin1("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + value.length + "\r\n"));
        int at = 0;
        byte[][] request = decoder.next(in);
        while (request == null) {
            int piece = Math.min(value.length - at, 1 + random.nextInt(200_000));
            in.discardReadBytes().writeBytes(value, at, piece);
            at += piece;
            if (at == value.length) {
                assertNull(decoder.next(in), "the line's end is missing");
                in.writeByte('\r');
                assertNull(decoder.next(in), "half the line's end is missing");
                in.writeByte('\n');
            }
            request = decoder.next(in);
        }
        assertArrayEquals(value, request[2]);
        assertEquals(0, decoder.heldBytes());
        in.writeBytes(Bytes.latin1("*1\r\n$4\r\nPING\r\n"));
        assertArrayEquals(Bytes.latin1("PING"), decoder.next(in)[0]);
    }

    private static Arguments row(String input, String... expected) {
        return Arguments.of(input, List.of(expected));
    }

    private static List<String> decode(TestLimits limits, List<byte[]> pieces) {
        RequestDecoder decoder = new RequestDecoder(limits);
        ByteBuf in = Unpooled.buffer();
        List<String> decoded = new ArrayList<>();
        try {
            for (byte[] piece : pieces) {
                in.writeBytes(piece);
                for (byte[][] request = decoder.next(in); request != null; request = decoder.next(in)) {
                    if (request.length > 0) {
                        decoded.add(Bytes.command(Arrays.stream(request).collect(Collectors.toList())));
                    }
                }
            }
        } catch (ProtocolException e) {
            decoded.add(e.getMessage());
            return decoded;
        }
        if (in.isReadable() || decoder.heldBytes() > 0 || isWithinArray(pieces, decoded)) {
            decoded.add("…");
        }
        return decoded;
    }

    /** Whether the input ended after the head of an array, which the decoder has taken and says nothing of. */
    private static boolean isWithinArray(List<byte[]> pieces, List<String> decoded) {
        String input = pieces.stream().map(piece -> new String(piece, StandardCharsets.ISO_8859_1))
                .collect(Collectors.joining());
        return decoded.isEmpty() && input.matches("(?s)\\*[1-9].*");
    }

    private static final class TestLimits implements RequestDecoder.Limits {
        private boolean authenticated = true;
        private long maxRequestBytes = Long.MAX_VALUE;

        @Override
        public boolean authenticated() {
            return authenticated;
        }

        @Override
        public long maxBulkBytes() {
            return 512L << 20;
        }

        @Override
        public long maxRequestBytes() {
            return maxRequestBytes;
        }
    }
}
