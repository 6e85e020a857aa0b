package dev.respql.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/compatibility.md names exactly the parameters that have no effect. */
class CompatibilityPageTest {
    @Test
    void listsTheParametersWithoutEffect() throws Exception {
        String page = Files.readString(Path.of("docs/compatibility.md"));
        Matcher names = Pattern.compile("`([a-z_0-9-]+)`").matcher(page.substring(page.indexOf("These have no effect")));
        TreeSet<String> listed = new TreeSet<>();
        while (names.find()) {
            listed.add(names.group(1));
        }
        assertEquals(Config.defaults().parameters().stream().filter(parameter -> !parameter.isEffective())
                .map(Parameter::name).collect(Collectors.toCollection(TreeSet::new)), listed);
    }
}
