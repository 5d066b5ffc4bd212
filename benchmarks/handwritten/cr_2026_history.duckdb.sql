-- What the monthly records say as of 1 March 2026, written by hand for DuckDB from the definitions in the pack (its
-- variables/history.yaml), before any SQL of the compiler was looked at. It reads `people` (birth_date, history_from,
-- history_until) and `records`, one a person and month, all of them inside the person's history.
--
-- A history is complete from history_from until before history_until: a month without a record in it is one without a
-- contribution, a month outside is unknown. A record whose cell matters and is unknown makes the figure unknown.
WITH sums AS (
    SELECT
        person_id,
        -- In hundredths of a contribution.
        sum(CAST(coalesce(CAST(credited_share * 100 AS INTEGER), CASE WHEN contributed THEN 100 WHEN NOT contributed THEN 0 END)
            AS INTEGER)) AS credited,
        count(*) FILTER (credited_share IS NULL AND contributed IS NULL) AS credit_open,
        max(coalesce(revalued_base, contribution_base), 300) FILTER (contributed) AS best,
        count(*) FILTER (contributed) AS paid,
        count(*) FILTER (contributed IS NULL
            OR (contributed AND revalued_base IS NULL AND contribution_base IS NULL)) AS best_open,
        count(*) FILTER (contributed AND month >= DATE '2026-02-01') AS paid_1,
        count(*) FILTER (contributed IS NULL AND month >= DATE '2026-02-01') AS open_1,
        count(*) FILTER (contributed AND month >= DATE '2025-12-01') AS paid_3,
        count(*) FILTER (contributed IS NULL AND month >= DATE '2025-12-01') AS open_3,
        count(*) FILTER (contributed AND month >= DATE '2025-03-01') AS paid_12,
        count(*) FILTER (contributed IS NULL AND month >= DATE '2025-03-01') AS open_12,
        sum(contribution_base) FILTER (contributed AND month >= DATE '2025-12-01') AS wages_3,
        count(*) FILTER (contributed AND contribution_base IS NULL AND month >= DATE '2025-12-01') AS wages_open
    FROM records
    WHERE month < DATE '2026-03-01'
    GROUP BY person_id
),
-- Only who is 65 can have postponed; counted from the month after that of the 65th birthday.
late AS (
    SELECT
        records.person_id,
        count(*) FILTER (contributed) AS late_paid,
        count(*) FILTER (contributed IS NULL) AS late_open
    FROM records
    JOIN people ON people.person_id = records.person_id
    WHERE birth_date <= DATE '1961-03-01' AND month < DATE '2026-03-01'
        AND month >= date_trunc('month', birth_date) + INTERVAL 781 MONTH
    GROUP BY records.person_id
),
known AS (
    SELECT
        people.person_id,
        birth_date,
        history_from,
        history_until >= DATE '2026-03-01' AS whole,
        history_until >= DATE '2026-03-01' AND history_from <= DATE '2026-02-01' AS whole_1,
        history_until >= DATE '2026-03-01' AND history_from <= DATE '2025-12-01' AS whole_3,
        history_until >= DATE '2026-03-01' AND history_from <= DATE '2025-03-01' AS whole_12,
        coalesce(credited, 0) AS credited, coalesce(credit_open, 0) AS credit_open,
        best, coalesce(paid, 0) AS paid, coalesce(best_open, 0) AS best_open,
        coalesce(paid_1, 0) AS paid_1, coalesce(open_1, 0) AS open_1,
        coalesce(paid_3, 0) AS paid_3, coalesce(open_3, 0) AS open_3,
        coalesce(paid_12, 0) AS paid_12, coalesce(open_12, 0) AS open_12,
        coalesce(wages_3, 0)::BIGINT AS wages_3, coalesce(wages_open, 0) AS wages_open
    FROM people
    LEFT JOIN sums ON sums.person_id = people.person_id
),
figures AS (
    SELECT
        *,
        CASE WHEN whole AND history_from IS NOT NULL AND credit_open = 0 THEN credited // 100 END AS months,
        CASE WHEN whole_3 AND open_3 = 0 THEN paid_3 END AS months_3
    FROM known
)
SELECT
    figures.person_id,
    months::BIGINT AS months_contributed,
    CASE WHEN whole AND history_from IS NOT NULL AND best_open = 0 AND paid > 0
        THEN (2 * list_sum(best) + least(paid, 300)) // (2 * least(paid, 300)) END::BIGINT
        AS average_monthly_earnings_best_300_months,
    CASE WHEN whole_1 AND open_1 = 0 THEN paid_1 = 1 END AS cr_contributed_last_month,
    months_3 AS cr_months_contributed_last_3_months,
    CASE WHEN whole_12 AND open_12 = 0 THEN paid_12 END AS cr_months_contributed_last_12_months,
    CASE WHEN months_3 = 0 THEN 0
        WHEN months_3 > 0 AND wages_open = 0 THEN (2 * wages_3 + months_3) // (2 * months_3) END
        AS cr_average_contributory_wage_last_3_months,
    -- A person below 65, or with no more than 300 contributions, has postponed nothing whatever the records lack.
    CASE WHEN birth_date > DATE '1961-03-01' OR months <= 300 THEN 0
        WHEN months > 300 THEN
            CASE WHEN date_trunc('month', birth_date) + INTERVAL 781 MONTH >= DATE '2026-03-01' THEN 0
                WHEN history_from <= date_trunc('month', birth_date) + INTERVAL 781 MONTH AND coalesce(late_open, 0) = 0
                THEN least(months - 300, coalesce(late_paid, 0)) END
    END::BIGINT AS "ccss_ivm_salaried.postponement_months"
FROM figures
LEFT JOIN late ON late.person_id = figures.person_id
