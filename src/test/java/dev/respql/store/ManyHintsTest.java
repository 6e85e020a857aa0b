package dev.respql.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.EachBackend;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Commands that name so many keys that not all of what they read can be read ahead. */
@EachBackend
class ManyHintsTest {
    @Test
    void longStringsAmongThousandsOfKeys(RespClient client) {
        String text = "x".repeat(40_000);
        List<Object> get = new ArrayList<>(List.of("MGET"));
        for (int i = 0; i < 3000; i++) {
            get.add("key" + i);
        }
        for (int i : List.of(0, 1500, 2999)) {
            client.call("SET", "key" + i, i + text);
        }
        client.call("SET", "key7", "short");
        List<Reply> values = client.call(get.toArray()).items();
        assertEquals(3000, values.size());
        for (int i = 0; i < 3000; i++) {
            Reply value = values.get(i);
            assertEquals(i % 1500 == 0 || i == 2999 ? i + text : i == 7 ? "short" : null,
                    value.isNull() ? null : value.text());
        }
    }

    @Test
    void aSetOfSomeMembersAmongThousandsOfKeys(RespClient client) {
        List<Object> add = new ArrayList<>(List.of("SADD", "set2000"));
        for (int i = 0; i < 300; i++) {
            add.add("member" + i);
        }
        client.call(add.toArray());
        client.call("SADD", "set1", "one");
        List<Object> union = new ArrayList<>(List.of("SUNION"));
        for (int i = 0; i < 3000; i++) {
            union.add("set" + i);
        }
        assertEquals(301, client.call(union.toArray()).items().size());
    }

    @Test
    void popsOfMoreElementsThanAreReadAhead(RespClient client) {
        for (int i = 0; i < 300; i++) {
            client.queue("RPUSH", "list" + i, "a", "b", "c");
        }
        client.flush().read(300);
        for (int i = 0; i < 300; i++) {
            client.queue("LPOP", "list" + i, 1000);
            client.queue("RPOP", "list" + i, 1000);
        }
        List<Reply> replies = client.flush().read(600);
        for (int i = 0; i < 600; i += 2) {
            assertEquals(3, replies.get(i).items().size());
            assertTrue(replies.get(i + 1).isNull());
        }
    }
}
