CREATE VIEW bucket_outcomes AS
SELECT m.name AS monitor, to_timestamp(c.bucket) AS bucket_start,  v.model_version, v.prompt_version,
       p.name AS predicted, l.name AS label, CAST(c.n AS NUMERIC) AS n, c.weight, c.weight_squared
FROM (
    SELECT slice_id, bucket, version_id, predicted_id, label_id, CAST(SUM(n) AS BIGINT) AS n,
           SUM(weight) AS weight, SUM(weight_squared) AS weight_squared
    FROM outcome_cells
    GROUP BY slice_id, bucket, version_id, predicted_id, label_id
) c
JOIN slices s ON s.id = c.slice_id
JOIN monitors m ON m.id = s.monitor_id
JOIN versions v ON v.id = c.version_id
JOIN classes p ON p.id = c.predicted_id
LEFT JOIN classes l ON l.id = c.label_id
WHERE s.segment = '';

CREATE VIEW bucket_confidences AS
SELECT m.name AS monitor, to_timestamp(c.bucket) AS bucket_start,  v.model_version, v.prompt_version,
       p.name AS predicted, l.name AS label, c.band, CAST(CASE c.band WHEN 0 THEN 0.0 WHEN 1 THEN 0.5 WHEN 2 THEN 0.6 WHEN 3 THEN 0.7 WHEN 4 THEN 0.8 WHEN 5 THEN 0.9 WHEN 6 THEN 0.95 WHEN 7 THEN 0.99 END AS DOUBLE PRECISION) AS low, CAST(CASE c.band WHEN 0 THEN 0.5 WHEN 1 THEN 0.6 WHEN 2 THEN 0.7 WHEN 3 THEN 0.8 WHEN 4 THEN 0.9 WHEN 5 THEN 0.95 WHEN 6 THEN 0.99 WHEN 7 THEN 1.0 END AS DOUBLE PRECISION) AS high,
       CAST(c.n AS NUMERIC) AS n, c.confidence_millionths / CAST(1000000 AS DOUBLE PRECISION) AS confidence
FROM outcome_cells c
JOIN slices s ON s.id = c.slice_id
JOIN monitors m ON m.id = s.monitor_id
JOIN versions v ON v.id = c.version_id
JOIN classes p ON p.id = c.predicted_id
LEFT JOIN classes l ON l.id = c.label_id
WHERE s.segment = '' AND c.band >= 0;

CREATE VIEW bucket_segments AS
SELECT m.name AS monitor, to_timestamp(c.bucket) AS bucket_start, s.segment, s.value, v.model_version, v.prompt_version,
       p.name AS predicted, l.name AS label, CAST(c.n AS NUMERIC) AS n, c.weight, c.weight_squared
FROM outcome_cells c
JOIN slices s ON s.id = c.slice_id
JOIN monitors m ON m.id = s.monitor_id
JOIN versions v ON v.id = c.version_id
JOIN classes p ON p.id = c.predicted_id
LEFT JOIN classes l ON l.id = c.label_id
WHERE s.segment <> '';

CREATE VIEW bucket_latency AS
SELECT m.name AS monitor, to_timestamp(c.bucket) AS bucket_start, v.model_version, v.prompt_version,
       c.bin, b.low_ms, b.mid_ms, b.high_ms, CAST(c.n AS NUMERIC) AS n
FROM latency_cells c
JOIN monitors m ON m.id = c.monitor_id
JOIN versions v ON v.id = c.version_id
LEFT JOIN latency_bins b ON b.bin = c.bin;

CREATE VIEW bucket_relevance AS
SELECT m.name AS monitor, to_timestamp(c.bucket) AS bucket_start, v.model_version, v.prompt_version,
       p.name AS predicted, r.name AS source, c.bin, CAST(c.n AS NUMERIC) AS n,
       c.score_millionths / CAST(1000000 AS DOUBLE PRECISION) AS score
FROM relevance_cells c
JOIN monitors m ON m.id = c.monitor_id
JOIN versions v ON v.id = c.version_id
JOIN classes p ON p.id = c.predicted_id
JOIN relevance_sources r ON r.id = c.source_id;

CREATE VIEW metric_history AS
SELECT t.as_of, m.name AS monitor, s.metric, s.class, s.slice,
       to_timestamp(p.window_start) AS window_start, to_timestamp(p.window_end) AS window_end,
       p.value, p.low, p.high, p.raw, CAST(p.n AS NUMERIC) AS n, CAST(p.n_labelled AS NUMERIC) AS n_labelled, p.coverage,
       p.provisional
FROM metric_points p
JOIN metric_series s ON s.id = p.series_id
JOIN belief_times t ON t.monitor_id = s.monitor_id AND t.micros = p.as_of
JOIN monitors m ON m.id = s.monitor_id;

CREATE VIEW estimates_checked AS
WITH told AS (
    SELECT DISTINCT ON (p.series_id, p.as_of / 86400000000, p.window_end - p.window_start)
           p.*, s.monitor_id, s.metric, s.class, COALESCE(k.id, 0) AS class_id
    FROM metric_series s
    JOIN metric_points p ON p.series_id = s.id
    LEFT JOIN classes k ON k.name = s.class
    WHERE s.metric IN ('estimated_accuracy', 'estimated_recall', 'estimated_precision')
    ORDER BY p.series_id, p.as_of / 86400000000, p.window_end - p.window_start, p.as_of DESC
), ends AS (
    SELECT DISTINCT w.monitor_id, w.window_start, w.window_end, (w.window_start + 86399) / 86400 * 86400 AS first_day, w.window_end / 86400 * 86400 AS last_day
    FROM told w
    WHERE w.value IS NOT NULL
), windows AS (
    SELECT s.id AS slice_id, w.*,
           CASE WHEN w.first_day <= w.last_day THEN w.first_day ELSE w.window_end END AS head_end,
           CASE WHEN w.first_day <= w.last_day THEN w.last_day ELSE w.window_end END AS tail_start
    FROM ends w
    JOIN slices s ON s.monitor_id = w.monitor_id AND s.segment = ''
), figures AS (
    SELECT w.monitor_id, w.window_start, w.window_end, f.*
    FROM windows w
    CROSS JOIN LATERAL (
        WITH cells AS (
            SELECT c.predicted_id, c.label_id, SUM(c.n) AS n, SUM(c.weight) AS weight
            FROM (
                SELECT c.predicted_id, c.label_id, c.n, c.weight FROM outcome_days c WHERE c.slice_id = w.slice_id AND c.day >= w.first_day AND c.day < w.last_day
                UNION ALL
                SELECT c.predicted_id, c.label_id, c.n, c.weight FROM outcome_cells c WHERE c.slice_id = w.slice_id AND c.bucket >= w.window_start AND c.bucket < w.head_end
                UNION ALL
                SELECT c.predicted_id, c.label_id, c.n, c.weight FROM outcome_cells c WHERE c.slice_id = w.slice_id AND c.bucket >= w.tail_start AND c.bucket < w.window_end
            ) c
            GROUP BY c.predicted_id, c.label_id
        ), strata AS (
            SELECT predicted_id, SUM(n) AS n, SUM(n) / NULLIF(SUM(weight), 0) AS expansion,
                   SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) AS n_labelled,
                   SUM(CASE WHEN label_id = predicted_id THEN weight ELSE 0 END) * SUM(n)
                       / NULLIF(SUM(weight), 0) AS hits
            FROM cells
            GROUP BY predicted_id
        )
        SELECT 'coverage' AS metric, 0 AS class_id, NULL AS hits, NULL AS total,
               CAST(SUM(n_labelled) AS DOUBLE PRECISION) / SUM(n) AS coverage
        FROM strata
        UNION ALL
        SELECT 'estimated_accuracy', 0, SUM(hits), SUM(CASE WHEN expansion IS NOT NULL THEN n END), NULL
        FROM strata
        UNION ALL
        SELECT 'estimated_precision', predicted_id, hits, CASE WHEN expansion IS NOT NULL THEN n END, NULL
        FROM strata
        UNION ALL
        SELECT 'estimated_recall', l.label_id, COALESCE(MAX(o.hits), 0), SUM(l.weight * t.expansion), NULL
        FROM cells l
        JOIN strata t ON t.predicted_id = l.predicted_id
        LEFT JOIN strata o ON o.predicted_id = l.label_id
        WHERE l.label_id <> 0
        GROUP BY l.label_id
    ) f
)
SELECT to_timestamp((t.as_of / 1000000)) AS as_of, m.name AS monitor, t.metric, t.class,
       to_timestamp(t.window_start) AS window_start, to_timestamp(t.window_end) AS window_end,
       t.value AS estimated, t.low, t.high, t.coverage AS coverage_then,
       f.hits / NULLIF(f.total, 0) AS labels_say, v.coverage AS coverage_now
FROM told t
JOIN monitors m ON m.id = t.monitor_id
JOIN figures v ON v.monitor_id = t.monitor_id AND v.window_start = t.window_start
    AND v.window_end = t.window_end AND v.metric = 'coverage' AND v.coverage IS NOT NULL
LEFT JOIN figures f ON f.monitor_id = t.monitor_id AND f.window_start = t.window_start
    AND f.window_end = t.window_end AND f.metric = t.metric AND f.class_id = t.class_id
WHERE t.value IS NOT NULL;

CREATE VIEW advice_success AS
WITH counted AS (
    SELECT a.monitor, o.action, COUNT(*) AS n,
           SUM(CASE o.outcome WHEN 'worked' THEN 1 ELSE 0 END) AS worked,
           SUM(CASE o.outcome WHEN 'partly' THEN 1 ELSE 0 END) AS partly,
           SUM(CASE o.outcome WHEN 'no_effect' THEN 1 ELSE 0 END) AS no_effect,
           SUM(CASE o.outcome WHEN 'harmed' THEN 1 ELSE 0 END) AS harmed
    FROM advice_outcomes o
    JOIN advice a ON a.id = o.advice_id
    WHERE o.outcome IN ('worked', 'partly', 'no_effect', 'harmed') AND COALESCE(o.accepted, TRUE)
    GROUP BY a.monitor, o.action
), shared AS (
    SELECT c.*, CAST(c.worked AS DOUBLE PRECISION) / c.n AS success, 3.8414588 / c.n AS z2 FROM counted c
)
SELECT monitor, action, CAST(n AS NUMERIC) AS n, CAST(worked AS NUMERIC) AS worked, CAST(partly AS NUMERIC) AS partly,
       CAST(no_effect AS NUMERIC) AS no_effect, CAST(harmed AS NUMERIC) AS harmed, success,
       (success + z2 / 2 - SQRT(z2 * (success * (1 - success) + z2 / 4))) / (1 + z2) AS low,
       (success + z2 / 2 + SQRT(z2 * (success * (1 - success) + z2 / 4))) / (1 + z2) AS high
FROM shared;

CREATE VIEW daily_outcomes AS
SELECT m.name AS monitor, CAST(to_timestamp(c.day) AT TIME ZONE 'UTC' AS DATE) AS day, v.model_version, v.prompt_version, p.name AS predicted,
       l.name AS label, CAST(c.n AS NUMERIC) AS n, c.weight, c.weight_squared
FROM outcome_days c
JOIN slices s ON s.id = c.slice_id
JOIN monitors m ON m.id = s.monitor_id
JOIN versions v ON v.id = c.version_id
JOIN classes p ON p.id = c.predicted_id
LEFT JOIN classes l ON l.id = c.label_id;

CREATE VIEW daily_accuracy AS
WITH strata AS (
    SELECT s.monitor_id, c.day, c.predicted_id, SUM(c.n) AS n, SUM(c.weight) AS weight,
           SUM(CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END) AS n_labelled,
           SUM(CASE WHEN c.label_id = c.predicted_id THEN c.n ELSE 0 END) AS n_right,
           SUM(CASE WHEN c.label_id = c.predicted_id THEN c.weight ELSE 0 END) AS weight_right
    FROM outcome_days c
    JOIN slices s ON s.id = c.slice_id
    GROUP BY s.monitor_id, c.day, c.predicted_id
)
SELECT m.name AS monitor, CAST(to_timestamp(t.day) AT TIME ZONE 'UTC' AS DATE) AS day,
       SUM(CASE WHEN t.weight > 0 THEN t.n * t.weight_right / t.weight END)
           / SUM(CASE WHEN t.weight > 0 THEN t.n END) AS accuracy,
       CAST(SUM(t.n_right) AS DOUBLE PRECISION) / NULLIF(SUM(t.n_labelled), 0) AS raw,
       CAST(SUM(t.n) AS NUMERIC) AS n, CAST(SUM(t.n_labelled) AS NUMERIC) AS n_labelled,
       CAST(SUM(t.n_labelled) AS DOUBLE PRECISION) / SUM(t.n) AS coverage
FROM strata t
JOIN monitors m ON m.id = t.monitor_id
GROUP BY m.name, t.day;

CREATE VIEW daily_recall AS
WITH cells AS (
    SELECT s.monitor_id, c.day, c.predicted_id, c.label_id, SUM(c.n) AS n, SUM(c.weight) AS weight
    FROM outcome_days c
    JOIN slices s ON s.id = c.slice_id
    GROUP BY s.monitor_id, c.day, c.predicted_id, c.label_id
), strata AS (
    SELECT monitor_id, day, predicted_id, SUM(n) AS n, SUM(weight) AS weight
    FROM cells
    GROUP BY monitor_id, day, predicted_id
), estimated AS (
    SELECT c.monitor_id, c.day, c.label_id, c.predicted_id, c.n, t.n * c.weight / t.weight AS estimate
    FROM cells c
    JOIN strata t ON t.monitor_id = c.monitor_id AND t.day = c.day AND t.predicted_id = c.predicted_id
    WHERE c.label_id <> 0
)
SELECT m.name AS monitor, CAST(to_timestamp(e.day) AT TIME ZONE 'UTC' AS DATE) AS day, k.name AS class,
       SUM(CASE WHEN e.predicted_id = e.label_id THEN e.estimate ELSE 0 END) / SUM(e.estimate) AS recall,
       CAST(SUM(CASE WHEN e.predicted_id = e.label_id THEN e.n ELSE 0 END) AS DOUBLE PRECISION)
           / SUM(e.n) AS raw,
       CAST(SUM(e.n) AS NUMERIC) AS n
FROM estimated e
JOIN monitors m ON m.id = e.monitor_id
JOIN classes k ON k.id = e.label_id
GROUP BY m.name, e.day, k.name;

CREATE VIEW daily_precision AS
SELECT m.name AS monitor, CAST(to_timestamp(c.day) AT TIME ZONE 'UTC' AS DATE) AS day, p.name AS class,
       SUM(CASE WHEN c.label_id = c.predicted_id THEN c.weight ELSE 0 END) / SUM(c.weight) AS precision,
       CAST(SUM(CASE WHEN c.label_id = c.predicted_id THEN c.n ELSE 0 END) AS DOUBLE PRECISION)
           / SUM(CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END) AS raw,
       CAST(SUM(CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END) AS NUMERIC) AS n, CAST(SUM(c.n) AS NUMERIC) AS n_predicted
FROM outcome_days c
JOIN slices s ON s.id = c.slice_id
JOIN monitors m ON m.id = s.monitor_id
JOIN classes p ON p.id = c.predicted_id
GROUP BY m.name, c.day, p.name
HAVING SUM(c.weight) > 0;

CREATE VIEW daily_latency AS
WITH bins AS (
    SELECT monitor_id, day, bin, SUM(n) AS n
    FROM latency_days
    GROUP BY monitor_id, day, bin
), ranked AS (
    SELECT monitor_id, day, bin, SUM(n) OVER (PARTITION BY monitor_id, day ORDER BY bin) AS upto,
           SUM(n) OVER (PARTITION BY monitor_id, day) AS total
    FROM bins
)
SELECT m.name AS monitor, CAST(to_timestamp(r.day) AT TIME ZONE 'UTC' AS DATE) AS day,
       MIN(CASE WHEN r.upto * 100 >= r.total * 50 THEN b.mid_ms END) AS p50_ms,
       MIN(CASE WHEN r.upto * 100 >= r.total * 95 THEN b.mid_ms END) AS p95_ms,
       MIN(CASE WHEN r.upto * 100 >= r.total * 99 THEN b.mid_ms END) AS p99_ms,
       CAST(MAX(r.total) AS NUMERIC) AS n
FROM ranked r
JOIN monitors m ON m.id = r.monitor_id
JOIN latency_bins b ON b.bin = r.bin
GROUP BY m.name, r.day;

CREATE VIEW daily_relevance AS
WITH scored AS (
    SELECT monitor_id, day, source_id, SUM(n) AS n, SUM(score_millionths) AS millionths,
           SUM(CASE WHEN bin < 5 THEN n ELSE 0 END) AS n_low
    FROM relevance_days
    GROUP BY monitor_id, day, source_id
), predicted AS (
    SELECT s.monitor_id, c.day, SUM(c.n) AS n
    FROM outcome_days c
    JOIN slices s ON s.id = c.slice_id
    GROUP BY s.monitor_id, c.day
)
SELECT m.name AS monitor, CAST(to_timestamp(s.day) AT TIME ZONE 'UTC' AS DATE) AS day, r.name AS source,
       s.millionths / (1000000 * CAST(s.n AS DOUBLE PRECISION)) AS mean,
       CAST(s.n_low AS DOUBLE PRECISION) / s.n AS low_share, CAST(s.n AS NUMERIC) AS n,
       CAST(s.n AS DOUBLE PRECISION) / p.n AS coverage
FROM scored s
JOIN predicted p ON p.monitor_id = s.monitor_id AND p.day = s.day
JOIN monitors m ON m.id = s.monitor_id
JOIN relevance_sources r ON r.id = s.source_id;

CREATE VIEW weekly_accuracy AS
WITH counted AS (
    SELECT c.slice_id, ((c.day - 345600) / 604800 * 604800 + 345600) AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.day) AS first_day, MAX(c.day) AS last_day
    FROM outcome_days c
    GROUP BY c.slice_id, ((c.day - 345600) / 604800 * 604800 + 345600), c.version_id, c.predicted_id, c.label_id
    UNION ALL
    SELECT c.slice_id, ((c.bucket - 345600) / 604800 * 604800 + 345600) AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.bucket / 86400 * 86400) AS first_day, MAX(c.bucket / 86400 * 86400) AS last_day
    FROM outcome_cells c
    JOIN slices s ON s.id = c.slice_id
    WHERE s.segment <> ''
    GROUP BY c.slice_id, ((c.bucket - 345600) / 604800 * 604800 + 345600), c.version_id, c.predicted_id, c.label_id
), cells AS (
    SELECT c.slice_id, c.period, CASE g.by_model WHEN 1 THEN v.model_version ELSE '(all)' END AS model_version,
       CASE g.by_prompt WHEN 1 THEN v.prompt_version ELSE '(all)' END AS prompt_version, c.predicted_id, c.label_id,
           SUM(c.n) AS n, SUM(c.weight) AS weight, SUM(c.weight_squared) AS weight_squared,
           MIN(c.first_day) AS first_day, MAX(c.last_day) AS last_day
    FROM counted c
    JOIN versions v ON v.id = c.version_id
    CROSS JOIN (
    SELECT 1 AS by_model, 1 AS by_prompt UNION ALL SELECT 1, 0 UNION ALL SELECT 0, 1 UNION ALL SELECT 0, 0
) g
    GROUP BY c.slice_id, c.period, 3, 4, c.predicted_id, c.label_id
), strata AS (
    SELECT slice_id, period, model_version, prompt_version, predicted_id, MIN(first_day) AS first_day, MAX(last_day) AS last_day,
           SUM(n) AS n, SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) AS n_labelled,
           SUM(CASE WHEN label_id = predicted_id THEN n ELSE 0 END) AS n_right, SUM(weight) AS weight,
           SUM(weight) * SUM(weight) / NULLIF(SUM(weight_squared), 0) AS effective,
           SUM(CASE WHEN label_id = predicted_id THEN weight ELSE 0 END) / NULLIF(SUM(weight), 0) AS rate
    FROM cells
    GROUP BY slice_id, period, model_version, prompt_version, predicted_id
), summed AS (
    SELECT s.*, SUM(CASE WHEN weight > 0 THEN n END) OVER w AS known, SUM(n * rate) OVER w AS hits,
           SUM(n_labelled) OVER w AS labels, SUM(n * n / NULLIF(n_labelled, 0)) OVER w AS pull
    FROM strata s
    WINDOW w AS (PARTITION BY slice_id, period, model_version, prompt_version)
), weighed AS (
    SELECT s.*, MAX(CASE WHEN weight > 0 THEN (n + 2.0 * known / labels) / (n_labelled + 2.0) END)
               OVER w AS one
    FROM summed s
    WINDOW w AS (PARTITION BY slice_id, period, model_version, prompt_version)
), smoothed AS (
    SELECT s.*, known + 2 * 0.5 * one AS wide,
           (hits + 0.5 * one) / (known + 2 * 0.5 * one) AS smooth,
           (n_labelled * rate + 1.0 * hits / known + (2.0 * n * n / NULLIF(n_labelled, 0) / pull) / 2) / (n_labelled + 1.0 + (2.0 * n * n / NULLIF(n_labelled, 0) / pull))
               AS likely
    FROM weighed s
), t AS (
    SELECT slice_id, period, model_version, prompt_version, MIN(first_day) AS first_day, MAX(last_day) AS last_day, SUM(n) AS n,
           SUM(n_labelled) AS n_labelled, SUM(n_right) AS n_right, MAX(hits) / MAX(known) AS value,
           MAX(smooth) * (1 - MAX(smooth)) / (
               SUM((n * n / effective * likely * (1 - likely) + n * (likely - smooth) * (likely - smooth))
                   / (wide * wide))
               + 0.5 * MAX(one * one / (wide * wide) * ((1 - smooth) * (1 - smooth) + smooth * smooth))
           ) - 2 * 0.5 AS effective
    FROM smoothed
    GROUP BY slice_id, period, model_version, prompt_version
)
SELECT m.name AS monitor, CAST(to_timestamp(t.period) AT TIME ZONE 'UTC' AS DATE) AS week, CASE s.segment WHEN '' THEN 'all' ELSE s.segment || '=' || s.value END AS slice, t.model_version, t.prompt_version, t.value AS accuracy, CASE WHEN t.effective > 0 THEN (t.value + (3.8414588 / t.effective) / 2 - SQRT((3.8414588 / t.effective) * (t.value * (1 - t.value) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(0.0 AS DOUBLE PRECISION) END AS low,
       CASE WHEN t.effective > 0 THEN (t.value + (3.8414588 / t.effective) / 2 + SQRT((3.8414588 / t.effective) * (t.value * (1 - t.value) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(1.0 AS DOUBLE PRECISION) END AS high,
       t.n_right / NULLIF(t.n_labelled, 0) AS raw, CAST(t.n AS NUMERIC) AS n, CAST(t.n_labelled AS NUMERIC) AS n_labelled,
       t.n_labelled / t.n AS coverage
FROM t
JOIN slices s ON s.id = t.slice_id
JOIN monitors m ON m.id = s.monitor_id;

CREATE VIEW weekly_recall AS
WITH counted AS (
    SELECT c.slice_id, ((c.day - 345600) / 604800 * 604800 + 345600) AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.day) AS first_day, MAX(c.day) AS last_day
    FROM outcome_days c
    GROUP BY c.slice_id, ((c.day - 345600) / 604800 * 604800 + 345600), c.version_id, c.predicted_id, c.label_id
    UNION ALL
    SELECT c.slice_id, ((c.bucket - 345600) / 604800 * 604800 + 345600) AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.bucket / 86400 * 86400) AS first_day, MAX(c.bucket / 86400 * 86400) AS last_day
    FROM outcome_cells c
    JOIN slices s ON s.id = c.slice_id
    WHERE s.segment <> ''
    GROUP BY c.slice_id, ((c.bucket - 345600) / 604800 * 604800 + 345600), c.version_id, c.predicted_id, c.label_id
), cells AS (
    SELECT c.slice_id, c.period, CASE g.by_model WHEN 1 THEN v.model_version ELSE '(all)' END AS model_version,
       CASE g.by_prompt WHEN 1 THEN v.prompt_version ELSE '(all)' END AS prompt_version, c.predicted_id, c.label_id,
           SUM(c.n) AS n, SUM(c.weight) AS weight, SUM(c.weight_squared) AS weight_squared,
           MIN(c.first_day) AS first_day, MAX(c.last_day) AS last_day
    FROM counted c
    JOIN versions v ON v.id = c.version_id
    CROSS JOIN (
    SELECT 1 AS by_model, 1 AS by_prompt UNION ALL SELECT 1, 0 UNION ALL SELECT 0, 1 UNION ALL SELECT 0, 0
) g
    GROUP BY c.slice_id, c.period, 3, 4, c.predicted_id, c.label_id
), strata AS (
    SELECT c.*, SUM(n) OVER w AS size, SUM(weight) OVER w AS weights,
           SUM(weight) OVER w * SUM(weight) OVER w / NULLIF(SUM(weight_squared) OVER w, 0) AS effective,
           SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) OVER w AS n_labelled,
           weight / NULLIF(SUM(weight) OVER w, 0) AS rate
    FROM cells c
    WINDOW w AS (PARTITION BY slice_id, period, model_version, prompt_version, predicted_id)
), summed AS (
    SELECT s.*, SUM(CASE WHEN weights > 0 THEN n END) OVER w AS known,
           SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) OVER w AS labels,
           MIN(first_day) OVER w AS first, MAX(last_day) OVER w AS last
    FROM strata s
    WINDOW w AS (PARTITION BY slice_id, period, model_version, prompt_version)
), weighed AS (
    SELECT s.*, (size + 2.0 * known / labels) / (n_labelled + 2.0) AS one,
           MAX((size + 2.0 * known / labels) / (n_labelled + 2.0)) OVER w AS most,
           size * size / effective * rate * (1 - rate) + size * rate * rate AS spread
    FROM summed s
    WHERE weights > 0
    WINDOW w AS (PARTITION BY slice_id, period, model_version, prompt_version)
), labels AS (
    SELECT slice_id, period, model_version, prompt_version, label_id, MIN(first) AS first_day, MAX(last) AS last_day, SUM(n) AS n, MAX(most) AS most,
           SUM(CASE WHEN predicted_id = label_id THEN n ELSE 0 END) AS n_right, SUM(size * rate) AS estimate,
           SUM(CASE WHEN predicted_id = label_id THEN size * rate ELSE 0 END) AS hits,
           COALESCE(MAX(CASE WHEN predicted_id = label_id THEN one END), MAX(most)) AS own,
           SUM(CASE WHEN predicted_id = label_id THEN spread ELSE 0 END) AS of_hits,
           SUM(CASE WHEN predicted_id = label_id THEN 0 ELSE spread END) AS of_misses
    FROM weighed
    WHERE label_id <> 0
    GROUP BY slice_id, period, model_version, prompt_version, label_id
), smoothed AS (
    SELECT l.*, estimate + 0.5 * (own + most) AS wide,
           (hits + 0.5 * own) / (estimate + 0.5 * (own + most)) AS smooth
    FROM labels l
), t AS (
    SELECT l.*, hits / estimate AS recall, smooth * (1 - smooth) * wide * wide / (
               (1 - smooth) * (1 - smooth) * (of_hits + 0.5 * own * own)
               + smooth * smooth * (of_misses + 0.5 * most * most)
           ) - 2 * 0.5 AS effective
    FROM smoothed l
)
SELECT m.name AS monitor, CAST(to_timestamp(t.period) AT TIME ZONE 'UTC' AS DATE) AS week, CASE s.segment WHEN '' THEN 'all' ELSE s.segment || '=' || s.value END AS slice, t.model_version, t.prompt_version, c.name AS class, t.recall, CASE WHEN t.effective > 0 THEN (t.recall + (3.8414588 / t.effective) / 2 - SQRT((3.8414588 / t.effective) * (t.recall * (1 - t.recall) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(0.0 AS DOUBLE PRECISION) END AS low,
       CASE WHEN t.effective > 0 THEN (t.recall + (3.8414588 / t.effective) / 2 + SQRT((3.8414588 / t.effective) * (t.recall * (1 - t.recall) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(1.0 AS DOUBLE PRECISION) END AS high, t.n_right / t.n AS raw, CAST(t.n AS NUMERIC) AS n
FROM t
JOIN classes c ON c.id = t.label_id
JOIN slices s ON s.id = t.slice_id
JOIN monitors m ON m.id = s.monitor_id;

CREATE VIEW weekly_precision AS
WITH counted AS (
    SELECT c.slice_id, ((c.day - 345600) / 604800 * 604800 + 345600) AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.day) AS first_day, MAX(c.day) AS last_day
    FROM outcome_days c
    GROUP BY c.slice_id, ((c.day - 345600) / 604800 * 604800 + 345600), c.version_id, c.predicted_id, c.label_id
    UNION ALL
    SELECT c.slice_id, ((c.bucket - 345600) / 604800 * 604800 + 345600) AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.bucket / 86400 * 86400) AS first_day, MAX(c.bucket / 86400 * 86400) AS last_day
    FROM outcome_cells c
    JOIN slices s ON s.id = c.slice_id
    WHERE s.segment <> ''
    GROUP BY c.slice_id, ((c.bucket - 345600) / 604800 * 604800 + 345600), c.version_id, c.predicted_id, c.label_id
), cells AS (
    SELECT c.slice_id, c.period, CASE g.by_model WHEN 1 THEN v.model_version ELSE '(all)' END AS model_version,
       CASE g.by_prompt WHEN 1 THEN v.prompt_version ELSE '(all)' END AS prompt_version, c.predicted_id, c.label_id,
           SUM(c.n) AS n, SUM(c.weight) AS weight, SUM(c.weight_squared) AS weight_squared,
           MIN(c.first_day) AS first_day, MAX(c.last_day) AS last_day
    FROM counted c
    JOIN versions v ON v.id = c.version_id
    CROSS JOIN (
    SELECT 1 AS by_model, 1 AS by_prompt UNION ALL SELECT 1, 0 UNION ALL SELECT 0, 1 UNION ALL SELECT 0, 0
) g
    GROUP BY c.slice_id, c.period, 3, 4, c.predicted_id, c.label_id
), strata AS (
    SELECT slice_id, period, model_version, prompt_version, predicted_id, MIN(first_day) AS first_day, MAX(last_day) AS last_day,
           SUM(n) AS n, SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) AS n_labelled,
           SUM(CASE WHEN label_id = predicted_id THEN n ELSE 0 END) AS n_right, SUM(weight) AS weight,
           SUM(weight) * SUM(weight) / NULLIF(SUM(weight_squared), 0) AS effective,
           SUM(CASE WHEN label_id = predicted_id THEN weight ELSE 0 END) / NULLIF(SUM(weight), 0) AS rate
    FROM cells
    GROUP BY slice_id, period, model_version, prompt_version, predicted_id
)
SELECT m.name AS monitor, CAST(to_timestamp(t.period) AT TIME ZONE 'UTC' AS DATE) AS week, CASE s.segment WHEN '' THEN 'all' ELSE s.segment || '=' || s.value END AS slice, t.model_version, t.prompt_version, c.name AS class, t.rate AS precision,
       CASE WHEN t.effective > 0 THEN (t.rate + (3.8414588 / t.effective) / 2 - SQRT((3.8414588 / t.effective) * (t.rate * (1 - t.rate) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(0.0 AS DOUBLE PRECISION) END AS low,
       CASE WHEN t.effective > 0 THEN (t.rate + (3.8414588 / t.effective) / 2 + SQRT((3.8414588 / t.effective) * (t.rate * (1 - t.rate) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(1.0 AS DOUBLE PRECISION) END AS high,
       t.n_right / t.n_labelled AS raw, CAST(t.n_labelled AS NUMERIC) AS n, CAST(t.n AS NUMERIC) AS n_predicted
FROM strata t
JOIN classes c ON c.id = t.predicted_id
JOIN slices s ON s.id = t.slice_id
JOIN monitors m ON m.id = s.monitor_id
WHERE t.weight > 0;

CREATE VIEW weekly_latency AS
WITH counted AS (
    SELECT c.monitor_id, ((c.day - 345600) / 604800 * 604800 + 345600) AS period, CASE g.by_model WHEN 1 THEN v.model_version ELSE '(all)' END AS model_version,
       CASE g.by_prompt WHEN 1 THEN v.prompt_version ELSE '(all)' END AS prompt_version, c.bin,
           CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, MIN(c.day) AS first_day, MAX(c.day) AS last_day
    FROM latency_days c
    JOIN versions v ON v.id = c.version_id
    CROSS JOIN (
    SELECT 1 AS by_model, 1 AS by_prompt UNION ALL SELECT 1, 0 UNION ALL SELECT 0, 1 UNION ALL SELECT 0, 0
) g
    GROUP BY c.monitor_id, 2, 3, 4, c.bin
), ranked AS (
    SELECT monitor_id, period, model_version, prompt_version, bin, SUM(n) OVER (PARTITION BY monitor_id, period, model_version, prompt_version ORDER BY bin) AS upto,
           SUM(n) OVER (PARTITION BY monitor_id, period, model_version, prompt_version) AS total, MIN(first_day) OVER (PARTITION BY monitor_id, period, model_version, prompt_version) AS first_day,
           MAX(last_day) OVER (PARTITION BY monitor_id, period, model_version, prompt_version) AS last_day
    FROM counted
), t AS (
    SELECT monitor_id, period, model_version, prompt_version, COALESCE(MIN(CASE WHEN r.upto >= r.total * 50 / 100.0 THEN b.mid_ms END), MAX(b.mid_ms)) AS p50_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 50 / 100.0 - 1.959964 * SQRT(r.total * 50 * (100 - 50)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p50_low_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 50 / 100.0 + 1.959964 * SQRT(r.total * 50 * (100 - 50)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p50_high_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 95 / 100.0 THEN b.mid_ms END), MAX(b.mid_ms)) AS p95_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 95 / 100.0 - 1.959964 * SQRT(r.total * 95 * (100 - 95)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p95_low_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 95 / 100.0 + 1.959964 * SQRT(r.total * 95 * (100 - 95)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p95_high_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 99 / 100.0 THEN b.mid_ms END), MAX(b.mid_ms)) AS p99_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 99 / 100.0 - 1.959964 * SQRT(r.total * 99 * (100 - 99)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p99_low_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 99 / 100.0 + 1.959964 * SQRT(r.total * 99 * (100 - 99)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p99_high_ms,
       MAX(r.total) AS n, MIN(r.first_day) AS first_day, MAX(r.last_day) AS last_day
    FROM ranked r
    JOIN latency_bins b ON b.bin = r.bin
    GROUP BY monitor_id, period, model_version, prompt_version
)
SELECT m.name AS monitor, CAST(to_timestamp(t.period) AT TIME ZONE 'UTC' AS DATE) AS week, t.model_version, t.prompt_version,
       t.p50_ms, t.p50_low_ms, t.p50_high_ms, t.p95_ms, t.p95_low_ms, t.p95_high_ms, t.p99_ms, t.p99_low_ms, t.p99_high_ms,
       CAST(t.n AS NUMERIC) AS n
FROM t
JOIN monitors m ON m.id = t.monitor_id;

CREATE VIEW version_accuracy AS
WITH counted AS (
    SELECT c.slice_id, 0 * c.day AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.day) AS first_day, MAX(c.day) AS last_day
    FROM outcome_days c
    GROUP BY c.slice_id, 0 * c.day, c.version_id, c.predicted_id, c.label_id
    UNION ALL
    SELECT c.slice_id, 0 * c.bucket AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.bucket / 86400 * 86400) AS first_day, MAX(c.bucket / 86400 * 86400) AS last_day
    FROM outcome_cells c
    JOIN slices s ON s.id = c.slice_id
    WHERE s.segment <> ''
    GROUP BY c.slice_id, 0 * c.bucket, c.version_id, c.predicted_id, c.label_id
), cells AS (
    SELECT c.slice_id, c.period, CASE g.by_model WHEN 1 THEN v.model_version ELSE '(all)' END AS model_version,
       CASE g.by_prompt WHEN 1 THEN v.prompt_version ELSE '(all)' END AS prompt_version, c.predicted_id, c.label_id,
           SUM(c.n) AS n, SUM(c.weight) AS weight, SUM(c.weight_squared) AS weight_squared,
           MIN(c.first_day) AS first_day, MAX(c.last_day) AS last_day
    FROM counted c
    JOIN versions v ON v.id = c.version_id
    CROSS JOIN (
    SELECT 1 AS by_model, 1 AS by_prompt UNION ALL SELECT 1, 0 UNION ALL SELECT 0, 1 UNION ALL SELECT 0, 0
) g
    GROUP BY c.slice_id, c.period, 3, 4, c.predicted_id, c.label_id
), strata AS (
    SELECT slice_id, period, model_version, prompt_version, predicted_id, MIN(first_day) AS first_day, MAX(last_day) AS last_day,
           SUM(n) AS n, SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) AS n_labelled,
           SUM(CASE WHEN label_id = predicted_id THEN n ELSE 0 END) AS n_right, SUM(weight) AS weight,
           SUM(weight) * SUM(weight) / NULLIF(SUM(weight_squared), 0) AS effective,
           SUM(CASE WHEN label_id = predicted_id THEN weight ELSE 0 END) / NULLIF(SUM(weight), 0) AS rate
    FROM cells
    GROUP BY slice_id, period, model_version, prompt_version, predicted_id
), summed AS (
    SELECT s.*, SUM(CASE WHEN weight > 0 THEN n END) OVER w AS known, SUM(n * rate) OVER w AS hits,
           SUM(n_labelled) OVER w AS labels, SUM(n * n / NULLIF(n_labelled, 0)) OVER w AS pull
    FROM strata s
    WINDOW w AS (PARTITION BY slice_id, period, model_version, prompt_version)
), weighed AS (
    SELECT s.*, MAX(CASE WHEN weight > 0 THEN (n + 2.0 * known / labels) / (n_labelled + 2.0) END)
               OVER w AS one
    FROM summed s
    WINDOW w AS (PARTITION BY slice_id, period, model_version, prompt_version)
), smoothed AS (
    SELECT s.*, known + 2 * 0.5 * one AS wide,
           (hits + 0.5 * one) / (known + 2 * 0.5 * one) AS smooth,
           (n_labelled * rate + 1.0 * hits / known + (2.0 * n * n / NULLIF(n_labelled, 0) / pull) / 2) / (n_labelled + 1.0 + (2.0 * n * n / NULLIF(n_labelled, 0) / pull))
               AS likely
    FROM weighed s
), t AS (
    SELECT slice_id, period, model_version, prompt_version, MIN(first_day) AS first_day, MAX(last_day) AS last_day, SUM(n) AS n,
           SUM(n_labelled) AS n_labelled, SUM(n_right) AS n_right, MAX(hits) / MAX(known) AS value,
           MAX(smooth) * (1 - MAX(smooth)) / (
               SUM((n * n / effective * likely * (1 - likely) + n * (likely - smooth) * (likely - smooth))
                   / (wide * wide))
               + 0.5 * MAX(one * one / (wide * wide) * ((1 - smooth) * (1 - smooth) + smooth * smooth))
           ) - 2 * 0.5 AS effective
    FROM smoothed
    GROUP BY slice_id, period, model_version, prompt_version
)
SELECT m.name AS monitor, CAST(to_timestamp(t.first_day) AT TIME ZONE 'UTC' AS DATE) AS first_day, CAST(to_timestamp(t.last_day) AT TIME ZONE 'UTC' AS DATE) AS last_day, CASE s.segment WHEN '' THEN 'all' ELSE s.segment || '=' || s.value END AS slice, t.model_version, t.prompt_version, t.value AS accuracy, CASE WHEN t.effective > 0 THEN (t.value + (3.8414588 / t.effective) / 2 - SQRT((3.8414588 / t.effective) * (t.value * (1 - t.value) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(0.0 AS DOUBLE PRECISION) END AS low,
       CASE WHEN t.effective > 0 THEN (t.value + (3.8414588 / t.effective) / 2 + SQRT((3.8414588 / t.effective) * (t.value * (1 - t.value) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(1.0 AS DOUBLE PRECISION) END AS high,
       t.n_right / NULLIF(t.n_labelled, 0) AS raw, CAST(t.n AS NUMERIC) AS n, CAST(t.n_labelled AS NUMERIC) AS n_labelled,
       t.n_labelled / t.n AS coverage
FROM t
JOIN slices s ON s.id = t.slice_id
JOIN monitors m ON m.id = s.monitor_id;

CREATE VIEW version_recall AS
WITH counted AS (
    SELECT c.slice_id, 0 * c.day AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.day) AS first_day, MAX(c.day) AS last_day
    FROM outcome_days c
    GROUP BY c.slice_id, 0 * c.day, c.version_id, c.predicted_id, c.label_id
    UNION ALL
    SELECT c.slice_id, 0 * c.bucket AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.bucket / 86400 * 86400) AS first_day, MAX(c.bucket / 86400 * 86400) AS last_day
    FROM outcome_cells c
    JOIN slices s ON s.id = c.slice_id
    WHERE s.segment <> ''
    GROUP BY c.slice_id, 0 * c.bucket, c.version_id, c.predicted_id, c.label_id
), cells AS (
    SELECT c.slice_id, c.period, CASE g.by_model WHEN 1 THEN v.model_version ELSE '(all)' END AS model_version,
       CASE g.by_prompt WHEN 1 THEN v.prompt_version ELSE '(all)' END AS prompt_version, c.predicted_id, c.label_id,
           SUM(c.n) AS n, SUM(c.weight) AS weight, SUM(c.weight_squared) AS weight_squared,
           MIN(c.first_day) AS first_day, MAX(c.last_day) AS last_day
    FROM counted c
    JOIN versions v ON v.id = c.version_id
    CROSS JOIN (
    SELECT 1 AS by_model, 1 AS by_prompt UNION ALL SELECT 1, 0 UNION ALL SELECT 0, 1 UNION ALL SELECT 0, 0
) g
    GROUP BY c.slice_id, c.period, 3, 4, c.predicted_id, c.label_id
), strata AS (
    SELECT c.*, SUM(n) OVER w AS size, SUM(weight) OVER w AS weights,
           SUM(weight) OVER w * SUM(weight) OVER w / NULLIF(SUM(weight_squared) OVER w, 0) AS effective,
           SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) OVER w AS n_labelled,
           weight / NULLIF(SUM(weight) OVER w, 0) AS rate
    FROM cells c
    WINDOW w AS (PARTITION BY slice_id, period, model_version, prompt_version, predicted_id)
), summed AS (
    SELECT s.*, SUM(CASE WHEN weights > 0 THEN n END) OVER w AS known,
           SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) OVER w AS labels,
           MIN(first_day) OVER w AS first, MAX(last_day) OVER w AS last
    FROM strata s
    WINDOW w AS (PARTITION BY slice_id, period, model_version, prompt_version)
), weighed AS (
    SELECT s.*, (size + 2.0 * known / labels) / (n_labelled + 2.0) AS one,
           MAX((size + 2.0 * known / labels) / (n_labelled + 2.0)) OVER w AS most,
           size * size / effective * rate * (1 - rate) + size * rate * rate AS spread
    FROM summed s
    WHERE weights > 0
    WINDOW w AS (PARTITION BY slice_id, period, model_version, prompt_version)
), labels AS (
    SELECT slice_id, period, model_version, prompt_version, label_id, MIN(first) AS first_day, MAX(last) AS last_day, SUM(n) AS n, MAX(most) AS most,
           SUM(CASE WHEN predicted_id = label_id THEN n ELSE 0 END) AS n_right, SUM(size * rate) AS estimate,
           SUM(CASE WHEN predicted_id = label_id THEN size * rate ELSE 0 END) AS hits,
           COALESCE(MAX(CASE WHEN predicted_id = label_id THEN one END), MAX(most)) AS own,
           SUM(CASE WHEN predicted_id = label_id THEN spread ELSE 0 END) AS of_hits,
           SUM(CASE WHEN predicted_id = label_id THEN 0 ELSE spread END) AS of_misses
    FROM weighed
    WHERE label_id <> 0
    GROUP BY slice_id, period, model_version, prompt_version, label_id
), smoothed AS (
    SELECT l.*, estimate + 0.5 * (own + most) AS wide,
           (hits + 0.5 * own) / (estimate + 0.5 * (own + most)) AS smooth
    FROM labels l
), t AS (
    SELECT l.*, hits / estimate AS recall, smooth * (1 - smooth) * wide * wide / (
               (1 - smooth) * (1 - smooth) * (of_hits + 0.5 * own * own)
               + smooth * smooth * (of_misses + 0.5 * most * most)
           ) - 2 * 0.5 AS effective
    FROM smoothed l
)
SELECT m.name AS monitor, CAST(to_timestamp(t.first_day) AT TIME ZONE 'UTC' AS DATE) AS first_day, CAST(to_timestamp(t.last_day) AT TIME ZONE 'UTC' AS DATE) AS last_day, CASE s.segment WHEN '' THEN 'all' ELSE s.segment || '=' || s.value END AS slice, t.model_version, t.prompt_version, c.name AS class, t.recall, CASE WHEN t.effective > 0 THEN (t.recall + (3.8414588 / t.effective) / 2 - SQRT((3.8414588 / t.effective) * (t.recall * (1 - t.recall) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(0.0 AS DOUBLE PRECISION) END AS low,
       CASE WHEN t.effective > 0 THEN (t.recall + (3.8414588 / t.effective) / 2 + SQRT((3.8414588 / t.effective) * (t.recall * (1 - t.recall) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(1.0 AS DOUBLE PRECISION) END AS high, t.n_right / t.n AS raw, CAST(t.n AS NUMERIC) AS n
FROM t
JOIN classes c ON c.id = t.label_id
JOIN slices s ON s.id = t.slice_id
JOIN monitors m ON m.id = s.monitor_id;

CREATE VIEW version_precision AS
WITH counted AS (
    SELECT c.slice_id, 0 * c.day AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.day) AS first_day, MAX(c.day) AS last_day
    FROM outcome_days c
    GROUP BY c.slice_id, 0 * c.day, c.version_id, c.predicted_id, c.label_id
    UNION ALL
    SELECT c.slice_id, 0 * c.bucket AS period, c.version_id, c.predicted_id, c.label_id, CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
           SUM(c.weight_squared) AS weight_squared,
           MIN(c.bucket / 86400 * 86400) AS first_day, MAX(c.bucket / 86400 * 86400) AS last_day
    FROM outcome_cells c
    JOIN slices s ON s.id = c.slice_id
    WHERE s.segment <> ''
    GROUP BY c.slice_id, 0 * c.bucket, c.version_id, c.predicted_id, c.label_id
), cells AS (
    SELECT c.slice_id, c.period, CASE g.by_model WHEN 1 THEN v.model_version ELSE '(all)' END AS model_version,
       CASE g.by_prompt WHEN 1 THEN v.prompt_version ELSE '(all)' END AS prompt_version, c.predicted_id, c.label_id,
           SUM(c.n) AS n, SUM(c.weight) AS weight, SUM(c.weight_squared) AS weight_squared,
           MIN(c.first_day) AS first_day, MAX(c.last_day) AS last_day
    FROM counted c
    JOIN versions v ON v.id = c.version_id
    CROSS JOIN (
    SELECT 1 AS by_model, 1 AS by_prompt UNION ALL SELECT 1, 0 UNION ALL SELECT 0, 1 UNION ALL SELECT 0, 0
) g
    GROUP BY c.slice_id, c.period, 3, 4, c.predicted_id, c.label_id
), strata AS (
    SELECT slice_id, period, model_version, prompt_version, predicted_id, MIN(first_day) AS first_day, MAX(last_day) AS last_day,
           SUM(n) AS n, SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) AS n_labelled,
           SUM(CASE WHEN label_id = predicted_id THEN n ELSE 0 END) AS n_right, SUM(weight) AS weight,
           SUM(weight) * SUM(weight) / NULLIF(SUM(weight_squared), 0) AS effective,
           SUM(CASE WHEN label_id = predicted_id THEN weight ELSE 0 END) / NULLIF(SUM(weight), 0) AS rate
    FROM cells
    GROUP BY slice_id, period, model_version, prompt_version, predicted_id
)
SELECT m.name AS monitor, CAST(to_timestamp(t.first_day) AT TIME ZONE 'UTC' AS DATE) AS first_day, CAST(to_timestamp(t.last_day) AT TIME ZONE 'UTC' AS DATE) AS last_day, CASE s.segment WHEN '' THEN 'all' ELSE s.segment || '=' || s.value END AS slice, t.model_version, t.prompt_version, c.name AS class, t.rate AS precision,
       CASE WHEN t.effective > 0 THEN (t.rate + (3.8414588 / t.effective) / 2 - SQRT((3.8414588 / t.effective) * (t.rate * (1 - t.rate) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(0.0 AS DOUBLE PRECISION) END AS low,
       CASE WHEN t.effective > 0 THEN (t.rate + (3.8414588 / t.effective) / 2 + SQRT((3.8414588 / t.effective) * (t.rate * (1 - t.rate) + (3.8414588 / t.effective) / 4)))
           / (1 + (3.8414588 / t.effective)) ELSE CAST(1.0 AS DOUBLE PRECISION) END AS high,
       t.n_right / t.n_labelled AS raw, CAST(t.n_labelled AS NUMERIC) AS n, CAST(t.n AS NUMERIC) AS n_predicted
FROM strata t
JOIN classes c ON c.id = t.predicted_id
JOIN slices s ON s.id = t.slice_id
JOIN monitors m ON m.id = s.monitor_id
WHERE t.weight > 0;

CREATE VIEW version_latency AS
WITH counted AS (
    SELECT c.monitor_id, 0 * c.day AS period, CASE g.by_model WHEN 1 THEN v.model_version ELSE '(all)' END AS model_version,
       CASE g.by_prompt WHEN 1 THEN v.prompt_version ELSE '(all)' END AS prompt_version, c.bin,
           CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, MIN(c.day) AS first_day, MAX(c.day) AS last_day
    FROM latency_days c
    JOIN versions v ON v.id = c.version_id
    CROSS JOIN (
    SELECT 1 AS by_model, 1 AS by_prompt UNION ALL SELECT 1, 0 UNION ALL SELECT 0, 1 UNION ALL SELECT 0, 0
) g
    GROUP BY c.monitor_id, 2, 3, 4, c.bin
), ranked AS (
    SELECT monitor_id, period, model_version, prompt_version, bin, SUM(n) OVER (PARTITION BY monitor_id, period, model_version, prompt_version ORDER BY bin) AS upto,
           SUM(n) OVER (PARTITION BY monitor_id, period, model_version, prompt_version) AS total, MIN(first_day) OVER (PARTITION BY monitor_id, period, model_version, prompt_version) AS first_day,
           MAX(last_day) OVER (PARTITION BY monitor_id, period, model_version, prompt_version) AS last_day
    FROM counted
), t AS (
    SELECT monitor_id, period, model_version, prompt_version, COALESCE(MIN(CASE WHEN r.upto >= r.total * 50 / 100.0 THEN b.mid_ms END), MAX(b.mid_ms)) AS p50_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 50 / 100.0 - 1.959964 * SQRT(r.total * 50 * (100 - 50)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p50_low_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 50 / 100.0 + 1.959964 * SQRT(r.total * 50 * (100 - 50)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p50_high_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 95 / 100.0 THEN b.mid_ms END), MAX(b.mid_ms)) AS p95_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 95 / 100.0 - 1.959964 * SQRT(r.total * 95 * (100 - 95)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p95_low_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 95 / 100.0 + 1.959964 * SQRT(r.total * 95 * (100 - 95)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p95_high_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 99 / 100.0 THEN b.mid_ms END), MAX(b.mid_ms)) AS p99_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 99 / 100.0 - 1.959964 * SQRT(r.total * 99 * (100 - 99)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p99_low_ms,
       COALESCE(MIN(CASE WHEN r.upto >= r.total * 99 / 100.0 + 1.959964 * SQRT(r.total * 99 * (100 - 99)) / 100 THEN b.mid_ms END), MAX(b.mid_ms)) AS p99_high_ms,
       MAX(r.total) AS n, MIN(r.first_day) AS first_day, MAX(r.last_day) AS last_day
    FROM ranked r
    JOIN latency_bins b ON b.bin = r.bin
    GROUP BY monitor_id, period, model_version, prompt_version
)
SELECT m.name AS monitor, CAST(to_timestamp(t.first_day) AT TIME ZONE 'UTC' AS DATE) AS first_day, CAST(to_timestamp(t.last_day) AT TIME ZONE 'UTC' AS DATE) AS last_day, t.model_version, t.prompt_version,
       t.p50_ms, t.p50_low_ms, t.p50_high_ms, t.p95_ms, t.p95_low_ms, t.p95_high_ms, t.p99_ms, t.p99_low_ms, t.p99_high_ms,
       CAST(t.n AS NUMERIC) AS n
FROM t
JOIN monitors m ON m.id = t.monitor_id;

CREATE VIEW label_delays AS
WITH sums AS (
    SELECT monitor_id, (day - 345600) / 604800 * 604800 + 345600 AS week, label_id, bin, SUM(n) AS n
    FROM delay_days
    GROUP BY monitor_id, (day - 345600) / 604800 * 604800 + 345600, label_id, bin
), ranked AS (
    SELECT monitor_id, week, label_id, bin,
           SUM(n) OVER (PARTITION BY monitor_id, week, label_id ORDER BY bin) AS upto,
           SUM(n) OVER (PARTITION BY monitor_id, week, label_id) AS total
    FROM sums
)
SELECT m.name AS monitor, CAST(to_timestamp(r.week) AT TIME ZONE 'UTC' AS DATE) AS week, c.name AS class,
       POWER(CAST(1.1 AS DOUBLE PRECISION), MIN(CASE WHEN r.upto * 100 >= r.total * 50 THEN r.bin END) + 0.5) / 3600 AS p50_hours,
       POWER(CAST(1.1 AS DOUBLE PRECISION), MIN(CASE WHEN r.upto * 100 >= r.total * 90 THEN r.bin END) + 0.5) / 3600 AS p90_hours,
       POWER(CAST(1.1 AS DOUBLE PRECISION), MAX(r.bin) + 0.5) / 3600 AS longest_hours, CAST(MAX(r.total) AS NUMERIC) AS n
FROM ranked r
JOIN monitors m ON m.id = r.monitor_id
JOIN classes c ON c.id = r.label_id
GROUP BY m.name, r.week, c.name;

CREATE VIEW label_corrections AS
WITH corrected AS (
    SELECT monitor_id, bucket / 86400 * 86400 AS day, SUM(n) AS n
    FROM problem_cells
    WHERE kind = 'corrected_label' AND bucket >= 0
    GROUP BY monitor_id, bucket / 86400 * 86400
), labelled AS (
    SELECT s.monitor_id, c.day, SUM(c.n) AS n
    FROM outcome_days c
    JOIN slices s ON s.id = c.slice_id
    WHERE c.label_id <> 0
    GROUP BY s.monitor_id, c.day
)
SELECT m.name AS monitor, CAST(to_timestamp(t.day) AT TIME ZONE 'UTC' AS DATE) AS day, CAST(COALESCE(c.n, 0) AS NUMERIC) AS n, CAST(t.n AS NUMERIC) AS n_labelled,
       CAST(COALESCE(c.n, 0) AS DOUBLE PRECISION) / t.n AS share
FROM labelled t
JOIN monitors m ON m.id = t.monitor_id
LEFT JOIN corrected c ON c.monitor_id = t.monitor_id AND c.day = t.day;

CREATE VIEW incident_times AS
WITH steps AS (
    SELECT incident_id, MIN(CASE WHEN event = 'acknowledged' THEN at END) AS acknowledged_at,
           MAX(CASE WHEN event = 'reopened' THEN at END) AS reopened_at,
           SUM(CASE WHEN event = 'reopened' THEN 1 ELSE 0 END) AS reopened
    FROM incident_events
    GROUP BY incident_id
), first_acts AS (
    SELECT incident_id, MIN(CASE WHEN kind = 'acknowledge' THEN at END) AS acknowledged_at,
           MAX(CASE WHEN kind = 'false_alarm' THEN 1 ELSE 0 END) AS false_alarm
    FROM acts
    WHERE incident_id IS NOT NULL
    GROUP BY incident_id
), known AS (
    SELECT i.*, CASE WHEN a.acknowledged_at < e.acknowledged_at THEN a.acknowledged_at
                     ELSE COALESCE(e.acknowledged_at, a.acknowledged_at) END AS acknowledged_at,
           e.reopened_at, COALESCE(e.reopened, 0) AS reopened, COALESCE(a.false_alarm, 0) = 1 AS false_alarm
    FROM incidents i
    LEFT JOIN steps e ON e.incident_id = i.id
    LEFT JOIN first_acts a ON a.incident_id = i.id
)
SELECT id AS incident_id, monitor, family, severity, state, onset, since AS detected_at, opened_at AS told_at,
       acknowledged_at, acknowledged_by, resolved_at, reopened_at, CAST(reopened AS NUMERIC) AS reopened, false_alarm,
       (CAST(EXTRACT(EPOCH FROM acknowledged_at) AS DOUBLE PRECISION) - CAST(EXTRACT(EPOCH FROM opened_at) AS DOUBLE PRECISION)) / CAST(3600 AS DOUBLE PRECISION)
           AS hours_to_acknowledge,
       (CAST(EXTRACT(EPOCH FROM resolved_at) AS DOUBLE PRECISION) - CAST(EXTRACT(EPOCH FROM since) AS DOUBLE PRECISION)) / CAST(3600 AS DOUBLE PRECISION) AS hours_to_resolve
FROM known;

CREATE VIEW daily_labellers AS
WITH given AS (
    SELECT monitor_id, day, labeller_id, SUM(n) AS n, SUM(CASE WHEN fate <> 0 THEN n ELSE 0 END) AS n_shared,
           SUM(CASE WHEN fate = 1 THEN n ELSE 0 END) AS n_agreed,
           SUM(CASE WHEN fate = 3 THEN n ELSE 0 END) AS n_corrected,
           SUM(CASE WHEN fate = 4 THEN n ELSE 0 END) AS n_overruled
    FROM labeller_days
    GROUP BY monitor_id, day, labeller_id
), predicted AS (
    SELECT s.monitor_id, c.day, SUM(c.n) AS n
    FROM outcome_days c
    JOIN slices s ON s.id = c.slice_id
    GROUP BY s.monitor_id, c.day
)
SELECT m.name AS monitor, CAST(to_timestamp(t.day) AT TIME ZONE 'UTC' AS DATE) AS day, l.name AS labeller,
       CAST(t.n AS DOUBLE PRECISION) / p.n AS coverage, CAST(t.n AS NUMERIC) AS n, CAST(t.n_shared AS NUMERIC) AS n_shared, CAST(t.n_agreed AS NUMERIC) AS n_agreed,
       CAST(t.n_corrected AS NUMERIC) AS n_corrected, CAST(t.n_overruled AS NUMERIC) AS n_overruled,
       t.agreement, t.final_share
FROM (SELECT given.*, CAST(n_agreed AS DOUBLE PRECISION) / NULLIF(n_shared, 0) AS agreement,
           CAST(n_shared - n_overruled AS DOUBLE PRECISION) / NULLIF(n_shared, 0) AS final_share FROM given) t
JOIN predicted p ON p.monitor_id = t.monitor_id AND p.day = t.day
JOIN monitors m ON m.id = t.monitor_id
JOIN labellers l ON l.id = t.labeller_id;

CREATE VIEW labeller_agreement AS
WITH given AS (
    SELECT monitor_id, labeller_id, MIN(day) AS first_day, MAX(day) AS last_day, SUM(n) AS n, SUM(CASE WHEN fate <> 0 THEN n ELSE 0 END) AS n_shared,
           SUM(CASE WHEN fate = 1 THEN n ELSE 0 END) AS n_agreed,
           SUM(CASE WHEN fate = 3 THEN n ELSE 0 END) AS n_corrected,
           SUM(CASE WHEN fate = 4 THEN n ELSE 0 END) AS n_overruled
    FROM labeller_days
    GROUP BY monitor_id, labeller_id
)
SELECT m.name AS monitor, l.name AS labeller, CAST(to_timestamp(t.first_day) AT TIME ZONE 'UTC' AS DATE) AS first_day, CAST(to_timestamp(t.last_day) AT TIME ZONE 'UTC' AS DATE) AS last_day,
       CAST(t.n AS NUMERIC) AS n, CAST(t.n_shared AS NUMERIC) AS n_shared, CAST(t.n_agreed AS NUMERIC) AS n_agreed,
       CAST(t.n_corrected AS NUMERIC) AS n_corrected, CAST(t.n_overruled AS NUMERIC) AS n_overruled,
       t.agreement, CASE WHEN CAST(t.n_shared AS DOUBLE PRECISION) > 0 THEN (t.agreement + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) / 2 - SQRT((3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) * (t.agreement * (1 - t.agreement) + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) / 4)))
           / (1 + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION))) ELSE CAST(0.0 AS DOUBLE PRECISION) END AS low,
       CASE WHEN CAST(t.n_shared AS DOUBLE PRECISION) > 0 THEN (t.agreement + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) / 2 + SQRT((3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) * (t.agreement * (1 - t.agreement) + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) / 4)))
           / (1 + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION))) ELSE CAST(1.0 AS DOUBLE PRECISION) END AS high,
       t.final_share, CASE WHEN CAST(t.n_shared AS DOUBLE PRECISION) > 0 THEN (t.final_share + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) / 2 - SQRT((3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) * (t.final_share * (1 - t.final_share) + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) / 4)))
           / (1 + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION))) ELSE CAST(0.0 AS DOUBLE PRECISION) END AS final_low,
       CASE WHEN CAST(t.n_shared AS DOUBLE PRECISION) > 0 THEN (t.final_share + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) / 2 + SQRT((3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) * (t.final_share * (1 - t.final_share) + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION)) / 4)))
           / (1 + (3.8414588 / CAST(t.n_shared AS DOUBLE PRECISION))) ELSE CAST(1.0 AS DOUBLE PRECISION) END AS final_high
FROM (SELECT given.*, CAST(n_agreed AS DOUBLE PRECISION) / NULLIF(n_shared, 0) AS agreement,
           CAST(n_shared - n_overruled AS DOUBLE PRECISION) / NULLIF(n_shared, 0) AS final_share FROM given) t
JOIN monitors m ON m.id = t.monitor_id
JOIN labellers l ON l.id = t.labeller_id;

