-- What only PostgreSQL has.

-- Numbers of headers; each node takes a block at a time.
CREATE SEQUENCE header_ids INCREMENT BY 1000;

-- Bytes as text: UTF-8 where they are, else with octal escapes.
CREATE FUNCTION respql_text(bytes BYTEA) RETURNS TEXT LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    RETURN convert_from(bytes, 'UTF8');
EXCEPTION WHEN OTHERS THEN
    RETURN encode(bytes, 'escape');
END
$$;
