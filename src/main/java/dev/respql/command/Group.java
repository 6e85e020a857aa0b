package dev.respql.command;

/** The families of commands, with the name that {@code COMMAND DOCS} gives them and their ACL category. */
public enum Group {
    GENERIC("generic", "keyspace"),
    STRING("string", "string"),
    LIST("list", "list"),
    SET("set", "set"),
    SORTED_SET("sorted-set", "sortedset"),
    HASH("hash", "hash"),
    PUBSUB("pubsub", "pubsub"),
    TRANSACTIONS("transactions", "transaction"),
    CONNECTION("connection", "connection"),
    SERVER("server", null),
    SCRIPTING("scripting", "scripting"),
    HYPERLOGLOG("hyperloglog", "hyperloglog"),
    GEO("geo", "geo"),
    STREAM("stream", "stream"),
    BITMAP("bitmap", "bitmap");

    private final String wireName;
    private final String aclCategory;

    Group(String wireName, String aclCategory) {
        this.wireName = wireName;
        this.aclCategory = aclCategory;
    }

    public String wireName() {
        return wireName;
    }

    /** The ACL category that every command of the group is in, or null where the group has none. */
    public String aclCategory() {
        return aclCategory;
    }
}
