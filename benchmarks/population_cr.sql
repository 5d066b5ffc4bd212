-- The synthetic persons of population.py: macros first, then the query. Words in braces are filled in there.
--
-- `draw(i, k)` is an even number below 2147483647 for person i and question k: two rounds of squaring modulo a prime.
-- DuckDB's own hash() is not promised to stay the same; this is, and it needs 64 bits only.
CREATE TEMP MACRO mix(x) AS (x * x % 2147483647 + x * 16807 + 12345) % 2147483647;
CREATE TEMP MACRO draw(i, k) AS mix(mix((CAST(i AS BIGINT) * 48271 + CAST(k AS BIGINT) * 829348951 + 1) % 2147483647));
CREATE TEMP MACRO below(i, k, n) AS draw(i, k) % n;
CREATE TEMP MACRO chance(i, k, in_1000) AS draw(i, k) % 1000 < in_1000;
CREATE TEMP MACRO holed(i, k, x) AS CASE WHEN draw(i, k + 1000) % 1000 >= {unknown} THEN x END;
-- Skewed as pay is: the product of two even draws between a quarter and the whole, times up to eight, rounded to 50 colones.
CREATE TEMP MACRO pay(i, k, middle) AS
    ((middle * (250 + below(i, k, 1750)) // 1000 * (500 + below(i, k + 1, 1000)) // 1000
    * CASE WHEN chance(i, k + 2, 60) THEN 1 + below(i, k + 3, 8) ELSE 1 END) // 5000) * 5000;
CREATE TEMP MACRO near_threshold(i, k, x) AS
    CASE WHEN chance(i, k, 12)
    THEN ({thresholds})[1 + CAST(below(i, k + 1, {count}) AS INTEGER)] + below(i, k + 2, 3) - 1 ELSE x END;
-- persons
WITH places AS (
    SELECT
        i,
        i // {persons} * {households} + CASE i % {persons}
            WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 1 WHEN 3 THEN 2 WHEN 4 THEN 2 WHEN 5 THEN 2
            WHEN 6 THEN 3 WHEN 7 THEN 3 WHEN 8 THEN 3 WHEN 9 THEN 3 ELSE 4 END AS household_id,
        CASE i % {persons}
            WHEN 0 THEN 0 WHEN 1 THEN 0 WHEN 2 THEN 1 WHEN 3 THEN 0 WHEN 4 THEN 1 WHEN 5 THEN 2
            WHEN 6 THEN 0 WHEN 7 THEN 1 WHEN 8 THEN 2 WHEN 9 THEN 3 ELSE i % {persons} - 10 END AS place
    FROM range({first}, {last}) AS numbers (i)
), related AS (
    SELECT
        i, household_id,
        CASE WHEN place = 0 THEN 'head'
            WHEN place = 1 AND chance(i, 1, 750) THEN 'spouse'
            WHEN chance(i, 2, 780) THEN 'child'
            ELSE ['parent', 'sibling', 'grandchild', 'other_relative', 'child_in_law', 'parent_in_law', 'non_relative',
                'domestic_worker'][1 + CAST(below(i, 3, 8) AS INTEGER)] END AS relationship_to_head
    FROM places
), aged AS (
    SELECT *, CASE
        WHEN relationship_to_head = 'head' THEN 20 + below(i, 4, 65)
        WHEN relationship_to_head = 'spouse' THEN 19 + below(i, 4, 62)
        WHEN relationship_to_head IN ('child', 'grandchild') THEN below(i, 4, CASE WHEN chance(i, 5, 700) THEN 19 ELSE 40 END)
        WHEN relationship_to_head IN ('parent', 'parent_in_law') THEN 48 + below(i, 4, 48)
        ELSE 12 + below(i, 4, 70) END AS true_age
    FROM related
), working AS (
    SELECT *, CASE
        WHEN true_age < 15 THEN 'inactive'
        WHEN true_age < 20 AND chance(i, 6, 800) THEN 'inactive'
        WHEN true_age >= 66 AND chance(i, 6, 820) THEN 'inactive'
        WHEN chance(i, 7, 480) THEN 'employee'
        WHEN chance(i, 8, 380) THEN 'own_account_worker'
        ELSE ['employer', 'dependent_contractor', 'cooperative_member', 'contributing_family_worker', 'unemployed',
            'unemployed', 'inactive', 'inactive', 'inactive', 'inactive'][1 + CAST(below(i, 9, 10) AS INTEGER)]
        END AS true_status
    FROM aged
)
SELECT
    i AS person_id,
    household_id,
    holed(i, 10, relationship_to_head) AS relationship_to_head,
    holed(i, 11, CASE WHEN chance(i, 11, 510) THEN 'female' ELSE 'male' END) AS sex,
    holed(i, 12, true_age) AS age,
    holed(i, 13, true_age BETWEEN 6 AND 26 AND chance(i, 13, 700)) AS is_student,
    holed(i, 14, true_status) AS employment_status,
    holed(i, 15, CASE WHEN true_status IN ('employee', 'cooperative_member')
        THEN near_threshold(i, 16, pay(i, 20, 60000000)) ELSE 0 END) AS monthly_earnings,
    holed(i, 25, CASE WHEN true_status IN ('own_account_worker', 'employer', 'dependent_contractor', 'cooperative_member')
        THEN near_threshold(i, 26, pay(i, 30, 42000000) - CASE WHEN chance(i, 35, 15) THEN 60000000 ELSE 0 END)
        ELSE 0 END) AS monthly_net_income,
    holed(i, 36, CASE WHEN true_status IN ('unemployed', 'inactive') AND chance(i, 36, 250) THEN pay(i, 37, 15000000)
        ELSE 0 END) AS monthly_income,
    holed(i, 42, chance(i, 42, 780)) AS is_full_time,
    holed(i, 43, chance(i, 43, 60)) AS is_exempt_from_minimum_base,
    holed(i, 44, CASE WHEN chance(i, 44, 840) THEN 'private' ELSE 'public' END) AS employer_sector,
    holed(i, 45, CASE WHEN true_age < 18 THEN 0
        WHEN chance(i, 45, 25) THEN [179, 180, 299, 300, 404, 405, 12, 11][1 + CAST(below(i, 46, 8) AS INTEGER)]
        ELSE below(i, 47, 12 * (true_age - 17)) END) AS months_contributed,
    holed(i, 48, near_threshold(i, 49, pay(i, 52, 55000000))) AS average_monthly_earnings_best_300_months,
    holed(i, 56, true_age >= 50 AND chance(i, 56, 220)) AS has_other_pension,
    holed(i, 57, chance(i, 57, 210)) AS is_in_poverty,
    CAST(CAST(holed(i, 58, CASE WHEN chance(i, 58, 930) THEN 0 WHEN chance(i, 59, 200) THEN 6666 + below(i, 60, 3)
        ELSE below(i, 61, 10001) END) AS DECIMAL(9, 0)) * 0.0001 AS DECIMAL(5, 4)) AS incapacity_degree,
    holed(i, 62, below(i, 62, 400)) AS months_in_scheme,
    holed(i, 63, CASE WHEN chance(i, 63, 800) THEN 0 ELSE below(i, 64, 70) END) AS months_late,
    holed(i, 90, CASE WHEN chance(i, 90, 900) THEN 0 ELSE pay(i, 91, 30000000) END) AS unpaid_contribution_amount,
    holed(i, 96, CASE WHEN true_age < 18 OR chance(i, 96, 350) THEN 'single'
        ELSE ['married', 'married', 'in_union', 'widowed', 'divorced', 'separated'][1 + CAST(below(i, 97, 6) AS INTEGER)] END)
        AS marital_status,
    holed(i, 98, CASE WHEN chance(i, 98, 600) THEN 0 ELSE below(i, 99, 6) END) AS dependants_count,
    holed(i, 100, chance(i, 100, 15)) AS is_indigent,
    holed(i, 65, chance(i, 65, 960)) AS cr_is_in_costa_rica,
    holed(i, 66, chance(i, 66, 500)) AS cr_is_on_cooperative_payroll,
    holed(i, 67, ['cooperative', 'producers_association', 'union', 'development_association', 'other'][1 + CAST(below(i, 67, 5) AS INTEGER)])
        AS cr_unit_type,
    holed(i, 68, chance(i, 68, 700)) AS cr_unit_has_agreement,
    holed(i, 69, chance(i, 69, 800)) AS cr_is_member_of_unit,
    CASE WHEN chance(i, 101, 300) THEN near_threshold(i, 102, pay(i, 105, 45000000)) END AS cr_agreed_reference_income,
    holed(i, 70, chance(i, 70, 850)) AS cr_has_contributory_capacity,
    holed(i, 71, chance(i, 71, 150)) AS cr_starts_with_health_insurance_only,
    holed(i, 72, CASE WHEN chance(i, 72, 950) THEN 0 ELSE below(i, 73, 120) END) AS cr_postponement_months,
    holed(i, 74, chance(i, 74, 800)) AS cr_contributed_last_month,
    holed(i, 75, below(i, 75, 4)) AS cr_months_contributed_last_3_months,
    holed(i, 76, below(i, 76, 13)) AS cr_months_contributed_last_12_months,
    holed(i, 77, near_threshold(i, 78, pay(i, 82, 50000000))) AS cr_average_contributory_wage_last_3_months,
    holed(i, 86, chance(i, 86, 40)) AS cr_is_invalid,
    holed(i, 87, true_age < 25 AND chance(i, 87, 60)) AS cr_is_orphan
FROM working
