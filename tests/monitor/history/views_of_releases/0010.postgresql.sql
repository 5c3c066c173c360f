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

