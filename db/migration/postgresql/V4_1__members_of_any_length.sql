-- PostgreSQL's index entries are bounded to some 2,700 bytes, fields and members are not: here the hash alone leads to
-- a row, or to the very few rows that share it.
ALTER TABLE hashes DROP CONSTRAINT hashes_pkey;
CREATE INDEX hashes_by_hash ON hashes (key_id, hash);

ALTER TABLE sets DROP CONSTRAINT sets_pkey;
CREATE INDEX sets_by_hash ON sets (key_id, hash);
