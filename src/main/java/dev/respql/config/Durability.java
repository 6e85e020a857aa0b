package dev.respql.config;

import java.util.Locale;

/** When a reply may go out: after which step towards the disk. */
public enum Durability {
    /** After the data is on the disk: nothing that was acknowledged is lost in a power cut. */
    ALWAYS,
    /** Before that, with the disk following about once a second: a power cut may lose the last moments. */
    EVERYSEC,
    /** Whenever the operating system likes to write: a power cut may lose more. */
    NO;

    /** As the parameter "durability" and the command line name it. */
    public String parameter() {
        return name().toLowerCase(Locale.ROOT);
    }
}
