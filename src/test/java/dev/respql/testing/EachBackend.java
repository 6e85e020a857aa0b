package dev.respql.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test class, or one test method, once on SQLite and once on PostgreSQL.
 *
 * <pre>{@code
 * @EachBackend
 * class StringsTest {
 *     @Test
 *     void setOverwrites(RespClient client) { … }                     // a new connection to an empty server
 *
 *     @Test
 *     void dataSurvivesARestart(RunningServer server) { … server.restart(); … }
 *
 *     @Test
 *     @OwnServer("requirepass=secret")
 *     void refusesStrangers(RunningServer server) { … }               // a server of its own
 * }
 *
 * class PlainTest {
 *     @EachBackend                                                    // on a method it stands in for @Test
 *     void onBoth(RespClient client, Backend backend) { … }
 * }
 * }</pre>
 *
 * <p>Test and lifecycle methods take parameters of the types {@link RunningServer}, {@link RespClient} (each one a
 * new connection, in RESP2 and database 0, closed after the test) and {@link Backend}. All tests of a class share one
 * server per backend; before each test it is emptied with FLUSHALL. What else a test changes in it (CONFIG SET, …) it
 * must put back, or ask for its {@link OwnServer}. After each test that passed, {@link InvariantCheck} looks at the
 * database.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ClassTemplate
@TestTemplate
@ExtendWith(EachBackendExtension.class)
public @interface EachBackend {
    /** Options of the server, each {@code "name=value"} as in the configuration file. */
    String[] options() default {};
}
