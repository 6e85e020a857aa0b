package dev.respql;

/** Which respql this is, and which Redis it says it is. */
public final class Version {
    /** The version of Redis whose behaviour this is; clients decide by it what they may call. */
    public static final String REDIS = "7.2.4";
    public static final String RESPQL = read();

    private Version() {
    }

    private static String read() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
