package dev.respql.sql;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The statements of the stores, found without anybody listing them. */
final class StoreStatements {
    private StoreStatements() {
    }

    /** All statements in constants of the stores' classes. */
    static Map<String, SqlStatement> all() throws Exception {
        Map<String, SqlStatement> found = new LinkedHashMap<>();
        List<Path> sources;
        try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/respql/store"))) {
            sources = files.sorted().toList();
        }
        for (Path source : sources) {
            String name = source.getFileName().toString().replace(".java", "");
            for (Field field : Class.forName("dev.respql.store." + name).getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    collect(name + "." + field.getName(), field.get(null), found);
                }
            }
        }
        return found;
    }

    private static void collect(String name, Object value, Map<String, SqlStatement> found) throws IllegalAccessException {
        if (value instanceof SqlStatement statement) {
            found.put(name, statement);
        } else if (value != null && value.getClass().getSimpleName().equals("MemberStatements")) {
            for (Field field : value.getClass().getDeclaredFields()) {
                field.setAccessible(true);
                if (field.get(value) instanceof SqlStatement statement) {
                    found.put(name + "." + field.getName(), statement);
                }
            }
        }
    }
}
