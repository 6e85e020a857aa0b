-- What other nodes must know of a watched key to tell whether emptying or exchanging databases changes it.
ALTER TABLE watched_keys ADD COLUMN db INTEGER NOT NULL DEFAULT 0;
ALTER TABLE watched_keys ADD COLUMN existed SMALLINT NOT NULL DEFAULT 1; -- 0 where there was no such key
