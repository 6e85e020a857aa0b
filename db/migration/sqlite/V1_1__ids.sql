-- What PostgreSQL has a sequence for: numbers of values, taken by the block. Numbers below this one are in use or spent.
CREATE TABLE header_ids (
    next INTEGER NOT NULL
);

INSERT INTO header_ids (next) VALUES (1);
