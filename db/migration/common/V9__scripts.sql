-- Scripts that SCRIPT LOAD was given, for EVALSHA through any node.
CREATE TABLE scripts (
    sha    ${bytes} PRIMARY KEY, -- 40 lower-case hexadecimal digits
    source ${bytes} NOT NULL
);
