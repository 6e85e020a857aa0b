package dev.respql.config;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A database's address as people write it, brought into the form that the JDBC drivers take.
 *
 * @param backend the database it leads to
 * @param jdbc the URL for the driver, user and password included; a secret
 * @param shown the same without any password, for the banner, logs and CONFIG GET
 */
public record DatabaseUrl(Backend backend, String jdbc, String shown) {
    private static final String SQLITE = "jdbc:sqlite:";
    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final List<String> SHORT = List.of("postgres://", "postgresql://");
    private static final String HOST = "(\\[[0-9a-fA-F:.%]+\\]|[^:\\[\\]]*)(:\\d{1,5})?";
    private static final Pattern HOSTS = Pattern.compile(HOST + "(," + HOST + ")*");
    /** Query parameters of the drivers, in small letters, whose values nobody may see. */
    private static final Set<String> SECRETS = Set.of("password", "sslpassword", "key", "hexkey", "textkey", "pass");

    /**
     * Reads {@code jdbc:postgresql:…}, {@code postgres://user:password@host:port/database?parameters} (also
     * {@code postgresql://}) and {@code jdbc:sqlite:…}. User and password before the {@code @} are percent-decoded
     * and handed to the driver as parameters; the query is kept.
     *
     * @throws ConfigException if it is none of these; the reason does not repeat the text
     */
    public static DatabaseUrl parse(String text) {
        if (startsWith(text, SQLITE)) {
            return new DatabaseUrl(Backend.SQLITE, text, withoutSecrets(text));
        }
        if (startsWith(text, POSTGRESQL)) {
            String rest = text.substring(POSTGRESQL.length());
            return rest.startsWith("//") ? server(rest.substring(2))
                    : new DatabaseUrl(Backend.POSTGRESQL, text, withoutSecrets(text));
        }
        for (String scheme : SHORT) {
            if (startsWith(text, scheme)) {
                return server(text.substring(scheme.length()));
            }
        }
        throw new ConfigException("the database URL must begin with jdbc:postgresql:, postgres://, postgresql:// or "
                + "jdbc:sqlite:");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return shown;
    }

    /** Reads what follows the "//": user:password@hosts/database?parameters. */
    private static DatabaseUrl server(String rest) {
        int queryStart = rest.indexOf('?');
        String place = queryStart < 0 ? rest : rest.substring(0, queryStart);
        List<String> parameters = new ArrayList<>();
        int slash = place.indexOf('/');
        String hosts = slash < 0 ? place : place.substring(0, slash);
        // libpq takes a '+' in the path as it is, pgjdbc as a blank.
        String database = slash < 0 ? "/" : place.substring(slash).replace("+", "%2B");
        int at = hosts.lastIndexOf('@');
        if (at >= 0) {
            String[] user = hosts.substring(0, at).split(":", 2);
            parameters.add("user=" + recode(user[0]));
            if (user.length == 2) {
                parameters.add("password=" + recode(user[1]));
            }
            hosts = hosts.substring(at + 1);
        }
        String query = queryStart < 0 ? "" : rest.substring(queryStart + 1);
        // Else a password with one of these characters in it would be shown as the host, the database or a parameter.
        if (!HOSTS.matcher(hosts).matches() || database.indexOf('@') >= 0 || query.split("=", 2)[0].indexOf('@') >= 0) {
            throw new ConfigException("the database URL must be like postgres://user:password@host:port/database, with "
                    + "'/', '?', '@', ':' and '%' in the user and password as %2F, %3F, %40, %3A and %25");
        }
        if (!query.isEmpty()) {
            parameters.add(query);
        }
        String jdbc = POSTGRESQL + "//" + hosts + database
                + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters));
        return new DatabaseUrl(Backend.POSTGRESQL, jdbc, withoutSecrets(jdbc));
    }

    /** From the percent-encoding of a URL's user info, where '+' is a plus, to that of a query, where it is a blank. */
    private static String recode(String userInfo) {
        try {
            String plain = URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
            return URLEncoder.encode(plain, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("the user or password of the database URL has a '%' without two hexadecimal "
                    + "digits; write '%' itself as %25");
        }
    }

    private static String withoutSecrets(String url) {
        int queryStart = url.indexOf('?');
        if (queryStart < 0) {
            return url;
        }
        List<String> kept = new ArrayList<>();
        for (String parameter : url.substring(queryStart + 1).split("&")) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            if (!isSecret(name)) {
                kept.add(parameter);
            }
        }
        return url.substring(0, queryStart) + (kept.isEmpty() ? "" : "?" + String.join("&", kept));
    }

    /** Whether a driver's property or URL parameter of this name holds a secret. */
    static boolean isSecret(String name) {
        return SECRETS.contains(name.toLowerCase(Locale.ROOT));
    }

    private static boolean startsWith(String text, String prefix) {
        return text.regionMatches(true, 0, prefix, 0, prefix.length());
    }
}
