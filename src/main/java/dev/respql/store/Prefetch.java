package dev.respql.store;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Gathers what a batch's commands will read. Used by one thread. */
public final class Prefetch {
    private final Set<KeyName> strings = new HashSet<>();
    private final Set<KeyName> headers = new HashSet<>();

    /** The key's header will be read. */
    public void header(KeyName key) {
        headers.add(key);
    }

    /** The key's header and, where it is a string, its value will be read. */
    public void string(KeyName key) {
        strings.add(key);
    }

    public boolean isEmpty() {
        return strings.isEmpty() && headers.isEmpty();
    }

    Set<KeyName> strings() {
        return strings;
    }

    /** The keys of which only the header is wanted. */
    List<KeyName> headersOnly() {
        List<KeyName> only = new ArrayList<>(headers.size());
        for (KeyName key : headers) {
            if (!strings.contains(key)) {
                only.add(key);
            }
        }
        return only;
    }
}
