package dev.respql.store;

/** The types of values, with the names that TYPE answers and the numbers that {@code keys.type} holds. */
public enum ValueType {
    STRING("string", 1),
    HASH("hash", 2),
    LIST("list", 3),
    SET("set", 4),
    ZSET("zset", 5),
    STREAM("stream", 6);

    private static final ValueType[] BY_CODE = new ValueType[values().length + 1];

    static {
        for (ValueType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final String wireName;
    private final int code;

    ValueType(String wireName, int code) {
        this.wireName = wireName;
        this.code = code;
    }

    public String wireName() {
        return wireName;
    }

    public int code() {
        return code;
    }

    static ValueType ofCode(long code) {
        return BY_CODE[(int) code];
    }
}
