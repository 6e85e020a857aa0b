package dev.respql.value;

/** The checksum at the end of what DUMP and FUNCTION DUMP return: CRC-64 with the polynomial of Jones, low bits first. */
public final class Crc64 {
    private static final long REVERSED_POLYNOMIAL = 0x95AC9329AC4BC9B5L;
    private static final long[] TABLE = new long[256];

    static {
        for (int i = 0; i < TABLE.length; i++) {
            long crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ REVERSED_POLYNOMIAL;
            }
            TABLE[i] = crc;
        }
    }

    private Crc64() {
    }

    /** Of the first bytes of an array. */
    public static long of(byte[] bytes, int length) {
        long crc = 0;
        for (int i = 0; i < length; i++) {
            crc = TABLE[(int) (crc ^ bytes[i]) & 0xff] ^ crc >>> 8;
        }
        return crc;
    }
}
