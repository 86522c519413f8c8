-- What was written stays as it was: {app} adds records and topics, and changes neither. Records go when
-- the time has passed that their topic was made with, and that is the owner's doing.

REVOKE UPDATE, DELETE ON topics, log FROM {app};
REVOKE UPDATE, DELETE ON heads FROM {app};
GRANT UPDATE (next) ON heads TO {app};

CREATE FUNCTION trim_log(of_topic text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  DELETE FROM log USING topics
  WHERE log.topic = topics.id AND topics.name = of_topic AND topics.retention_ms >= 0
    AND log.written_at < now() - topics.retention_ms * interval '1 millisecond'
$$;
REVOKE ALL ON FUNCTION trim_log FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trim_log TO {app};
