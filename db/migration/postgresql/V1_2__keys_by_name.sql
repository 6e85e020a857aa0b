-- Of two indexes that seem as good, as they do while the table is small, the planner takes the younger one. That must be
-- the one by name, or it would go over all keys of a space to find one.
ALTER TABLE keys DROP CONSTRAINT keys_pkey;
ALTER TABLE keys ADD PRIMARY KEY (space, name);
