-- The social insurance of Costa Rica as of 1 March 2026, written by hand for PostgreSQL from the law (see sources.yaml of the
-- pack), before any SQL of the compiler was looked at. It reads `people` (see population.py) and gives a row for each.
--
-- Money is in céntimos, and is rounded half up to the céntimo; rates are in the decimals that each comment says, and
-- the degree of incapacity comes in ten-thousandths.
-- NULL is unknown. A CASE takes its ELSE when a condition is unknown, so conditions that can be unknown are asked for
-- what is true and for what is false apart; AND, OR and NOT of SQL are three-valued as they should be.
-- Sums of rounded products: (a * rate + half) / whole is right for what is not negative, and nothing here is.
--
-- PostgreSQL would pull the layers into one another and compute a value anew for each use: OFFSET 0 keeps them apart.
--
-- Figures: minimum base health 346789, pensions 324590; minimum wage (SM) 373092.30; rates in ten-thousandths.
WITH statuses AS NOT MATERIALIZED (
    SELECT
        *,
        employment_status = 'employee' OR (employment_status = 'cooperative_member' AND cr_is_on_cooperative_payroll)
            AS employed,
        employment_status IN ('own_account_worker', 'employer', 'dependent_contractor')
            OR (employment_status = 'cooperative_member' AND NOT cr_is_on_cooperative_payroll) AS independent
    FROM people
),
members AS NOT MATERIALIZED (
    SELECT
        *,
        independent AND cr_is_member_of_unit AND cr_unit_type <> 'other' AND cr_unit_has_agreement AS agreed_member,
        relationship_to_head = 'child' AND (age < 18 OR (age < 25 AND is_student) OR cr_is_invalid) AS child_in_charge
    FROM statuses
    OFFSET 0
),
-- "Any of the household" is true once it is for one, unknown if it is for none but may be for some: 2, 1, 0.
counted AS (
    SELECT
        household_id,
        max(CASE WHEN relationship_to_head = 'head' AND employed THEN 2
            WHEN relationship_to_head <> 'head' OR NOT employed THEN 0 ELSE 1 END) AS head_employed,
        max(CASE WHEN relationship_to_head = 'spouse' AND employed THEN 2
            WHEN relationship_to_head <> 'spouse' OR NOT employed THEN 0 ELSE 1 END) AS spouse_employed,
        max(CASE WHEN relationship_to_head = 'head' AND independent THEN 2
            WHEN relationship_to_head <> 'head' OR NOT independent THEN 0 ELSE 1 END) AS head_independent,
        max(CASE WHEN relationship_to_head = 'spouse' AND independent THEN 2
            WHEN relationship_to_head <> 'spouse' OR NOT independent THEN 0 ELSE 1 END) AS spouse_independent,
        max(CASE WHEN relationship_to_head = 'head' AND agreed_member THEN 2
            WHEN relationship_to_head <> 'head' OR NOT agreed_member THEN 0 ELSE 1 END) AS head_agreed,
        max(CASE WHEN relationship_to_head = 'spouse' AND agreed_member THEN 2
            WHEN relationship_to_head <> 'spouse' OR NOT agreed_member THEN 0 ELSE 1 END) AS spouse_agreed,
        max(CASE WHEN relationship_to_head = 'spouse' THEN age END) AS spouse_age,
        -- No spouse, a spouse of unknown age, or a person who may be the spouse: the age is unknown.
        max(CASE WHEN relationship_to_head IS NULL OR (relationship_to_head = 'spouse' AND age IS NULL) THEN 1 ELSE 0 END)
            AS spouse_age_open,
        count(*) FILTER (WHERE child_in_charge) AS children,
        max(CASE WHEN child_in_charge IS NULL THEN 1 ELSE 0 END) AS children_open
    FROM members
    GROUP BY household_id
    OFFSET 0
),
households AS (
    SELECT
        household_id,
        CASE head_employed WHEN 2 THEN true WHEN 0 THEN false END AS head_employed,
        CASE spouse_employed WHEN 2 THEN true WHEN 0 THEN false END AS spouse_employed,
        CASE head_independent WHEN 2 THEN true WHEN 0 THEN false END AS head_independent,
        CASE spouse_independent WHEN 2 THEN true WHEN 0 THEN false END AS spouse_independent,
        CASE head_agreed WHEN 2 THEN true WHEN 0 THEN false END AS head_agreed,
        CASE spouse_agreed WHEN 2 THEN true WHEN 0 THEN false END AS spouse_agreed,
        CASE WHEN spouse_age_open = 0 THEN CASE WHEN spouse_age < 50 THEN 50 WHEN spouse_age < 60 THEN 60
            WHEN spouse_age >= 60 THEN 70 END END AS spouse_share,
        CASE WHEN children_open = 0 THEN children END AS orphans
    FROM counted
    OFFSET 0
),
first AS NOT MATERIALIZED (
    SELECT
        members.*,
        head_employed, spouse_employed, head_independent, spouse_independent, head_agreed, spouse_agreed,
        spouse_share, orphans,
        age < 15 OR employment_status IN ('unemployed', 'inactive', 'contributing_family_worker') AS dependant,
        -- Health: an exempt month has no floor; part time in the private sector has half of it.
        CASE
            WHEN monthly_earnings >= 34678900 THEN monthly_earnings
            WHEN is_exempt_from_minimum_base THEN monthly_earnings
            WHEN NOT is_full_time AND employer_sector = 'private' THEN
                CASE WHEN monthly_earnings >= 17339450 THEN monthly_earnings
                    WHEN NOT is_exempt_from_minimum_base AND monthly_earnings >= 0 THEN 17339450 END
            WHEN (is_full_time OR employer_sector <> 'private') AND NOT is_exempt_from_minimum_base
                AND monthly_earnings >= 0 THEN 34678900
        END AS sem_base,
        monthly_earnings < 32459000 AND NOT is_full_time AND employer_sector = 'private' AS reduced,
        -- Pensions: for part time the quarter of the base nearest to the pay, from one to four.
        CASE WHEN monthly_earnings < 12172125 THEN 1 WHEN monthly_earnings < 20286875 THEN 2
            WHEN monthly_earnings < 28401625 THEN 3 WHEN monthly_earnings >= 28401625 THEN 4 END AS quarters,
        CASE WHEN monthly_net_income <= 34678900 THEN 1 WHEN monthly_net_income < 74618460 THEN 2
            WHEN monthly_net_income < 149236920 THEN 3 WHEN monthly_net_income < 223855380 THEN 4
            WHEN monthly_net_income >= 223855380 THEN 5 END AS own_category,
        CASE WHEN monthly_net_income > 34678900 THEN monthly_net_income
            WHEN monthly_net_income IS NOT NULL THEN 34678900 END AS own_sem_base,
        CASE WHEN monthly_net_income > 32459000 THEN monthly_net_income
            WHEN monthly_net_income IS NOT NULL THEN 32459000 END AS own_ivm_floor,
        monthly_net_income <= 34678900 AND months_in_scheme < 6 AS may_start_with_health,
        coalesce(cr_agreed_reference_income, monthly_net_income) AS agreed,
        CASE WHEN monthly_income <= 34678900 THEN 1 WHEN monthly_income < 74618460 THEN 2
            WHEN monthly_income < 149236920 THEN 3 WHEN monthly_income < 223855380 THEN 4
            WHEN monthly_income >= 223855380 THEN 5 END AS free_category,
        CASE WHEN monthly_income > 34678900 THEN monthly_income
            WHEN monthly_income IS NOT NULL THEN 34678900 END AS free_sem_base,
        CASE WHEN monthly_income > 32459000 THEN monthly_income
            WHEN monthly_income IS NOT NULL THEN 32459000 END AS free_ivm_base,
        average_monthly_earnings_best_300_months AS reference,
        -- Basic rate in thousandths of the reference wage, by the wage in SM.
        CASE WHEN average_monthly_earnings_best_300_months < 74618460 THEN 525
            WHEN average_monthly_earnings_best_300_months < 111927690 THEN 510
            WHEN average_monthly_earnings_best_300_months < 149236920 THEN 494
            WHEN average_monthly_earnings_best_300_months < 186546150 THEN 478
            WHEN average_monthly_earnings_best_300_months < 223855380 THEN 462
            WHEN average_monthly_earnings_best_300_months < 298473840 THEN 446
            WHEN average_monthly_earnings_best_300_months >= 298473840 THEN 430 END AS basic,
        -- In millionths: 0.000833 for each contribution beyond 300.
        CASE WHEN months_contributed > 300 THEN 833 * (months_contributed - 300)
            WHEN months_contributed <= 300 THEN 0 END AS additional,
        -- Where a figure was not given, the records would say; for some persons it follows without records.
        coalesce(cr_postponement_months, CASE WHEN age < 65 OR months_contributed <= 300 THEN 0 END) AS postponed,
        coalesce(cr_average_contributory_wage_last_3_months,
            CASE WHEN cr_months_contributed_last_3_months = 0 THEN 0 END) AS recent_wage,
        age >= 65 AND months_contributed >= 300 AS full_right,
        age >= 65 AND months_contributed >= 180 AS part_right,
        sex = 'female' AND age >= 63 AND months_contributed >= 405 AS early_right
    FROM members
    JOIN households ON households.household_id = members.household_id
    OFFSET 0
),
second AS NOT MATERIALIZED (
    SELECT
        *,
        -- The base of an exempt month is the pay; of part time its quarters; else at least the floor. Where it is not
        -- known which of them holds, the base is known only where they agree.
        CASE
            WHEN monthly_earnings >= 32459000 THEN monthly_earnings
            WHEN is_exempt_from_minimum_base THEN monthly_earnings
            WHEN reduced THEN
                CASE WHEN NOT is_exempt_from_minimum_base OR 8114750 * quarters = monthly_earnings
                    THEN 8114750 * quarters END
            WHEN (NOT reduced OR quarters = 4) AND NOT is_exempt_from_minimum_base AND monthly_earnings >= 0 THEN 32459000
        END AS ivm_base,
        CASE WHEN reduced THEN 25 * quarters WHEN NOT reduced OR quarters = 4 THEN 100 END AS credited,
        CASE own_category WHEN 1 THEN 289 WHEN 2 THEN 433 WHEN 3 THEN 624 WHEN 4 THEN 802 WHEN 5 THEN 1069 END
            AS own_sem_rate,
        CASE own_category WHEN 1 THEN 416 WHEN 2 THEN 565 WHEN 3 THEN 753 WHEN 4 THEN 798 WHEN 5 THEN 842 END
            AS own_ivm_rate,
        CASE own_category WHEN 1 THEN 30 ELSE 0 END AS own_article_78,
        -- Whoever asked to start with health alone, and may, owes no pension contribution; one of two known answers is
        -- enough to say that he or she does not.
        CASE WHEN coalesce(cr_starts_with_health_insurance_only, false) AND may_start_with_health THEN 0
            WHEN NOT coalesce(cr_starts_with_health_insurance_only, false) OR NOT may_start_with_health
            THEN own_ivm_floor END AS own_ivm_base,
        CASE WHEN agreed <= 34678900 THEN 1 WHEN agreed < 74618460 THEN 2 WHEN agreed < 149236920 THEN 3
            WHEN agreed < 223855380 THEN 4 WHEN agreed >= 223855380 THEN 5 END AS group_category,
        CASE WHEN agreed > 34678900 THEN agreed WHEN agreed IS NOT NULL THEN 34678900 END AS group_sem_base,
        CASE WHEN agreed > 32459000 THEN agreed WHEN agreed IS NOT NULL THEN 32459000 END AS group_ivm_base,
        CASE free_category WHEN 1 THEN 289 WHEN 2 THEN 433 WHEN 3 THEN 624 WHEN 4 THEN 802 WHEN 5 THEN 1069 END
            AS free_sem_rate,
        CASE free_category WHEN 1 THEN 416 WHEN 2 THEN 565 WHEN 3 THEN 753 WHEN 4 THEN 798 WHEN 5 THEN 842 END
            AS free_ivm_rate,
        CASE free_category WHEN 1 THEN 30 ELSE 0 END AS free_article_78,
        CASE WHEN full_right THEN 'ordinary' WHEN full_right IS NULL THEN NULL
            WHEN part_right THEN 'proportional' WHEN part_right IS NULL THEN NULL
            WHEN early_right THEN 'early' WHEN NOT early_right THEN 'none' END AS pension_type,
        CASE WHEN months_contributed >= 300 THEN (reference * (basic * 1000 + additional) + 500000) / 1000000
            WHEN months_contributed < 300 THEN (reference * basic * months_contributed + 150000) / 300000 END
            AS pension_before_limits,
        -- In millionths; no month of postponement is no addition whatever else is unknown, and so is a full cap.
        CASE WHEN months_contributed < 300 OR postponed = 0 THEN 0
            WHEN months_contributed >= 300 THEN
                CASE WHEN 1250000 - basic * 1000 - additional <= 0 THEN 0
                    WHEN 1333 * postponed <= 1250000 - basic * 1000 - additional THEN 1333 * postponed
                    WHEN 1333 * postponed > 1250000 - basic * 1000 - additional THEN 1250000 - basic * 1000 - additional
                END
        END AS postponement_rate,
        (recent_wage * CASE WHEN cr_months_contributed_last_3_months <= 3 THEN cr_months_contributed_last_3_months
            WHEN cr_months_contributed_last_3_months > 3 THEN 3 END * 2 + 3) / 6 AS maternity,
        (recent_wage + 25) / 50 AS sickness_daily,
        cr_contributed_last_month AND cr_months_contributed_last_12_months >= 6 AS own_sickness_right,
        dependant AND ((relationship_to_head = 'spouse' AND head_independent)
            OR (relationship_to_head = 'head' AND spouse_independent)
            OR (child_in_charge AND (head_independent OR spouse_independent))
            OR (relationship_to_head = 'parent' AND head_independent)) AS covered_by_independent,
        is_in_poverty AND NOT has_other_pension AND (age >= 65 OR cr_is_invalid OR (cr_is_orphan AND age < 18)
            OR (marital_status = 'widowed' AND ((age >= 55 AND age < 65) OR dependants_count > 0)) OR is_indigent)
            AS assisted
    FROM first
    OFFSET 0
),
third AS NOT MATERIALIZED (
    SELECT
        *,
        (sem_base * 550 + 5000) / 10000 AS sem_insured,
        (own_sem_base * own_sem_rate + 5000) / 10000 AS own_sem_insured,
        (own_ivm_base * own_ivm_rate + 5000) / 10000 AS own_ivm_insured,
        CASE group_category WHEN 1 THEN 289 WHEN 2 THEN 433 WHEN 3 THEN 624 WHEN 4 THEN 802 WHEN 5 THEN 1069 END
            AS group_sem_rate,
        CASE group_category WHEN 1 THEN 416 WHEN 2 THEN 565 WHEN 3 THEN 753 WHEN 4 THEN 798 WHEN 5 THEN 842 END
            AS group_ivm_rate,
        (free_sem_base * free_sem_rate + 5000) / 10000 AS free_sem_insured,
        (free_ivm_base * free_ivm_rate + 5000) / 10000 AS free_ivm_insured,
        (reference * postponement_rate + 500000) / 1000000 AS postponement,
        (maternity + 1) / 2 AS maternity_ccss
    FROM second
    OFFSET 0
)
SELECT
    person_id,
    NOT cr_is_in_costa_rica AS "outside.abroad",
    -- Health insurance of employees
    employed AS "ccss_sem_salaried.works_as_employee",
    employed AS "ccss_sem_salaried.eligible",
    34678900::BIGINT AS "ccss_sem_salaried.minimum_base_monthly",
    true AS "ccss_sem_salaried.is_of_age_for_reduced_base",
    sem_base AS "ccss_sem_salaried.sem_base_monthly",
    sem_insured AS "ccss_sem_salaried.sem_insured",
    (sem_base * 925 + 5000) / 10000 AS "ccss_sem_salaried.sem_employer",
    (sem_base * 25 + 5000) / 10000 AS "ccss_sem_salaried.sem_state",
    ((sem_base * 550 + 500000) / 1000000 + (sem_base * 925 + 500000) / 1000000
        + (ivm_base * 433 + 500000) / 1000000 + (ivm_base * 558 + 500000) / 1000000) * 100
        AS "ccss_sem_salaried.ccss_insured_and_employer",
    employed AS "ccss_sem_salaried.has_medical_care_right",
    cr_contributed_last_month
        AND (cr_months_contributed_last_3_months >= 3 OR cr_months_contributed_last_12_months >= 6)
        AS "ccss_sem_salaried.has_sickness_right",
    sickness_daily AS "ccss_sem_salaried.sickness_benefit_daily",
    (monthly_earnings + 30) / 60 AS "ccss_sem_salaried.sickness_employer_pay_daily",
    365::BIGINT AS "ccss_sem_salaried.sickness_duration_days",
    cr_months_contributed_last_3_months >= 1 AS "ccss_sem_salaried.has_maternity_right",
    maternity AS "ccss_sem_salaried.maternity_benefit_monthly",
    maternity_ccss AS "ccss_sem_salaried.maternity_benefit_ccss_monthly",
    maternity - maternity_ccss AS "ccss_sem_salaried.maternity_benefit_employer_monthly",
    4::BIGINT AS "ccss_sem_salaried.maternity_duration_months",
    dependant AND ((relationship_to_head = 'spouse' AND head_employed)
        OR (relationship_to_head = 'head' AND spouse_employed)
        OR (child_in_charge AND (head_employed OR spouse_employed))
        OR (relationship_to_head = 'parent' AND head_employed)) AS "ccss_sem_salaried.covered_as_dependant",
    -- Pension insurance of employees; `credited` in hundredths, `basic` in thousandths, the other rates in millionths
    employed AS "ccss_ivm_salaried.works_as_employee",
    employed AS "ccss_ivm_salaried.eligible",
    32459000::BIGINT AS "ccss_ivm_salaried.minimum_base_monthly",
    reduced AS "ccss_ivm_salaried.pays_reduced_base",
    credited::BIGINT AS "ccss_ivm_salaried.credited_contribution",
    ivm_base AS "ccss_ivm_salaried.ivm_base_monthly",
    (ivm_base * 433 + 5000) / 10000 AS "ccss_ivm_salaried.ivm_insured",
    (ivm_base * 558 + 5000) / 10000 AS "ccss_ivm_salaried.ivm_employer",
    (ivm_base * 175 + 5000) / 10000 AS "ccss_ivm_salaried.ivm_state",
    (ivm_base * 1166 + 5000) / 10000 AS "ccss_ivm_salaried.ivm_total",
    pension_type AS "ccss_ivm_salaried.old_age_pension_type",
    pension_type <> 'none' AS "ccss_ivm_salaried.has_old_age_right",
    basic::BIGINT AS "ccss_ivm_salaried.basic_pension_rate",
    additional AS "ccss_ivm_salaried.additional_pension_rate",
    postponed AS "ccss_ivm_salaried.postponement_months",
    postponement_rate AS "ccss_ivm_salaried.postponement_rate",
    pension_before_limits AS "ccss_ivm_salaried.pension_before_limits_monthly",
    postponement AS "ccss_ivm_salaried.postponement_amount_monthly",
    CASE WHEN pension_type = 'none' THEN 0
        WHEN pension_type IS NULL OR pension_before_limits IS NULL OR postponement IS NULL THEN NULL
        ELSE greatest(16229500, least(pension_before_limits, 176585900) + postponement) END
        AS "ccss_ivm_salaried.old_age_pension_monthly",
    CASE WHEN months_contributed >= 180 THEN true WHEN months_contributed < 12 THEN false END
        AS "ccss_ivm_salaried.has_contributions_for_invalidity",
    incapacity_degree * 3 >= 20000
        AND CASE WHEN months_contributed >= 180 THEN true WHEN months_contributed < 12 THEN false END
        AS "ccss_ivm_salaried.has_invalidity_right",
    spouse_share::BIGINT AS "ccss_ivm_salaried.surviving_spouse_share",
    orphans AS "ccss_ivm_salaried.orphans_count",
    -- Other charges on the payroll, on the pay as it is
    employed AS "payroll_other_charges.works_as_employee",
    employed AS "payroll_other_charges.eligible",
    (monthly_earnings * 25 + 5000) / 10000 AS "payroll_other_charges.banco_popular_employer",
    (monthly_earnings * 500 + 5000) / 10000 AS "payroll_other_charges.family_allowances_employer",
    (monthly_earnings * 50 + 5000) / 10000 AS "payroll_other_charges.imas_employer",
    (monthly_earnings * 150 + 5000) / 10000 AS "payroll_other_charges.ina_employer",
    (monthly_earnings * 25 + 5000) / 10000 AS "payroll_other_charges.banco_popular_savings_employer",
    (monthly_earnings * 150 + 5000) / 10000 AS "payroll_other_charges.fcl_employer",
    (monthly_earnings * 200 + 5000) / 10000 AS "payroll_other_charges.opc_employer",
    (monthly_earnings * 100 + 5000) / 10000 AS "payroll_other_charges.ins_employer",
    (monthly_earnings * 100 + 5000) / 10000 AS "payroll_other_charges.banco_popular_savings_insured",
    1200::BIGINT AS "payroll_other_charges.other_charges_rate_employer",
    (monthly_earnings * 1200 + sem_base * 925 + ivm_base * 558 + 5000) / 10000
        AS "payroll_other_charges.total_employer",
    (monthly_earnings * 100 + sem_base * 550 + ivm_base * 433 + 5000) / 10000
        AS "payroll_other_charges.total_insured",
    -- Independent workers; the joint rates are 12.00 and 9.91 %, of which the State pays what the insured does not
    independent AS "ccss_independent.works_on_own_account",
    independent AS "ccss_independent.eligible",
    own_category::BIGINT AS "ccss_independent.contribution_category",
    own_sem_base AS "ccss_independent.sem_base_monthly",
    own_ivm_base AS "ccss_independent.ivm_base_monthly",
    own_sem_insured AS "ccss_independent.sem_insured",
    (own_sem_base * (1200 - own_sem_rate) + 5000) / 10000 AS "ccss_independent.sem_complement_state",
    (own_sem_base * 1200 + 5000) / 10000 AS "ccss_independent.sem_joint_total",
    (own_sem_base * 25 + 5000) / 10000 AS "ccss_independent.sem_state",
    own_ivm_insured AS "ccss_independent.ivm_insured",
    (own_ivm_base * (991 - own_ivm_rate - own_article_78) + 5000) / 10000 AS "ccss_independent.ivm_complement_state",
    (own_ivm_base * own_article_78 + 5000) / 10000 AS "ccss_independent.ivm_article_78_state",
    (own_ivm_base * 991 + 5000) / 10000 AS "ccss_independent.ivm_joint_total",
    (own_ivm_base * 175 + 5000) / 10000 AS "ccss_independent.ivm_state",
    own_sem_insured + own_ivm_insured AS "ccss_independent.total_insured",
    may_start_with_health AS "ccss_independent.may_start_with_health_insurance_only",
    monthly_net_income < 34678900 AS "ccss_independent.may_ask_for_suspension",
    own_sickness_right AS "ccss_independent.has_sickness_right",
    sickness_daily AS "ccss_independent.sickness_benefit_daily",
    (unpaid_contribution_amount * 852 * months_late + 60000) / 120000 AS "ccss_independent.late_interest",
    covered_by_independent AS "ccss_independent.covered_as_dependant",
    -- Members of an organisation that has an agreement
    independent AS "ccss_convenio.works_on_own_account",
    cr_is_member_of_unit AS "ccss_convenio.belongs_to_organisation",
    cr_unit_type <> 'other' AS "ccss_convenio.organisation_may_sign",
    cr_unit_has_agreement AS "ccss_convenio.agreement_in_force",
    agreed_member AS "ccss_convenio.eligible",
    group_category::BIGINT AS "ccss_convenio.contribution_category",
    group_sem_base AS "ccss_convenio.sem_base_monthly",
    group_ivm_base AS "ccss_convenio.ivm_base_monthly",
    (group_sem_base * group_sem_rate + 5000) / 10000 AS "ccss_convenio.sem_insured",
    (group_sem_base * (1200 - group_sem_rate) + 5000) / 10000 AS "ccss_convenio.sem_complement_state",
    (group_sem_base * 1200 + 5000) / 10000 AS "ccss_convenio.sem_joint_total",
    (group_sem_base * 25 + 5000) / 10000 AS "ccss_convenio.sem_state",
    (group_ivm_base * group_ivm_rate + 5000) / 10000 AS "ccss_convenio.ivm_insured",
    (group_ivm_base * (991 - group_ivm_rate - CASE group_category WHEN 1 THEN 30 ELSE 0 END) + 5000) / 10000
        AS "ccss_convenio.ivm_complement_state",
    (group_ivm_base * CASE group_category WHEN 1 THEN 30 ELSE 0 END + 5000) / 10000
        AS "ccss_convenio.ivm_article_78_state",
    (group_ivm_base * 991 + 5000) / 10000 AS "ccss_convenio.ivm_joint_total",
    (group_ivm_base * 175 + 5000) / 10000 AS "ccss_convenio.ivm_state",
    (group_sem_base * group_sem_rate + 5000) / 10000 + (group_ivm_base * group_ivm_rate + 5000) / 10000
        AS "ccss_convenio.total_insured",
    own_sickness_right AS "ccss_convenio.has_sickness_right",
    sickness_daily AS "ccss_convenio.sickness_benefit_daily",
    dependant AND ((relationship_to_head = 'spouse' AND head_agreed)
        OR (relationship_to_head = 'head' AND spouse_agreed)
        OR (child_in_charge AND (head_agreed OR spouse_agreed))
        OR (relationship_to_head = 'parent' AND head_agreed)) AS "ccss_convenio.covered_as_dependant",
    -- Voluntary insured
    employment_status IN ('unemployed', 'inactive', 'contributing_family_worker')
        AS "ccss_voluntary.not_obliged_to_contribute",
    cr_has_contributory_capacity AS "ccss_voluntary.can_pay",
    employment_status IN ('unemployed', 'inactive', 'contributing_family_worker') AND cr_has_contributory_capacity
        AS "ccss_voluntary.eligible",
    free_category::BIGINT AS "ccss_voluntary.contribution_category",
    free_sem_base AS "ccss_voluntary.sem_base_monthly",
    free_ivm_base AS "ccss_voluntary.ivm_base_monthly",
    free_sem_insured AS "ccss_voluntary.sem_insured",
    (free_sem_base * (1200 - free_sem_rate) + 5000) / 10000 AS "ccss_voluntary.sem_complement_state",
    (free_sem_base * 1200 + 5000) / 10000 AS "ccss_voluntary.sem_joint_total",
    (free_sem_base * 25 + 5000) / 10000 AS "ccss_voluntary.sem_state",
    free_ivm_insured AS "ccss_voluntary.ivm_insured",
    (free_ivm_base * (991 - free_ivm_rate - free_article_78) + 5000) / 10000 AS "ccss_voluntary.ivm_complement_state",
    (free_ivm_base * free_article_78 + 5000) / 10000 AS "ccss_voluntary.ivm_article_78_state",
    (free_ivm_base * 991 + 5000) / 10000 AS "ccss_voluntary.ivm_joint_total",
    (free_ivm_base * 175 + 5000) / 10000 AS "ccss_voluntary.ivm_state",
    free_sem_insured + free_ivm_insured AS "ccss_voluntary.total_insured",
    -- Non-contributory pension
    is_in_poverty AS "ccss_rnc.lives_in_poverty",
    NOT has_other_pension AS "ccss_rnc.has_no_other_pension",
    age >= 65 OR cr_is_invalid OR (cr_is_orphan AND age < 18)
        OR (marital_status = 'widowed' AND ((age >= 55 AND age < 65) OR dependants_count > 0)) OR is_indigent
        AS "ccss_rnc.belongs_to_protected_group",
    assisted AS "ccss_rnc.eligible",
    assisted AS "ccss_rnc.has_pension_right",
    CASE WHEN assisted THEN 8200000 WHEN NOT assisted THEN 0 END::BIGINT AS "ccss_rnc.pension_monthly"
FROM third
