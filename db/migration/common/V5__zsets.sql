-- The hash is made of the member (see MemberHash): rows are found by it, and in its order they are scanned. Index entries
-- are bounded, members are not: of a long one, `member` holds the beginning and a digest, and `whole` all of it.
CREATE TABLE zsets (
    key_id BIGINT    NOT NULL,
    hash   BIGINT    NOT NULL,
    member ${bytes}  NOT NULL,
    whole  ${bytes},          -- null where the member is not long
    score  ${double} NOT NULL,
    PRIMARY KEY (key_id, hash, member)
) ${clustered};

-- Nothing is added to the key's number but that who looks a member up by its hash does not come here.
CREATE INDEX zsets_by_score ON zsets ((key_id + 0), score, member) ${including_key};

-- How many members of a large sorted set come one after the other from a place in its order on, so that nobody has to
-- count them: blocks of some hundred members, and groups of some ten thousand. Each goes on to where the next one of
-- its level begins; the first ones begin before everything, and a group where a block begins.
CREATE TABLE zset_blocks (
    key_id BIGINT    NOT NULL,
    level  SMALLINT  NOT NULL, -- 0 block, 1 group
    score  ${double} NOT NULL, -- with the member: where it begins
    member ${bytes}  NOT NULL,
    size   BIGINT    NOT NULL, -- number of members
    PRIMARY KEY (key_id, level, score, member)
) ${clustered} ${often_updated};

CREATE VIEW all_zsets AS
SELECT k.db, k.name, ${text}coalesce(z.whole, z.member)${end_text} AS member, z.score, k.expires_at
FROM all_keys k
JOIN zsets z ON z.key_id = k.id;
