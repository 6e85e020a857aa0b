-- Positions of a list's elements are contiguous and begin anywhere, below zero as well.
CREATE TABLE lists (
    key_id   BIGINT   NOT NULL,
    position BIGINT   NOT NULL,
    value    ${bytes} NOT NULL,
    PRIMARY KEY (key_id, position)
) ${clustered} ${often_updated};

CREATE VIEW all_lists AS
SELECT k.db, k.name,
       row_number() OVER (PARTITION BY l.key_id ORDER BY l.position) - 1 AS element,
       ${text}l.value${end_text} AS value, k.expires_at
FROM all_keys k
JOIN lists l ON l.key_id = k.id;
