package dev.respql.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/compatibility.md names exactly the parameters that have no effect, and tests that exist for all differences. */
class CompatibilityPageTest {
    private static String page() throws IOException {
        return Files.readString(Path.of("docs/compatibility.md"));
    }

    private static Set<String> names(String text, String pattern) {
        Matcher names = Pattern.compile(pattern).matcher(text);
        Set<String> found = new TreeSet<>();
        while (names.find()) {
            found.add(names.group(1));
        }
        return found;
    }

    @Test
    void listsTheParametersWithoutEffect() throws IOException {
        String page = page();
        assertEquals(Config.defaults().parameters().stream().filter(parameter -> !parameter.isEffective())
                .map(Parameter::name).collect(Collectors.toCollection(TreeSet::new)),
                names(page.substring(page.indexOf("These have no effect")), "`([a-z_0-9-]+)`"));
    }

    @Test
    void namesATestForEachDifference() throws IOException {
        Set<String> classes;
        try (Stream<Path> sources = Files.walk(Path.of("src/test/java"))) {
            classes = sources.map(source -> source.getFileName().toString()).filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length())).collect(Collectors.toSet());
        }
        String page = page();
        String table = page.substring(page.indexOf("|---|---|---|---|---|"), page.indexOf("## Parameters"));
        for (String row : table.lines().skip(1).filter(line -> line.startsWith("|")).toList()) {
            String[] cells = row.split("\\|", -1);
            assertEquals(7, cells.length, row);
            Set<String> tests = names(cells[5], "`(\\w+)`");
            assertTrue(!tests.isEmpty() && classes.containsAll(tests), row);
        }
    }
}
