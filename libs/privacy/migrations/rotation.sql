-- Keys change: what wraps them ({rotator} wraps all of them anew), and what people's text is sealed
-- under (a subject's next generation). And who was erased is told from whose private text was.

-- What wraps keys, by its number; the highest wraps what is new. `proof` is nothing at all, wrapped:
-- whoever holds another key under this number learns it at start. `left_at`: no key is under it any
-- more, and it need not be held.
CREATE TABLE wrapping_keys (
  number int PRIMARY KEY CHECK (number > 0),
  proof bytea,
  begun_at timestamptz NOT NULL DEFAULT now(),
  left_at timestamptz
);
INSERT INTO wrapping_keys (number) VALUES (1);

-- No policy lets the owner see a row, and for once all are looked at.
ALTER TABLE subject_keys NO FORCE ROW LEVEL SECURITY;
ALTER TABLE subject_keys
  ADD COLUMN wrapped_by int NOT NULL DEFAULT 1 REFERENCES wrapping_keys,
  ADD COLUMN made_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE subject_keys ALTER COLUMN wrapped_by DROP DEFAULT;

-- A person, as against one class of their keys: theirs may begin anew once it was destroyed.
CREATE TABLE erased_subjects (
  tenant_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  erased_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, subject_id)
);

-- Whoever had lost all classes until now was erased.
INSERT INTO erased_subjects (tenant_id, subject_id, erased_at)
  SELECT tenant_id, subject_id, max(destroyed_at) FROM subject_keys
  GROUP BY tenant_id, subject_id HAVING bool_and(destroyed_at IS NOT NULL);
ALTER TABLE subject_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE erased_subjects ENABLE ROW LEVEL SECURITY;
ALTER TABLE erased_subjects FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON erased_subjects TO {writer}
  USING (tenant_id = current_setting('interlude.tenant')::uuid);
CREATE POLICY every_tenant ON erased_subjects TO {rotator} USING (true);
CREATE POLICY every_tenant ON subject_keys TO {rotator} USING (true);

GRANT SELECT ON wrapping_keys TO {reader}, {writer}, {rotator};
GRANT INSERT, UPDATE (proof, left_at) ON wrapping_keys TO {rotator};
GRANT SELECT, INSERT ON erased_subjects TO {writer};
GRANT SELECT ON erased_subjects TO {rotator};
GRANT SELECT, INSERT, UPDATE (wrapped, wrapped_by) ON subject_keys TO {rotator};

-- `find_keys` of before stays for processes that are still running.

CREATE FUNCTION keys_named(
  of_tenant uuid, of_subject uuid[], of_class text[], of_generation int[]
) RETURNS TABLE (subject_id uuid, class text, generation int, wrapped_by int, wrapped bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('interlude.tenant', of_tenant::text, true);
  RETURN QUERY
    SELECT k.subject_id, k.class, k.generation, k.wrapped_by, k.wrapped
    FROM unnest(of_subject, of_class, of_generation) AS wanted (subject_id, class, generation)
    JOIN subject_keys k USING (subject_id, class, generation)
    WHERE k.tenant_id = of_tenant;
END
$$;

CREATE FUNCTION newest_key(of_tenant uuid, of_subject uuid, of_class text)
RETURNS TABLE (subject_id uuid, class text, generation int, wrapped_by int, wrapped bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('interlude.tenant', of_tenant::text, true);
  RETURN QUERY
    SELECT k.subject_id, k.class, k.generation, k.wrapped_by, k.wrapped
    FROM subject_keys k
    WHERE k.tenant_id = of_tenant AND k.subject_id = of_subject AND k.class = of_class
    ORDER BY k.generation DESC LIMIT 1;
END
$$;

-- One after another for each subject: a key that is made while others are destroyed would escape.
CREATE FUNCTION taking_turns(of_tenant uuid, of_subject uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('interlude.tenant', of_tenant::text, true);
  PERFORM pg_advisory_xact_lock(hashtextextended('keys:' || of_tenant || of_subject, 0));
END
$$;

-- Why no key of theirs may be made now, in a word; null if it may. Nobody begins to wrap by another
-- key until this transaction is over, so no key comes late under one that was left.
CREATE FUNCTION hindrance(of_tenant uuid, of_subject uuid, a_wrapped_by int) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM taking_turns(of_tenant, of_subject);
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('wrapping', 0));
  IF EXISTS (
    SELECT FROM erased_subjects e WHERE e.tenant_id = of_tenant AND e.subject_id = of_subject
  ) THEN
    RETURN 'erased';
  END IF;
  RETURN CASE WHEN a_wrapped_by < (SELECT max(number) FROM wrapping_keys) THEN 'outdated' END;
END
$$;

-- The first generation where there is none, or the one after the newest. What is neither has been
-- made already, and nothing happens.
CREATE FUNCTION make_keys(
  of_tenant uuid, of_subject uuid, a_class text[], a_generation int[], a_wrapped bytea[],
  a_wrapped_by int
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  why text := hindrance(of_tenant, of_subject, a_wrapped_by);
BEGIN
  IF why IS NULL THEN
    INSERT INTO subject_keys (tenant_id, subject_id, class, generation, wrapped, wrapped_by)
    SELECT of_tenant, of_subject, made.class, made.generation, made.wrapped, a_wrapped_by
    FROM unnest(a_class, a_generation, a_wrapped) AS made (class, generation, wrapped)
    WHERE made.generation = 1 + coalesce((
      SELECT max(k.generation) FROM subject_keys k
      WHERE (k.tenant_id, k.subject_id, k.class) = (of_tenant, of_subject, made.class)), 0);
  END IF;
  RETURN coalesce(why, 'made');
END
$$;

-- For processes that are still running; they wrap by the first key of all.
CREATE OR REPLACE FUNCTION create_keys(
  of_tenant uuid, of_subject uuid, a_class text[], a_wrapped bytea[]
) RETURNS int LANGUAGE sql AS $$
  SELECT CASE make_keys(
    of_tenant, of_subject, a_class, array_fill(1, ARRAY[cardinality(a_class)]), a_wrapped, 1
  ) WHEN 'made' THEN 2 ELSE 0 END
$$;

CREATE OR REPLACE FUNCTION destroy_keys(of_tenant uuid, of_subject uuid, a_class text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM taking_turns(of_tenant, of_subject);
  INSERT INTO subject_keys AS k
    (tenant_id, subject_id, class, generation, wrapped, wrapped_by, destroyed_at)
  SELECT of_tenant, of_subject, doomed.class, coalesce(made.generation, 1), NULL,
    coalesce(made.wrapped_by, (SELECT max(number) FROM wrapping_keys)), clock_timestamp()
  FROM unnest(a_class) AS doomed (class)
  LEFT JOIN subject_keys made
    ON (made.tenant_id, made.subject_id, made.class) = (of_tenant, of_subject, doomed.class)
  ON CONFLICT (tenant_id, subject_id, class, generation)
  DO UPDATE SET wrapped = NULL, destroyed_at = EXCLUDED.destroyed_at
  WHERE k.destroyed_at IS NULL;
END
$$;

CREATE FUNCTION erase_subject(of_tenant uuid, of_subject uuid, a_class text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM destroy_keys(of_tenant, of_subject, a_class);
  INSERT INTO erased_subjects (tenant_id, subject_id) VALUES (of_tenant, of_subject)
  ON CONFLICT DO NOTHING;
END
$$;

-- From its commit on nothing is wrapped by an older one.
CREATE FUNCTION begin_wrapping(a_number int, a_proof bytea) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('wrapping', 0));
  INSERT INTO wrapping_keys (number, proof) VALUES (a_number, a_proof) ON CONFLICT DO NOTHING;
END
$$;

REVOKE ALL ON FUNCTION keys_named, newest_key, taking_turns, hindrance, make_keys, erase_subject,
  begin_wrapping FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keys_named, newest_key TO {reader}, {writer}, {rotator};
GRANT EXECUTE ON FUNCTION taking_turns, hindrance, make_keys TO {writer}, {rotator};
GRANT EXECUTE ON FUNCTION erase_subject TO {writer};
GRANT EXECUTE ON FUNCTION begin_wrapping TO {rotator};
