"""Whether a day, a moment or a plan is closed, asked by triggers of SQLite and of PostgreSQL."""

P = "action_plans_"
PERIOD, PLAN = f"{P}reportingperiod", f"{P}actionplan"
APPROVED = "'approved', 'implementation', 'completed'"


class SQLite:
    """Conditions that ask the periods. There is one writer, so nothing has to be locked."""

    BEGINNING = "''"

    @staticmethod
    def day(phase, day):
        return (
            f"EXISTS (SELECT 1 FROM {PERIOD} WHERE phase_id = {phase} AND ends_on >= {day} "
            f"AND status <> 'open') AND NOT EXISTS (SELECT 1 FROM {PERIOD} "
            f"WHERE phase_id = {phase} AND {day} BETWEEN starts_on AND ends_on AND status = 'open')"
        )

    @staticmethod
    def known(phase, moment):
        return f"EXISTS (SELECT 1 FROM {PERIOD} WHERE phase_id = {phase} AND closed_at >= {moment})"

    @classmethod
    def plan(cls, plan):
        return (
            f"EXISTS (SELECT 1 FROM {PLAN} JOIN {PERIOD} ON {PERIOD}.phase_id = {PLAN}.phase_id "
            f"WHERE {PLAN}.id = {plan} AND (closed_at >= approved_at OR (closed_at IS NOT NULL "
            f"AND approved_at IS NULL AND {PLAN}.status IN ({APPROVED}))))"
        )

    @staticmethod
    def since(plan):
        """The last closing of the phase of a plan."""
        return (
            f"(SELECT MAX(closed_at) FROM {PERIOD} WHERE phase_id = "
            f"(SELECT phase_id FROM {PLAN} WHERE id = {plan}))"
        )

    @staticmethod
    def overlap(period):
        return (
            f"EXISTS (SELECT 1 FROM {PERIOD} WHERE phase_id = {period}.phase_id AND id <> {period}.id "
            f"AND starts_on <= {period}.ends_on AND ends_on >= {period}.starts_on)"
        )


class PostgreSQL(SQLite):
    """The same, asked by functions that hold the periods: who closes waits for who writes, and the reverse."""

    BEGINNING = "'-infinity'"

    @staticmethod
    def day(phase, day):
        return f"closed_day({phase}, {day})"

    @staticmethod
    def known(phase, moment):
        return f"closed_since({phase}, {moment})"

    @staticmethod
    def plan(plan):
        return f"closed_plan({plan})"

    @staticmethod
    def overlap(period):
        return (
            f"closed_overlap({period}.id, {period}.phase_id, {period}.starts_on, {period}.ends_on)"
        )


FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION closed_day(of_phase bigint, on_day date) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE period record;
BEGIN
  FOR period IN SELECT status, starts_on FROM {PERIOD}
    WHERE phase_id = of_phase AND ends_on >= on_day ORDER BY starts_on FOR SHARE
  LOOP
    IF period.status <> 'open' THEN RETURN TRUE; END IF;
    IF period.starts_on <= on_day THEN RETURN FALSE; END IF;
  END LOOP;
  RETURN FALSE;
END $$;

CREATE OR REPLACE FUNCTION closed_since(of_phase bigint, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE period record;
BEGIN
  FOR period IN SELECT closed_at FROM {PERIOD} WHERE phase_id = of_phase ORDER BY starts_on FOR SHARE
  LOOP
    IF period.closed_at >= moment THEN RETURN TRUE; END IF;
  END LOOP;
  RETURN FALSE;
END $$;

CREATE OR REPLACE FUNCTION closed_plan(of_plan bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE plan record;
BEGIN
  SELECT phase_id, approved_at, status INTO plan FROM {PLAN} WHERE id = of_plan;
  IF plan.approved_at IS NULL AND plan.status NOT IN ({APPROVED}) THEN RETURN FALSE; END IF;
  RETURN closed_since(plan.phase_id, COALESCE(plan.approved_at, '-infinity'));
END $$;

CREATE OR REPLACE FUNCTION closed_overlap(own bigint, of_phase bigint, first_day date, last_day date)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM {P}phase WHERE id = of_phase FOR NO KEY UPDATE;
  RETURN EXISTS (SELECT 1 FROM {PERIOD} WHERE phase_id = of_phase AND id <> own
    AND starts_on <= last_day AND ends_on >= first_day);
END $$;
"""


CONDITIONS = {"sqlite": SQLite, "postgresql": PostgreSQL}
