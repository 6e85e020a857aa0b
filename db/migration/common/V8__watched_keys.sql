-- The keys that clients watch, for other nodes to mark when they change them. Only PostgreSQL has several nodes; nothing
-- here outlives them.
CREATE ${unlogged} TABLE watched_keys (
    node    BIGINT   NOT NULL,
    client  BIGINT   NOT NULL,
    lock    BIGINT   NOT NULL, -- of the key
    changed SMALLINT NOT NULL, -- 1 once somebody has changed it
    PRIMARY KEY (node, client, lock)
);

CREATE INDEX watched_keys_by_lock ON watched_keys (lock);
