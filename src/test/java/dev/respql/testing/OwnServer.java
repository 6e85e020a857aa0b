package dev.respql.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Gives one test of an {@link EachBackend} class a new server on empty data, closed after the test. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface OwnServer {
    /** Options of this server, each {@code "name=value"}; those of {@link EachBackend#options()} do not apply. */
    String[] value() default {};
}
