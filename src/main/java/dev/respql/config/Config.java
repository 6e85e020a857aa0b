package dev.respql.config;

import dev.respql.config.Definition.Trait;
import dev.respql.value.Bytes;
import dev.respql.value.Glob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The parameters of one server: all of Redis 7.2 and respql's own. Names are matched whatever their case, older names
 * ("slave-priority") mean the same parameter. Values are texts; commands bring them from and to bytes as UTF-8.
 * <p>
 * For CONFIG: GET is {@link #matching}, SET is {@link #set}, REWRITE is {@link #rewrite}; the message of their
 * {@link ConfigException} is the error reply without "ERR ". For the code that a parameter is about:
 * {@link #parameter} once, then {@link Parameter#number()} or {@link Parameter#flag()} each time; or
 * {@link #onChange} where something has to be done.
 * <p>
 * Thread-safe. Reads never wait; changes are made one at a time.
 */
public final class Config {
    public static final String ACTIVE_EXPIRE_EFFORT = "active-expire-effort";
    public static final String BACKEND = "backend";
    public static final String BACKEND_OPTION = "backend-option";
    public static final String BIND = "bind";
    public static final String BUSY_REPLY_THRESHOLD = "busy-reply-threshold";
    public static final String CLIENT_OUTPUT_BUFFER_LIMIT = "client-output-buffer-limit";
    public static final String CLIENT_QUERY_BUFFER_LIMIT = "client-query-buffer-limit";
    public static final String DATABASES = "databases";
    public static final String DEBUG = "debug";
    public static final String DIR = "dir";
    public static final String DURABILITY = "durability";
    public static final String FLUSHALL = "flushall";
    public static final String HASH_MAX_LISTPACK_ENTRIES = "hash-max-listpack-entries";
    public static final String HASH_MAX_LISTPACK_VALUE = "hash-max-listpack-value";
    public static final String HZ = "hz";
    public static final String LANES = "lanes";
    public static final String LATENCY_MONITOR_THRESHOLD = "latency-monitor-threshold";
    public static final String LATENCY_TRACKING = "latency-tracking";
    public static final String LATENCY_TRACKING_INFO_PERCENTILES = "latency-tracking-info-percentiles";
    public static final String LIST_MAX_LISTPACK_SIZE = "list-max-listpack-size";
    public static final String LOGLEVEL = "loglevel";
    public static final String MAXCLIENTS = "maxclients";
    public static final String NOTIFY_KEYSPACE_EVENTS = "notify-keyspace-events";
    public static final String PORT = "port";
    public static final String PROTO_MAX_BULK_LEN = "proto-max-bulk-len";
    public static final String READONLY = "readonly";
    public static final String REQUIREPASS = "requirepass";
    public static final String SET_MAX_INTSET_ENTRIES = "set-max-intset-entries";
    public static final String SET_MAX_LISTPACK_ENTRIES = "set-max-listpack-entries";
    public static final String SET_MAX_LISTPACK_VALUE = "set-max-listpack-value";
    public static final String SLOWLOG_LOG_SLOWER_THAN = "slowlog-log-slower-than";
    public static final String SLOWLOG_MAX_LEN = "slowlog-max-len";
    public static final String TCP_KEEPALIVE = "tcp-keepalive";
    public static final String TIMEOUT = "timeout";
    public static final String URL = "url";
    public static final String ZSET_MAX_LISTPACK_ENTRIES = "zset-max-listpack-entries";
    public static final String ZSET_MAX_LISTPACK_VALUE = "zset-max-listpack-value";

    private final List<Parameter> parameters;
    /** By every name in small letters, older ones included. */
    private final SortedMap<String, Parameter> byName;
    private final Parameter outputBufferLimits;
    /** Guarded by this, as is every change of a value. */
    private final Map<Parameter, List<Consumer<Parameter>>> listeners = new HashMap<>();
    /** The file that the values came from and are written back to; null for none. */
    private volatile Path file;

    private Config() {
        parameters = ParameterTable.ALL.stream().map(Parameter::new).toList();
        byName = new TreeMap<>();
        for (Parameter parameter : parameters) {
            byName.put(parameter.name(), parameter);
            if (parameter.alias() != null) {
                byName.put(parameter.alias(), parameter);
            }
        }
        outputBufferLimits = parameter(CLIENT_OUTPUT_BUFFER_LIMIT);
    }

    /** A configuration of its own in which nobody has set anything, and which has no file. */
    public static Config defaults() {
        return new Config();
    }

    /**
     * A configuration read from a file in the form of redis.conf: one parameter a line, {@code #} comments, quotes,
     * {@code include} of further files (relative to the including one; {@code *} and {@code ?} in the file name).
     * Parameters not named keep their defaults. The file is remembered for {@link #rewrite}.
     *
     * @throws ConfigException if the file cannot be read or used; the message names file, line and directive
     */
    public static Config load(Path file) {
        Config config = new Config();
        Path absolute = file.toAbsolutePath().normalize();
        ConfigFile.read(absolute, config);
        config.file = absolute;
        return config;
    }

    // --- reading ---

    /**
     * The parameter of a name, for as many cheap reads as one likes.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Parameter parameter(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("no parameter " + name));
    }

    /** The parameter of a name that a client gave; empty if there is none. */
    public Optional<Parameter> find(String name) {
        return Optional.ofNullable(byName.get(name.toLowerCase(Locale.ROOT)));
    }

    /** All parameters, in the order of the documentation; hidden ones as well. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** A parameter's {@linkplain Parameter#text() text}. Throws as {@link #parameter} does. */
    public String get(String name) {
        return parameter(name).text();
    }

    /** A parameter's {@linkplain Parameter#number() number}. Throws as {@link #parameter} does. */
    public long number(String name) {
        return parameter(name).number();
    }

    /** Whether a parameter is {@linkplain Parameter#flag() yes}. Throws as {@link #parameter} does. */
    public boolean flag(String name) {
        return parameter(name).flag();
    }

    /** How much may wait for a client; cheap enough to ask for each reply. */
    public OutputBufferLimits outputBufferLimits() {
        return (OutputBufferLimits) outputBufferLimits.value().detail();
    }

    /** The percentiles that INFO latencystats shows, 0 to 100. */
    @SuppressWarnings("unchecked")
    public List<Double> latencyPercentiles() {
        return (List<Double>) parameter(LATENCY_TRACKING_INFO_PERCENTILES).value().detail();
    }

    /** The addresses to listen on, as they were given ({@code *}, {@code -::*} and so on are Redis's). */
    @SuppressWarnings("unchecked")
    public List<String> bindAddresses() {
        return (List<String>) parameter(BIND).value().detail();
    }

    /** The data directory; it need not exist. */
    public Path dir() {
        return (Path) parameter(DIR).value().detail();
    }

    /** The database that the parameter "url" names; empty for none. */
    public Optional<DatabaseUrl> databaseUrl() {
        return Optional.ofNullable((DatabaseUrl) parameter(URL).value().detail());
    }

    /** The settings for the database, by name, in the order they were first given. */
    public Map<String, String> backendOptions() {
        return Kind.NamedOptions.asMap(parameter(BACKEND_OPTION).value());
    }

    /**
     * The kind of database that the parameters "backend" and "url" lead to, SQLite if they say nothing.
     *
     * @throws ConfigException if they contradict each other, or PostgreSQL has no URL
     */
    public Backend backend() {
        String named = get(BACKEND);
        Optional<Backend> implied = databaseUrl().map(DatabaseUrl::backend);
        if (named.isEmpty()) {
            return implied.orElse(Backend.SQLITE);
        }
        Backend backend = Backend.of(named);
        if (implied.isPresent() && implied.get() != backend) {
            throw new ConfigException("backend " + named + " contradicts the url, which is one of "
                    + implied.get().title());
        }
        if (implied.isEmpty() && backend == Backend.POSTGRESQL) {
            throw new ConfigException("backend postgresql needs a url");
        }
        return backend;
    }

    /** The durability asked for, or the database's usual one. Throws as {@link #backend} does. */
    public Durability durability() {
        String named = get(DURABILITY);
        if (!named.isEmpty()) {
            return Durability.valueOf(named.toUpperCase(Locale.ROOT));
        }
        return backend() == Backend.POSTGRESQL ? Durability.ALWAYS : Durability.EVERYSEC;
    }

    /** The file that the configuration was loaded from, absolute; empty for none. INFO shows it. */
    public Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    // --- CONFIG ---

    /**
     * Names and values as CONFIG GET gives them: each name at most once, older names as entries of their own. A name
     * without wildcards comes back as it was written; a pattern gives all it matches, in alphabetical order, hidden
     * ones apart. What the database decided is filled in; passwords of the database are left out.
     */
    public List<Map.Entry<String, String>> matching(List<String> patterns) {
        Map<String, Map.Entry<String, String>> found = new LinkedHashMap<>();
        for (String pattern : patterns) {
            if (pattern.chars().noneMatch(c -> c == '*' || c == '?' || c == '[')) {
                find(pattern).ifPresent(parameter ->
                        found.putIfAbsent(pattern.toLowerCase(Locale.ROOT), Map.entry(pattern, shown(parameter))));
                continue;
            }
            byte[] glob = Bytes.of(pattern);
            byName.forEach((name, parameter) -> {
                if (!parameter.definition().is(Trait.HIDDEN) && Glob.matches(glob, Bytes.of(name), true)) {
                    found.putIfAbsent(name, Map.entry(name, shown(parameter)));
                }
            });
        }
        return List.copyOf(found.values());
    }

    private String shown(Parameter parameter) {
        return switch (parameter.name()) {
            case URL -> databaseUrl().map(DatabaseUrl::shown).orElse("");
            case BACKEND -> backend().parameter();
            case BACKEND_OPTION -> Kind.NamedOptions.withoutSecrets(parameter.value());
            case DURABILITY -> durability().parameter();
            case DIR -> dir().toAbsolutePath().normalize().toString();
            default -> parameter.text();
        };
    }

    /**
     * Sets parameters at run time, all of them or, if anything is wrong, none. Listeners hear of each that changed.
     *
     * @param pairs names and values, in the client's order
     * @throws ConfigException with the message that CONFIG SET answers, without "ERR "
     */
    public synchronized void set(List<Map.Entry<String, String>> pairs) {
        Set<String> seen = new HashSet<>();
        for (Map.Entry<String, String> pair : pairs) {
            Parameter parameter = find(pair.getKey()).orElseThrow(() -> {
                String message = "Unknown option or number of arguments for CONFIG SET - '" + pair.getKey() + "'";
                return new ConfigException(message, message);
            });
            if (!parameter.isMutable()) {
                throw refused(pair.getKey(), parameter.definition().is(Trait.PROTECTED)
                        ? "can't set protected config" : "can't set immutable config");
            }
            if (!seen.add(pair.getKey().toLowerCase(Locale.ROOT))) {
                throw refused(pair.getKey(), "duplicate parameter");
            }
        }
        Map<Parameter, Value> values = new LinkedHashMap<>();
        Map<Parameter, String> names = new HashMap<>();
        for (Map.Entry<String, String> pair : pairs) {
            Parameter parameter = parameter(pair.getKey());
            String name = pair.getKey().toLowerCase(Locale.ROOT);
            Kind kind = parameter.definition().kind();
            try {
                Value old = values.getOrDefault(parameter, parameter.value());
                values.put(parameter, kind.parse(arguments(kind, pair.getValue()), old, false));
                names.put(parameter, name);
            } catch (ConfigException e) {
                throw refused(name, e.reason());
            }
        }
        assign(values, names);
    }

    /** Changes values and tells the listeners; if one of them refuses, everything is as before. */
    private void assign(Map<Parameter, Value> values, Map<Parameter, String> names) {
        Map<Parameter, Value> before = new LinkedHashMap<>();
        Map<Parameter, Boolean> thisRunOnly = new HashMap<>();
        values.forEach((parameter, value) -> {
            before.put(parameter, parameter.value());
            thisRunOnly.put(parameter, parameter.isThisRunOnly());
            parameter.assign(value, false);
        });
        List<Parameter> told = new ArrayList<>();
        for (Parameter parameter : values.keySet()) {
            if (parameter.text().equals(before.get(parameter).text())) {
                continue;
            }
            told.add(parameter);
            try {
                tell(parameter);
            } catch (ConfigException e) {
                before.forEach((changed, value) -> changed.assign(value, thisRunOnly.get(changed)));
                told.forEach(this::tellAgain);
                throw refused(names.get(parameter), e.reason());
            }
        }
    }

    private void tell(Parameter parameter) {
        listeners.getOrDefault(parameter, List.of()).forEach(listener -> listener.accept(parameter));
    }

    /** Back to a value that was accepted once; what a listener says to that is of no use to anybody. */
    private void tellAgain(Parameter parameter) {
        for (Consumer<Parameter> listener : listeners.getOrDefault(parameter, List.of())) {
            try {
                listener.accept(parameter);
            } catch (ConfigException e) {
                // The error that goes to the client is the first one.
            }
        }
    }

    private static ConfigException refused(String name, String reason) {
        return new ConfigException("CONFIG SET failed (possibly related to argument '" + name + "') - " + reason,
                reason);
    }

    /**
     * Calls back whenever CONFIG SET has changed a parameter, after all parameters of that command have their new
     * values. The callback runs in the thread that sets, should be quick, and may throw a
     * {@link ConfigException} to have the whole command undone; it is then called once more, with the old value.
     *
     * @throws IllegalArgumentException if there is no parameter of this name
     */
    public synchronized void onChange(String name, Consumer<Parameter> listener) {
        listeners.computeIfAbsent(parameter(name), parameter -> new ArrayList<>()).add(listener);
    }

    /**
     * Writes the current values to the file they were loaded from, as CONFIG REWRITE does: comments, order and what
     * is no parameter stay; a parameter keeps its place, new ones go to the end, doubles and lines not needed are
     * removed. The file is replaced in one step.
     *
     * @throws ConfigException with the message that CONFIG REWRITE answers, without "ERR "
     */
    public synchronized void rewrite() {
        if (file == null) {
            throw new ConfigException("The server is running without a config file");
        }
        ConfigFile.rewrite(file, this);
    }

    /** One line a parameter for people: name, value when nobody sets it, what it is for. Hidden ones are left out. */
    public List<String> helpLines() {
        return parameters.stream().filter(parameter -> !parameter.definition().is(Trait.HIDDEN))
                .map(parameter -> parameter.name() + " (" + (parameter.initialText().isEmpty() ? "empty"
                        : parameter.initialText()) + (parameter.isMutable() ? "" : ", only before the start")
                        + (parameter.isEffective() ? "" : ", without effect") + "): " + parameter.help())
                .toList();
    }

    // --- before the start ---

    /**
     * Sets a parameter whether or not it can be set at run time, without telling the listeners: for the command line,
     * for tests, and for a server that has found out something, such as the port it got.
     *
     * @param value as in CONFIG SET; of "backend-option" one NAME=VALUE, which is added
     * @throws ConfigException if there is no such parameter or it does not take the value
     */
    public void put(String name, String value) {
        put(name, value, false);
    }

    /** As {@link #put}, for a value that {@link #rewrite} must not write, such as a password from the environment. */
    public void putForThisRun(String name, String value) {
        put(name, value, true);
    }

    private synchronized void put(String name, String value, boolean forThisRunOnly) {
        Parameter parameter = find(name).orElseThrow(() -> new ConfigException("no parameter '" + name + "'"));
        Kind kind = parameter.definition().kind();
        try {
            parameter.assign(kind.parse(arguments(kind, value), parameter.value(), false), forThisRunOnly);
        } catch (ConfigException e) {
            throw new ConfigException(parameter.name() + ": " + e.reason(), e.reason());
        }
    }

    /** Names of parameters that differ from their defaults although they have no effect; worth a warning at start. */
    public List<String> setWithoutEffect() {
        return parameters.stream()
                .filter(parameter -> !parameter.isEffective() && !parameter.text().equals(parameter.initialText()))
                .map(Parameter::name).toList();
    }

    /** Sets what a line of the file says; the words without the name. */
    synchronized void assign(Parameter parameter, List<String> words, boolean add) {
        parameter.assign(parameter.definition().kind().parse(words, parameter.value(), add), false);
    }

    /** The arguments that a value stands for: one, or those between single blanks where a kind takes several. */
    static List<String> arguments(Kind kind, String value) {
        if (!kind.takesSeveral()) {
            return List.of(value);
        }
        return value.isEmpty() ? List.of() : List.of(value.split(" ", -1));
    }
}
