package dev.respql.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseExceptionTest {
    @ParameterizedTest
    @CsvSource({
        // state, connectionLost, worthRetrying, nobodysFault
        "08006, true, false, true",
        "57P01, true, false, true",
        "40001, false, true, false",
        "40P01, false, true, false",
        "53200, false, true, true",
        "53100, false, false, true",
        "58030, false, false, true",
        "25006, false, false, true",
        "57014, false, false, false",
        "22001, false, false, false",
    })
    void whatAStateOfPostgresqlMeans(String state, boolean connectionLost, boolean worthRetrying, boolean nobodysFault) {
        DatabaseException failure = DatabaseException.of(new SQLException("message", state), true);
        assertEquals(connectionLost, failure.connectionLost());
        assertEquals(connectionLost, failure.outcomeUnknown());
        assertEquals(worthRetrying, failure.worthRetrying());
        assertEquals(nobodysFault, failure.nobodysFault());
    }

    @ParameterizedTest
    @CsvSource({
        "5, true", "261, true", "6, true", "8, true", "10, true", "3338, true", "13, true", "14, true",
        "1, false", "18, false", "19, false", "0, false",
    })
    void whatAResultCodeOfSqliteMeans(int code, boolean nobodysFault) {
        DatabaseException failure = DatabaseException.of(new SQLException("message", null, code), true);
        assertEquals(nobodysFault, failure.nobodysFault());
        assertEquals(false, failure.connectionLost());
        assertEquals(false, failure.outcomeUnknown());
    }
}
