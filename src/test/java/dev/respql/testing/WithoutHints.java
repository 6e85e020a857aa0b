package dev.respql.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Servers that start for this class read nothing ahead: hints are for speed only. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WithoutHints.Switch.class)
public @interface WithoutHints {
    /** Sets the property that servers look at when they start. */
    final class Switch implements BeforeAllCallback, AfterAllCallback {
        private static final String PROPERTY = "respql.noPrefetch";

        @Override
        public void beforeAll(ExtensionContext context) {
            System.setProperty(PROPERTY, "true");
        }

        @Override
        public void afterAll(ExtensionContext context) {
            System.clearProperty(PROPERTY);
        }
    }
}
