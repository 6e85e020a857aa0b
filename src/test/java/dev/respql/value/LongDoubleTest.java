package dev.respql.value;

import static dev.respql.value.Vectors.latin;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expectations are a real redis-server's: of SET and INCRBYFLOAT. */
class LongDoubleTest {
    @Test
    void addsAsRecorded() {
        for (String[] line : Vectors.read("incrbyfloat.txt")) {
            assertEquals(line[2], sum(line[0], line[1]), () -> line[0] + " + " + line[1]);
        }
    }

    @ParameterizedTest
    @CsvSource({"10.50,0.1,10.6", "5.0e3,2.0e2,5200", "0.1,0.2,0.3", "3.0,1,4", "1,-1,0", "-0,0,0", "0,-0,0",
        "3000.1,0,3000.10000000000000009", "1e19,1,10000000000000000001", "1e20,1,100000000000000000000",
        "18446744073709551615,1,18446744073709551616",
        "18446744073709551616,1,18446744073709551616", "18446744073709551616,3,18446744073709551620",
        "-18446744073709551616,-1,-18446744073709551616", "9223372036854775807,1,9223372036854775808",
        "1e-17,0,0.00000000000000001", "4e-18,0,0", "5e-18,0,0", "6e-18,0,0.00000000000000001",
        "-4e-18,0,0", "-6e-18,0,-0.00000000000000001", "1e-400,0,0", "0x10,0,16", "0x1.8p-1,0,0.75",
        "1e400,-1e400,0"})
    void adds(String a, String b, String sum) {
        assertEquals(sum, sum(a, b));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nan", "-nan", " 1", "1 ", "\t1", "1\0", ".", "1e", "0x", "0x1p", "x", "infinit",
        "1e4933",
        "-1e4933", "1e99999999999", "0x1p16384", "0x1.ffffffffffffffff8p16383", "1e-4951", "0x1p-16446",
        "1e-99999999999"})
    void refusesWhatIsNotALongDouble(String text) {
        assertThrows(NotANumber.class, () -> LongDouble.parse(latin(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e4932", "0x1.fffffffffffffffep16383", "0x1p-16445", "0x1.8p-16446", "4e-4951",
        "0e99999999999", "0e-99999999999"})
    void takesWhatIsJustInRange(String text) {
        assertTrue(LongDouble.parse(latin(text)).isFinite());
    }

    @ParameterizedTest
    @CsvSource({"inf,1", "1,-inf", "inf,-inf", "Infinity,inf", "1e4932,1e4932", "-1e4932,-1e4932",
        "0x1.fffffffffffffffep16383,0x1p16319"})
    void saysThatASumIsNotFinite(String a, String b) {
        LongDouble sum = LongDouble.parse(latin(a)).plus(LongDouble.parse(latin(b)));
        assertFalse(sum.isFinite());
        assertThrows(ArithmeticException.class, sum::toBytes);
    }

    @Test
    void takesNoTextThatRedisHasNoBufferFor() {
        assertEquals("2", sum("0".repeat(5118) + "1", "1"));
        assertThrows(NotANumber.class, () -> LongDouble.parse(latin("0".repeat(5119) + "1")));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "-0.0,0", "0.1,0.10000000000000001", "1.5,1.5", "-1.5,-1.5",
        "16.0000017285346985,16.00000172853469849",
        "4.9e-324,0", "1e22,10000000000000000000000", "9007199254740993,9007199254740992"})
    void printsDoubles(double value, String text) {
        assertEquals(text, Bytes.text(LongDouble.of(value).toBytes()));
    }

    @Test
    void holdsDoublesExactly() {
        Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            LongDouble exact = LongDouble.of(value);
            assertEquals(Double.isFinite(value), exact.isFinite());
            if (exact.isFinite()) {
                assertEquals(Math.abs(value), exact.exactDouble());
                // With a larger exponent, all of its digits are printed.
                double scaled = Math.scalb(value, 1 - Math.getExponent(value));
                assertEquals(0, new BigDecimal(scaled).setScale(17, RoundingMode.HALF_EVEN)
                        .compareTo(new BigDecimal(Bytes.text(LongDouble.of(scaled).toBytes()))));
            }
        }
        assertFalse(LongDouble.of(Double.NEGATIVE_INFINITY).isFinite());
        assertFalse(LongDouble.of(Double.NaN).isFinite());
        assertEquals(Double.MIN_VALUE, LongDouble.of(Double.MIN_VALUE).exactDouble());
        assertEquals(Double.MAX_VALUE, LongDouble.of(Double.MAX_VALUE).exactDouble());
    }

    private static String sum(String a, String b) {
        try {
            LongDouble sum = LongDouble.parse(latin(a)).plus(LongDouble.parse(latin(b)));
            return sum.isFinite() ? Bytes.text(sum.toBytes()) : "not-finite";
        } catch (NotANumber e) {
            return "not-a-number";
        }
    }
}
