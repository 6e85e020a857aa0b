-- One header row a key, one table a type. The same on SQLite and on PostgreSQL; the few differences are placeholders.
-- Index entries are bounded, names are not: of a long one, `name` holds the beginning and a digest, `whole` all of it.

-- Which space holds the keys of each numbered database. FLUSHDB gives a database a new space and leaves the old one to
-- the sweeper; SWAPDB exchanges two spaces.
CREATE TABLE databases (
    number INTEGER PRIMARY KEY,
    space  BIGINT  NOT NULL UNIQUE
);

CREATE TABLE keys (
    space         BIGINT   NOT NULL,
    name          ${bytes} NOT NULL,
    id            BIGINT   NOT NULL, -- names the value's rows in the table of its type; never used twice
    scan_position BIGINT   NOT NULL, -- where SCAN meets the key; stays with the name, whatever value it is given
    type          SMALLINT NOT NULL, -- 1 string, 2 hash, 3 list, 4 set, 5 sorted set, 6 stream
    size          BIGINT   NOT NULL, -- number of elements; 1 for a string
    version       BIGINT   NOT NULL, -- counts the changes of this row
    expires_at    BIGINT,            -- milliseconds since 1970; null: never
    whole         ${bytes},          -- null where the name is not long
    PRIMARY KEY (space, name),
    UNIQUE (space, scan_position)
) ${clustered} ${often_updated};

CREATE INDEX keys_by_expiry ON keys (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE strings (
    key_id ${id},
    value  ${bytes} NOT NULL
) ${often_updated};

-- Collections whose header is gone; the sweeper removes their rows in small steps.
CREATE TABLE dropped_keys (
    key_id ${id},
    type   SMALLINT NOT NULL
);

-- Spaces that no database has any more; the sweeper removes their keys.
CREATE TABLE dropped_spaces (
    space BIGINT PRIMARY KEY
);
