package dev.respql.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

class DatabaseUrlTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "postgres://db/data|jdbc:postgresql://db/data|jdbc:postgresql://db/data",
        "postgresql://db:5433/data|jdbc:postgresql://db:5433/data|jdbc:postgresql://db:5433/data",
        "POSTGRES://db|jdbc:postgresql://db/|jdbc:postgresql://db/",
        "postgres://me@db/data|jdbc:postgresql://db/data?user=me|jdbc:postgresql://db/data?user=me",
        "postgres://me:pw@db/data|jdbc:postgresql://db/data?user=me&password=pw|jdbc:postgresql://db/data?user=me",
        "postgres://me:pw@a:1,b:2/data?sslmode=require&targetServerType=primary"
                + "|jdbc:postgresql://a:1,b:2/data?user=me&password=pw&sslmode=require&targetServerType=primary"
                + "|jdbc:postgresql://a:1,b:2/data?user=me&sslmode=require&targetServerType=primary",
        "postgres://me:pw@[::1]:5432/data|jdbc:postgresql://[::1]:5432/data?user=me&password=pw"
                + "|jdbc:postgresql://[::1]:5432/data?user=me",
        "postgres://me:p@w@db/data|jdbc:postgresql://db/data?user=me&password=p%40w|jdbc:postgresql://db/data?user=me",
        "jdbc:postgresql://db/data?user=me&password=pw&ssl=true"
                + "|jdbc:postgresql://db/data?user=me&password=pw&ssl=true"
                + "|jdbc:postgresql://db/data?user=me&ssl=true",
        "jdbc:postgresql://me:pw@db/data|jdbc:postgresql://db/data?user=me&password=pw"
                + "|jdbc:postgresql://db/data?user=me",
        "jdbc:postgresql:data?PASSWORD=pw|jdbc:postgresql:data?PASSWORD=pw|jdbc:postgresql:data",
    })
    void readsPostgresql(String text, String jdbc, String shown) {
        assertEquals(new DatabaseUrl(Backend.POSTGRESQL, jdbc, shown), DatabaseUrl.parse(text));
    }

    @Test
    void readsSqlite() {
        assertEquals(new DatabaseUrl(Backend.SQLITE, "jdbc:sqlite:a b.db", "jdbc:sqlite:a b.db"),
                DatabaseUrl.parse("jdbc:sqlite:a b.db"));
        assertEquals("jdbc:sqlite:a.db?cipher=aes", DatabaseUrl.parse("jdbc:sqlite:a.db?cipher=aes&key=x").shown());
    }

    /** The driver must get back what the percent-encoding of the URL stood for. */
    @ParameterizedTest
    @CsvSource({"a%2Fb%3Fc%40d%3Ae%25f%26g,a/b?c@d:e%f&g", "a+b,a+b", "a%2Bb%20c,a+b c", "%C3%A9=,é="})
    void theDriverUnderstandsTheUrl(String encoded, String plain) {
        Properties properties = Driver.parseURL(
                DatabaseUrl.parse("postgres://" + encoded + ":" + encoded + "@db/da+ta?ssl=false").jdbc(), null);
        assertEquals(plain, properties.getProperty("user"));
        assertEquals(plain, properties.getProperty("password"));
        assertEquals("da+ta", properties.getProperty("PGDBNAME"));
        assertEquals("db", properties.getProperty("PGHOST"));
        assertEquals("false", properties.getProperty("ssl"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "mysql://u:secret@h/d", "postgres:secret", "jdbc:h2:secret",
        "postgres://u:secret%@h/d", "postgres://u:secret%zz@h/d", "postgres://u:se/cret@h/d",
        "postgres://u:se?cret@h/d", "postgres://u:1?secret@h/d", "postgres://u:p@se/cret@h/d", "postgres://h:secret/d",
        "postgres://u:1/secret@h/d"})
    void refusesWithoutRepeatingASecret(String text) {
        ConfigException e = assertThrows(ConfigException.class, () -> DatabaseUrl.parse(text));
        assertFalse(e.getMessage().contains("secret") || e.getMessage().contains("cret@"), e.getMessage());
    }

    @Test
    void isShownWithoutThePassword() {
        assertEquals("jdbc:postgresql://db/data?user=me", "" + DatabaseUrl.parse("postgres://me:pw@db/data"));
    }
}
