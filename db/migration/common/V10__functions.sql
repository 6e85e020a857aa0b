-- Libraries of functions, as FUNCTION LOAD was given them.
CREATE TABLE functions (
    library ${bytes} PRIMARY KEY, -- its name
    source  ${bytes} NOT NULL
);

-- Grows with each change of that table, so that nodes see whether what they have compiled still holds.
CREATE TABLE function_generation (
    generation bigint NOT NULL
);

INSERT INTO function_generation (generation) VALUES (1);
