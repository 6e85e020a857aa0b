package dev.respql.value;

import static dev.respql.value.Vectors.latin;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expectations are a real redis-server's: INCRBY's for integers, ZADD's and ZRANGEBYSCORE's for doubles. */
class NumbersTest {
    /** The members' scores behind the counts in scores.txt. */
    private static final double[] SCORES = {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0, 1, 1000, 12, 3,
        1e300, 1e-300, -5, 5, 15, 255};

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 9, 10, -10, 99, 100, 1234567890123456789L, Integer.MAX_VALUE, Integer.MIN_VALUE,
        Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MIN_VALUE, Long.MIN_VALUE + 1, 999999999999999999L,
        1000000000000000000L, -999999999999999999L, -1000000000000000000L})
    void integersReadBackAsWritten(long value) {
        byte[] text = Numbers.toBytes(value);
        assertEquals(Long.toString(value), Bytes.text(text));
        assertEquals(text.length, Numbers.length(value));
        assertTrue(Numbers.isLong(text));
        assertEquals(value, Numbers.toLong(text));
    }

    @Test
    void integersOfEveryLengthReadBackAsWritten() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            integersReadBackAsWritten(random.nextLong() >> random.nextInt(64));
        }
    }

    @Test
    void writesAnIntegerInPlace() {
        byte[] target = latin("..........");
        assertEquals(4, Numbers.write(-123, target, 3));
        assertEquals("...-123...", Bytes.text(target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1\0", "\0", "--1", "1-", "0x1",
        "1e1",
        "1.0", "1.", "a", "9223372036854775808", "-9223372036854775809", "9999999999999999999",
        "-9999999999999999999",
        "10000000000000000000", "18446744073709551615", "18446744073709551616", "99999999999999999999", "\u00b2", "/",
        ":", "1:", "1/"})
    void refusesWhatIsNotACanonicalInteger(String text) {
        assertFalse(Numbers.isLong(latin(text)));
        assertSame(NotANumber.INSTANCE, assertThrows(NotANumber.class, () -> Numbers.toLong(latin(text))));
    }

    @Test
    void saysItWithoutAStackTrace() {
        assertEquals(0, NotANumber.INSTANCE.getStackTrace().length);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "-0,-0.0", "+5,5", "5.,5", ".5,0.5", "-.5,-0.5", "00012,12", "1E5,1e5", "1e+5,1e5",
        "1e-5,1e-5",
        "inf,Infinity", "+inf,Infinity", "-inf,-Infinity", "INF,Infinity", "iNfInItY,Infinity", "-infinity,-Infinity",
        "0x10,16", "0X1P3,8", "0x.8p1,1", "0x1.8,1.5", "-0x1p-1,-0.5", "0x1.,1", "0x1p-1074,4.9e-324",
        "4.9e-324,4.9e-324", "2.5e-324,4.9e-324", "1e-310,1e-310", "1.7976931348623157e308,1.7976931348623157e308",
        "0x1.fffffffffffff7ffp1023,1.7976931348623157e308", "0e99999999999999999999,0", "0e-99999999999999999999,0",
        "0x0p99999999999999999999,0", "9007199254740993,9007199254740992", "0.1,0.1",
        "123456789012345,123456789012345",
        "1234567890123456,1234567890123456", "12345678901234.5,12345678901234.5",
        ".123456789012345,0.123456789012345",
        "0x1.00000000000008p0,1", "0x1.000000000000080000000000000000000000000000000000000001p0,1.0000000000000002"})
    void readsDoublesAsStrtodDoes(String text, double value) {
        assertEquals(value, Numbers.toDouble(latin(text)));
        assertEquals(value, Numbers.toScoreBound(latin(text), 0));
        assertEquals(value, Numbers.toScoreBound(latin("(" + text), 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nan", "NaN", "-nan", "nan(1)", "infinit", "infinityy", "i", "in", ".", "-", "+", "e5",
        "0x", "0x.", "0x1p", "0x1p+", "0xg", "1e", "1e+", "1e5.", "+-5", "--1", "- 1", "1 ", "1\n", "1_0", "1,5",
        "1d",
        "1f", "0x1pf", "0b1", "1.2.3", "1..2", "Infinity1", "\u00b2", "1\u00e9"})
    void refusesWhatIsNotADouble(String text) {
        assertNotANumber(Numbers::toDouble, text);
        assertNotANumber(bytes -> Numbers.toScoreBound(bytes, 0), text);
    }

    @ParameterizedTest
    @CsvSource({"'',0", "' 1',1", "'\t\n\u000b\f\r 1',1", "1e400,Infinity", "-1e400,-Infinity", "1e-400,0",
        "-2e-324,-0.0",
        "0x1p1024,Infinity", "0x1.fffffffffffff8p1023,Infinity", "0x1p-1080,0", "1e99999999999999999999,Infinity",
        "0x1p99999999999999999,Infinity", "0x1p-99999999999999999,0"})
    void readsBoundsOfScoresMoreLaxlyThanScores(String text, double value) {
        assertNotANumber(Numbers::toDouble, text);
        assertEquals(value, Numbers.toScoreBound(latin(text), 0));
    }

    @Test
    void readsWeightsAsLaxlyButInRange() {
        assertEquals(3, Numbers.toWeight(latin(" \t3\0x")));
        assertEquals(0, Numbers.toWeight(latin("")));
        assertEquals(Double.POSITIVE_INFINITY, Numbers.toWeight(latin("inf")));
        assertNotANumber(Numbers::toWeight, "1e400");
        assertNotANumber(Numbers::toWeight, "1 ");
        assertNotANumber(Numbers::toWeight, " ");
        assertNotANumber(Numbers::toWeight, "nan");
    }

    @Test
    void aZeroByteEndsABoundOnly() {
        assertEquals(1e5, Numbers.toScoreBound(latin("1e5\0x"), 0));
        assertEquals(0, Numbers.toScoreBound(latin("\0x"), 0));
        assertNotANumber(bytes -> Numbers.toScoreBound(bytes, 0), "1e\0" + "5");
        assertNotANumber(bytes -> Numbers.toScoreBound(bytes, 0), " \0");
        assertNotANumber(Numbers::toDouble, "1e5\0");
        assertNotANumber(Numbers::toDouble, "\0");
    }

    @Test
    void manyDigitsCostNoMoreThanALookAtThem() {
        String zeros = "0".repeat(1_000_000);
        assertEquals(16, Numbers.toDouble(latin("0x10." + zeros + zeros)));
        assertEquals(0x1.0000000000001p0, Numbers.toDouble(latin("0x1.00000000000008" + zeros + "1")));
        assertEquals(1, Numbers.toDouble(latin("0x0." + zeros + "1p4000004")));
        assertEquals(1, Numbers.toDouble(latin("0." + zeros + "1e1000001")));
    }

    @Test
    void readsScoresAsRecorded() {
        for (String[] line : Vectors.read("scores.txt")) {
            byte[] text = Vectors.bytes(line[0]);
            assertEquals(line[1].equals("not-a-number") ? "not-a-number" : withoutSignOfZero(cDouble(line[1])),
                    orNotANumber(() -> withoutSignOfZero(Numbers.toDouble(text))), () -> Bytes.printable(text));
            assertEquals(line[2], orNotANumber(() -> countFrom(Numbers.toScoreBound(text, 0))),
                    () -> Bytes.printable(text));
        }
    }

    @Test
    void printsDoublesAsRecorded() {
        for (String[] line : Vectors.read("doubles.txt")) {
            double value = Double.longBitsToDouble(Long.parseUnsignedLong(line[0], 16));
            assertEquals(line[1], Bytes.text(Numbers.formatDouble(value)));
            assertEquals(line[2], Bytes.text(Numbers.formatDouble17(value)));
            assertEquals(value, Numbers.toDouble(latin(line[1])));
            assertEquals(value, Numbers.toDouble(latin(line[2])));
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0,0", "-0.0,-0,-0", "NaN,nan,nan", "Infinity,inf,inf", "-Infinity,-inf,-inf", "3,3,3", "-3,-3,-3",
        "0.1,0.1,0.10000000000000001", "3.2,3.2,3.2000000000000002", "0.5,0.5,0.5", "1e21,1e+21,1e+21",
        "1e18,1000000000000000000,1e+18", "4611686018427387904,4611686018427387904,4.6116860184273879e+18",
        "4611686018427388928,4611686018427389000,4.6116860184273889e+18",
        "-4611686018427387904,-4611686018427387904,-4.6116860184273879e+18", "5e18,5e+18,5e+18",
        "1e19,1e+19,1e+19", "1.23e20,1.23e+20,1.23e+20", "1.5e300,1.5e+300,1.5000000000000001e+300",
        "0.000001,0.000001,9.9999999999999995e-07", "0.0000001,1e-7,9.9999999999999995e-08",
        "1e-100,1e-100,1e-100", "1e-105,1e-105,9.9999999999999997e-106",
        "0.001234567891,0.001234567891,0.0012345678909999999", "1234.5678901,1234.5678901,1234.5678901000001",
        "12345.678901,12345.678901,12345.678900999999", "12345.6789012,1.23456789012e+4,12345.678901200001",
        "123456.7890123,1.234567890123e+5,123456.7890123",
        "1700000000.123456,1700000000.123456,1700000000.123456",
        "1700000000.1234567,1.7000000001234567e+9,1700000000.1234567",
        "0.0001234567891,1.234567891e-4,0.0001234567891", "0.000123456,1.23456e-4,0.00012345600000000001",
        "0.0001,0.0001,0.0001", "4.9e-324,5e-324,4.9406564584124654e-324",
        "1.7976931348623157e308,1.7976931348623157e+308,1.7976931348623157e+308",
        "-1e-7,-1e-7,-9.9999999999999995e-08", "-12345.6789012,-1.23456789012e+4,-12345.678901200001",
        "1e22,1e+22,1e+22", "1e23,99999999999999990000000,9.9999999999999992e+22",
        "123456789012345680000,123456789012345680000,1.2345678901234568e+20",
        "9007199254740993,9007199254740992,9007199254740992", "12345678e7,123456780000000,123456780000000",
        "12345678e14,1.2345678e+21,1.2345678e+21", "-12345678e15,-1.2345678e+22,-1.2345678e+22"})
    void printsDoubles(double value, String shortest, String digits17) {
        assertEquals(shortest, Bytes.text(Numbers.formatDouble(value)));
        assertEquals(digits17, Bytes.text(Numbers.formatDouble17(value)));
    }

    @ParameterizedTest
    @CsvSource({"0.1,14,0.1", "3.14159265358979312,14,3.1415926535898", "1e15,14,1e+15",
        "123456789012345,14,1.2345678901234e+14",
        "0.5,1,0.5", "2.5,1,2", "3.5,1,4", "0.00001,6,1e-05", "100,1,1e+02", "99.99,3,100", "999.9,3,1e+03"})
    void printsAnyNumberOfDigits(double value, int precision, String text) {
        assertEquals(text, Bytes.text(Numbers.formatG(value, precision)));
    }

    private static String countFrom(double bound) {
        int count = 0;
        for (double score : SCORES) {
            count += score >= bound ? 1 : 0;
        }
        return Integer.toString(count);
    }

    private static double cDouble(String text) {
        return switch (text) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static String withoutSignOfZero(double value) {
        return Double.toString(value + 0.0);
    }

    private static String orNotANumber(Supplier<String> call) {
        try {
            return call.get();
        } catch (NotANumber e) {
            return "not-a-number";
        }
    }

    private static void assertNotANumber(ToDoubleFunction<byte[]> call, String text) {
        assertThrows(NotANumber.class, () -> call.applyAsDouble(latin(text)), text);
    }
}
