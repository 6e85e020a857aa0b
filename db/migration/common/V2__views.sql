-- For people: names and values as text, expired keys hidden.

CREATE VIEW all_keys AS
SELECT d.number AS db,
       ${text}coalesce(k.whole, k.name)${end_text} AS name,
       CASE k.type
           WHEN 1 THEN 'string' WHEN 2 THEN 'hash' WHEN 3 THEN 'list'
           WHEN 4 THEN 'set' WHEN 5 THEN 'zset' WHEN 6 THEN 'stream'
       END AS type,
       k.size,
       k.expires_at,
       k.id
FROM keys k
JOIN databases d ON d.space = k.space
WHERE k.expires_at IS NULL OR k.expires_at > ${now_ms};

CREATE VIEW all_strings AS
SELECT k.db, k.name, ${text}s.value${end_text} AS value, length(s.value) AS bytes, k.expires_at
FROM all_keys k
JOIN strings s ON s.key_id = k.id;
