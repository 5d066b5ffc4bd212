-- Monthly records for persons 0 to {persons}: the macros of population_cr.sql come first. Two queries: persons, records.
-- A record is there for four of five months since the person first contributed; a few cells are unknown.
-- persons
SELECT
    i AS person_id,
    birth_date,
    -- Three in a hundred have no known span, two in a hundred one that ends before the evaluation month.
    CASE WHEN chance(i, 500, 970) THEN CAST(first_month AS DATE) END AS history_from,
    CASE WHEN chance(i, 501, 980) THEN DATE '2026-03-01' ELSE DATE '2026-01-01' END AS history_until
FROM (
    SELECT
        i,
        CAST(DATE '2008-01-01' - CAST(below(i, 502, 28500) AS INTEGER) AS DATE) AS birth_date,
        DATE '2026-02-01' - to_months(CAST(below(i, 503, {months}) AS INTEGER)) AS first_month
    FROM range(0, {persons}) AS numbers (i)
)
-- records
SELECT
    person_id,
    month,
    CASE WHEN draw(k, 510) % 20000 >= 1 THEN chance(k, 511, 950) END AS contributed,
    CASE WHEN draw(k, 512) % 20000 >= 1 THEN pay(k, 513, 50000000) END AS contribution_base,
    CASE WHEN chance(k, 520, 500) THEN pay(k, 521, 60000000) END AS revalued_base,
    CASE WHEN chance(k, 530, 40) THEN CAST((1 + below(k, 531, 4)) * 0.25 AS DECIMAL(3, 2)) END AS credited_share
FROM (
    SELECT
        i AS person_id,
        CAST(DATE '2026-02-01' - to_months(CAST(ago AS INTEGER)) AS DATE) AS month,
        i * {months} + ago AS k
    FROM range(0, {persons}) AS numbers (i), range(0, {months}) AS months (ago)
    WHERE ago <= below(i, 503, {months}) AND (chance(i, 501, 980) OR ago >= 2) AND chance(i * {months} + ago, 540, 800)
)
