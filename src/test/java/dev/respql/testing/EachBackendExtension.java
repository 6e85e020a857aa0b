package dev.respql.testing;

import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** What stands behind {@link EachBackend}: one invocation of the class or method for each {@link Backend}. */
final class EachBackendExtension
        implements ClassTemplateInvocationContextProvider, TestTemplateInvocationContextProvider {
    private static final Namespace NAMESPACE = Namespace.create(EachBackendExtension.class);

    @Override
    public boolean supportsClassTemplate(ExtensionContext context) {
        return isMarked(context);
    }

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return isMarked(context);
    }

    @Override
    public Stream<ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(ExtensionContext context) {
        Class<?> marked = context.getRequiredTestClass();
        return Arrays.stream(Backend.values()).map(backend -> {
            SharedServer shared = new SharedServer(backend, optionsOf(marked));
            AfterClassTemplateInvocationCallback end = ofInvocation -> shared.close();
            return new Invocation(backend, new Servers(shared), end);
        });
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        ExtensionContext.Store ofClass = context.getParent().orElseThrow().getStore(NAMESPACE);
        String[] options = optionsOf(context.getRequiredTestMethod());
        return Arrays.stream(Backend.values()).map(backend -> {
            SharedServer shared = ofClass.getOrComputeIfAbsent(List.of(backend, List.of(options)),
                    key -> new SharedServer(backend, options), SharedServer.class);
            return new Invocation(backend, new Servers(shared));
        });
    }

    private static boolean isMarked(ExtensionContext context) {
        return context.getElement().filter(e -> AnnotationSupport.isAnnotated(e, EachBackend.class)).isPresent();
    }

    private static String[] optionsOf(AnnotatedElement element) {
        return AnnotationSupport.findAnnotation(element, EachBackend.class).orElseThrow().options();
    }

    /** The name and the extensions of one run of a class or method. */
    private static final class Invocation implements ClassTemplateInvocationContext, TestTemplateInvocationContext {
        private final Backend backend;
        private final List<Extension> extensions;

        Invocation(Backend backend, Extension... extensions) {
            this.backend = backend;
            this.extensions = List.of(extensions);
        }

        @Override
        public String getDisplayName(int invocationIndex) {
            return backend.toString();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return extensions;
        }

        @Override
        public void prepareInvocation(ExtensionContext context) {
            // Nothing: the server starts with the first test.
        }
    }

    /** The server that the tests of one class share on one backend; started when the first of them needs it. */
    private static final class SharedServer implements AutoCloseable {
        private final Backend backend;
        private final String[] options;
        private RunningServer server;

        SharedServer(Backend backend, String[] options) {
            this.backend = backend;
            this.options = options;
        }

        RunningServer emptied() {
            if (server == null) {
                server = RunningServer.start(backend, options);
            } else {
                server.flushAll();
            }
            return server;
        }

        /** Closes the server; one that a test already closed is replaced when the next test comes. */
        @Override
        public void close() {
            if (server != null) {
                server.close();
                server = null;
            }
        }
    }

    /** Gives each test its server and its connections, and takes them back. */
    private static final class Servers
            implements BeforeEachCallback, AfterEachCallback, TestExecutionExceptionHandler, ParameterResolver {
        private final SharedServer shared;

        Servers(SharedServer shared) {
            this.shared = shared;
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            OwnServer own = context.getRequiredTestMethod().getAnnotation(OwnServer.class);
            context.getStore(NAMESPACE).put(OfTest.class, own == null
                    ? new OfTest(shared.emptied(), false)
                    : new OfTest(RunningServer.start(shared.backend, own.value()), true));
        }

        @Override
        public void afterEach(ExtensionContext context) {
            OfTest test = context.getStore(NAMESPACE).remove(OfTest.class, OfTest.class);
            if (test == null) {
                return; // the server did not start
            }
            test.clients.forEach(RespClient::close);
            try {
                if (context.getExecutionException().isEmpty()) {
                    InvariantCheck.check(test.server);
                }
            } finally {
                if (test.own) {
                    test.server.close();
                } else if (test.server.isClosed()) {
                    shared.close();
                }
            }
        }

        /** Build output names a failed test by its method only; this says on which backend it failed. */
        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
            failure.addSuppressed(new FailedOn(shared.backend));
            throw failure;
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == Backend.class || type == RunningServer.class || type == RespClient.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            if (type == Backend.class) {
                return shared.backend;
            }
            OfTest test = context.getStore(NAMESPACE).get(OfTest.class, OfTest.class);
            if (test == null) {
                throw new IllegalStateException("a " + type.getSimpleName()
                        + " belongs to one test: take it as a parameter of a test or of @BeforeEach or @AfterEach");
            }
            if (type == RunningServer.class) {
                return test.server;
            }
            RespClient client = test.server.connect();
            test.clients.add(client);
            return client;
        }
    }

    /** A line in the stack trace of a failed test. */
    private static final class FailedOn extends Exception {
        FailedOn(Backend backend) {
            super(backend.toString(), null, false, false);
        }
    }

    /** What one test holds while it runs. */
    private static final class OfTest {
        final RunningServer server;
        final boolean own;
        final List<RespClient> clients = new ArrayList<>();

        OfTest(RunningServer server, boolean own) {
            this.server = server;
            this.own = own;
        }
    }
}
