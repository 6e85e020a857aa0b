-- The hash is a number made of the field's name (see MemberHash): rows are found by it, and in its order they are scanned.
CREATE TABLE hashes (
    key_id BIGINT   NOT NULL,
    hash   BIGINT   NOT NULL,
    field  ${bytes} NOT NULL,
    value  ${bytes} NOT NULL,
    PRIMARY KEY (key_id, hash, field)
) ${clustered} ${often_updated};

CREATE VIEW all_hashes AS
SELECT k.db, k.name, ${text}h.field${end_text} AS field, ${text}h.value${end_text} AS value, k.expires_at
FROM all_keys k
JOIN hashes h ON h.key_id = k.id;
