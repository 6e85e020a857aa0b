-- The hash is made of the member (see MemberHash): rows are found by it, and in its order they are scanned.
CREATE TABLE sets (
    key_id BIGINT   NOT NULL,
    hash   BIGINT   NOT NULL,
    member ${bytes} NOT NULL,
    PRIMARY KEY (key_id, hash, member)
) ${clustered} ${often_updated};

CREATE VIEW all_sets AS
SELECT k.db, k.name, ${text}s.member${end_text} AS member, k.expires_at
FROM all_keys k
JOIN sets s ON s.key_id = k.id;
