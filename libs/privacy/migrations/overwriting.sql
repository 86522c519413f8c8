-- A page keeps what was in a row until something is written over it: vacuum only moves the rows that
-- are left together. So a tombstone takes no less room than the key that it stands for, on the same
-- page: what vacuum moves up then covers every byte of it.

ALTER TABLE subject_keys ADD COLUMN overwritten bytea;
-- Nor is a key kept as a sample among the statistics. Declared again, a column loses those it has.
ALTER TABLE subject_keys ALTER COLUMN wrapped TYPE bytea, ALTER COLUMN wrapped SET STATISTICS 0;
-- Room on each page for a tombstone of every key on it, and existing pages written anew so.
ALTER TABLE subject_keys SET (fillfactor = 45);
CLUSTER subject_keys USING subject_keys_pkey;
ALTER TABLE subject_keys SET WITHOUT CLUSTER;

GRANT UPDATE (overwritten) ON subject_keys TO {writer};

-- What was wrapped anew lies about likewise: then the whole table is written anew.
GRANT MAINTAIN ON subject_keys TO {rotator};

CREATE OR REPLACE FUNCTION destroy_keys(of_tenant uuid, of_subject uuid, a_class text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM taking_turns(of_tenant, of_subject);
  INSERT INTO subject_keys AS k (
    tenant_id, subject_id, class, generation, wrapped, overwritten, wrapped_by, destroyed_at)
  SELECT of_tenant, of_subject, doomed.class, coalesce(made.generation, 1), NULL,
    decode(repeat('00', octet_length(made.wrapped)), 'hex'),
    coalesce(made.wrapped_by, (SELECT max(number) FROM wrapping_keys)), clock_timestamp()
  FROM unnest(a_class) AS doomed (class)
  LEFT JOIN subject_keys made
    ON (made.tenant_id, made.subject_id, made.class) = (of_tenant, of_subject, doomed.class)
  ON CONFLICT (tenant_id, subject_id, class, generation)
  DO UPDATE SET wrapped = NULL, overwritten = EXCLUDED.overwritten,
    destroyed_at = EXCLUDED.destroyed_at
  WHERE k.destroyed_at IS NULL;
END
$$;
