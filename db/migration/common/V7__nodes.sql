-- The nodes that work on this database, and what each of them wants to hear from the others. Only PostgreSQL has several
-- nodes; nothing here outlives them.
CREATE ${unlogged} TABLE nodes (
    id           BIGINT PRIMARY KEY,
    heartbeat_at BIGINT NOT NULL -- milliseconds since 1970, by the database's clock
);

-- A lane of a node writes its own rows only.
CREATE ${unlogged} TABLE interests (
    node   BIGINT   NOT NULL,
    lane   INTEGER  NOT NULL,
    kind   SMALLINT NOT NULL, -- 1 channel, 2 pattern of channels, 3 shard channel, 4 key that clients wait for, 5 changes of keys
    hash   BIGINT   NOT NULL, -- of the name, or a key's lock
    name   ${bytes} NOT NULL, -- empty for keys
    prefix ${bytes},          -- of a pattern: what all its channels begin with
    count  BIGINT   NOT NULL  -- clients
);

CREATE INDEX interests_by_name ON interests (kind, hash);

-- Messages that are too long for a notification.
CREATE ${unlogged} TABLE messages (
    node    BIGINT   NOT NULL, -- that sent it
    number  BIGINT   NOT NULL,
    body    ${bytes} NOT NULL,
    sent_at BIGINT   NOT NULL, -- milliseconds since 1970, by the database's clock
    PRIMARY KEY (node, number)
);
