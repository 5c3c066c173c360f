CREATE VIEW bucket_outcomes AS
SELECT m.name AS monitor, datetime(c.bucket, 'unixepoch') AS bucket_start,  v.model_version, v.prompt_version,
       p.name AS predicted, l.name AS label, c.n, c.weight, c.weight_squared
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
SELECT m.name AS monitor, datetime(c.bucket, 'unixepoch') AS bucket_start,  v.model_version, v.prompt_version,
       p.name AS predicted, l.name AS label, c.band, CAST(CASE c.band WHEN 0 THEN 0.0 WHEN 1 THEN 0.5 WHEN 2 THEN 0.6 WHEN 3 THEN 0.7 WHEN 4 THEN 0.8 WHEN 5 THEN 0.9 WHEN 6 THEN 0.95 WHEN 7 THEN 0.99 END AS DOUBLE PRECISION) AS low, CAST(CASE c.band WHEN 0 THEN 0.5 WHEN 1 THEN 0.6 WHEN 2 THEN 0.7 WHEN 3 THEN 0.8 WHEN 4 THEN 0.9 WHEN 5 THEN 0.95 WHEN 6 THEN 0.99 WHEN 7 THEN 1.0 END AS DOUBLE PRECISION) AS high,
       c.n, c.confidence_millionths / CAST(1000000 AS DOUBLE PRECISION) AS confidence
FROM outcome_cells c
JOIN slices s ON s.id = c.slice_id
JOIN monitors m ON m.id = s.monitor_id
JOIN versions v ON v.id = c.version_id
JOIN classes p ON p.id = c.predicted_id
LEFT JOIN classes l ON l.id = c.label_id
WHERE s.segment = '' AND c.band >= 0;

CREATE VIEW bucket_segments AS
SELECT m.name AS monitor, datetime(c.bucket, 'unixepoch') AS bucket_start, s.segment, s.value, v.model_version, v.prompt_version,
       p.name AS predicted, l.name AS label, c.n, c.weight, c.weight_squared
FROM outcome_cells c
JOIN slices s ON s.id = c.slice_id
JOIN monitors m ON m.id = s.monitor_id
JOIN versions v ON v.id = c.version_id
JOIN classes p ON p.id = c.predicted_id
LEFT JOIN classes l ON l.id = c.label_id
WHERE s.segment <> '';

CREATE VIEW bucket_latency AS
SELECT m.name AS monitor, datetime(c.bucket, 'unixepoch') AS bucket_start, v.model_version, v.prompt_version,
       c.bin, b.low_ms, b.mid_ms, b.high_ms, c.n
FROM latency_cells c
JOIN monitors m ON m.id = c.monitor_id
JOIN versions v ON v.id = c.version_id
LEFT JOIN latency_bins b ON b.bin = c.bin;

CREATE VIEW bucket_relevance AS
SELECT m.name AS monitor, datetime(c.bucket, 'unixepoch') AS bucket_start, v.model_version, v.prompt_version,
       p.name AS predicted, r.name AS source, c.bin, c.n,
       c.score_millionths / CAST(1000000 AS DOUBLE PRECISION) AS score
FROM relevance_cells c
JOIN monitors m ON m.id = c.monitor_id
JOIN versions v ON v.id = c.version_id
JOIN classes p ON p.id = c.predicted_id
JOIN relevance_sources r ON r.id = c.source_id;

CREATE VIEW metric_history AS
SELECT datetime(p.as_of / 1000000, 'unixepoch') || CASE p.as_of % 1000000 WHEN 0 THEN '' ELSE printf('.%06d', p.as_of % 1000000) END AS as_of, m.name AS monitor, s.metric, s.class, s.slice,
       datetime(p.window_start, 'unixepoch') AS window_start, datetime(p.window_end, 'unixepoch') AS window_end,
       p.value, p.low, p.high, p.raw, p.n, p.n_labelled, p.coverage, p.provisional
FROM metric_points p
JOIN metric_series s ON s.id = p.series_id
JOIN monitors m ON m.id = s.monitor_id;

CREATE VIEW estimates_checked AS
WITH points AS (
    SELECT p.*, ROW_NUMBER() OVER (
               PARTITION BY p.series_id, date((p.as_of / 1000000), 'unixepoch'), p.window_end - p.window_start
               ORDER BY p.as_of DESC
           ) AS nth
    FROM metric_points p
    JOIN metric_series s ON s.id = p.series_id
    WHERE s.metric IN ('estimated_accuracy', 'estimated_recall', 'estimated_precision')
), told AS (
    SELECT p.*, s.monitor_id, s.metric, s.class
    FROM points p
    JOIN metric_series s ON s.id = p.series_id
    WHERE p.nth = 1 AND p.value IS NOT NULL
), spans AS (
    SELECT DISTINCT monitor_id, window_start, window_end FROM told
), cells AS (
    SELECT w.monitor_id, w.window_start, w.window_end, c.predicted_id, c.label_id,
           SUM(c.n) AS n, SUM(c.weight) AS weight
    FROM spans w
    JOIN slices s ON s.monitor_id = w.monitor_id AND s.segment = ''
    JOIN outcome_cells c
        ON c.slice_id = s.id AND c.bucket >= w.window_start AND c.bucket < w.window_end
    GROUP BY w.monitor_id, w.window_start, w.window_end, c.predicted_id, c.label_id
), estimates AS (
    SELECT c.*, c.weight * SUM(c.n) OVER stratum / NULLIF(SUM(c.weight) OVER stratum, 0) AS estimate,
           SUM(CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END) OVER span AS n_labelled,
           SUM(c.n) OVER span AS n_predicted
    FROM cells c
    WINDOW span AS (PARTITION BY c.monitor_id, c.window_start, c.window_end),
           stratum AS (PARTITION BY c.monitor_id, c.window_start, c.window_end, c.predicted_id)
)
SELECT datetime(t.as_of / 1000000, 'unixepoch') || CASE t.as_of % 1000000 WHEN 0 THEN '' ELSE printf('.%06d', t.as_of % 1000000) END AS as_of, m.name AS monitor, t.metric, t.class,
       datetime(t.window_start, 'unixepoch') AS window_start, datetime(t.window_end, 'unixepoch') AS window_end,
       t.value AS estimated, t.low, t.high, t.coverage AS coverage_then,
       SUM(CASE WHEN e.predicted_id = e.label_id AND e.label_id <> 0 AND (
               t.metric = 'estimated_accuracy' OR k.name = t.class) THEN e.estimate ELSE 0 END)
           / NULLIF(SUM(CASE WHEN e.label_id <> 0 AND (
               t.metric = 'estimated_accuracy'
               OR (t.metric = 'estimated_precision' AND k.name = t.class)
               OR (t.metric = 'estimated_recall' AND l.name = t.class)
           ) THEN e.estimate ELSE 0 END), 0) AS labels_say,
       CAST(MAX(e.n_labelled) AS DOUBLE PRECISION) / MAX(e.n_predicted) AS coverage_now
FROM told t
JOIN monitors m ON m.id = t.monitor_id
JOIN estimates e
    ON e.monitor_id = t.monitor_id AND e.window_start = t.window_start AND e.window_end = t.window_end
JOIN classes k ON k.id = e.predicted_id
LEFT JOIN classes l ON l.id = e.label_id
GROUP BY t.as_of, m.name, t.metric, t.class, t.window_start, t.window_end,
         t.value, t.low, t.high, t.coverage;

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
SELECT monitor, action, n, worked, partly, no_effect, harmed, success,
       (success + z2 / 2 - SQRT(z2 * (success * (1 - success) + z2 / 4))) / (1 + z2) AS low,
       (success + z2 / 2 + SQRT(z2 * (success * (1 - success) + z2 / 4))) / (1 + z2) AS high
FROM shared;

CREATE VIEW daily_accuracy AS
WITH strata AS (
    SELECT s.monitor_id, date(c.bucket, 'unixepoch') AS day, c.predicted_id, SUM(c.n) AS n, SUM(c.weight) AS weight,
           SUM(CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END) AS n_labelled,
           SUM(CASE WHEN c.label_id = c.predicted_id THEN c.n ELSE 0 END) AS n_right,
           SUM(CASE WHEN c.label_id = c.predicted_id THEN c.weight ELSE 0 END) AS weight_right
    FROM outcome_cells c
    JOIN slices s ON s.id = c.slice_id
    WHERE s.segment = ''
    GROUP BY s.monitor_id, date(c.bucket, 'unixepoch'), c.predicted_id
)
SELECT m.name AS monitor, t.day,
       SUM(CASE WHEN t.weight > 0 THEN t.n * t.weight_right / t.weight END)
           / SUM(CASE WHEN t.weight > 0 THEN t.n END) AS accuracy,
       CAST(SUM(t.n_right) AS DOUBLE PRECISION) / NULLIF(SUM(t.n_labelled), 0) AS raw,
       CAST(SUM(t.n) AS BIGINT) AS n, CAST(SUM(t.n_labelled) AS BIGINT) AS n_labelled,
       CAST(SUM(t.n_labelled) AS DOUBLE PRECISION) / SUM(t.n) AS coverage
FROM strata t
JOIN monitors m ON m.id = t.monitor_id
GROUP BY m.name, t.day;

CREATE VIEW daily_recall AS
WITH cells AS (
    SELECT s.monitor_id, date(c.bucket, 'unixepoch') AS day, c.predicted_id, c.label_id,
           SUM(c.n) AS n, SUM(c.weight) AS weight
    FROM outcome_cells c
    JOIN slices s ON s.id = c.slice_id
    WHERE s.segment = ''
    GROUP BY s.monitor_id, date(c.bucket, 'unixepoch'), c.predicted_id, c.label_id
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
SELECT m.name AS monitor, e.day, k.name AS class,
       SUM(CASE WHEN e.predicted_id = e.label_id THEN e.estimate ELSE 0 END) / SUM(e.estimate) AS recall,
       CAST(SUM(CASE WHEN e.predicted_id = e.label_id THEN e.n ELSE 0 END) AS DOUBLE PRECISION)
           / SUM(e.n) AS raw,
       CAST(SUM(e.n) AS BIGINT) AS n
FROM estimated e
JOIN monitors m ON m.id = e.monitor_id
JOIN classes k ON k.id = e.label_id
GROUP BY m.name, e.day, k.name;

CREATE VIEW daily_latency AS
WITH bins AS (
    SELECT monitor_id, date(bucket, 'unixepoch') AS day, bin, SUM(n) AS n
    FROM latency_cells
    GROUP BY monitor_id, date(bucket, 'unixepoch'), bin
), ranked AS (
    SELECT monitor_id, day, bin, SUM(n) OVER (PARTITION BY monitor_id, day ORDER BY bin) AS upto,
           SUM(n) OVER (PARTITION BY monitor_id, day) AS total
    FROM bins
)
SELECT m.name AS monitor, r.day,
       MIN(CASE WHEN r.upto * 100 >= r.total * 50 THEN b.mid_ms END) AS p50_ms,
       MIN(CASE WHEN r.upto * 100 >= r.total * 95 THEN b.mid_ms END) AS p95_ms,
       MIN(CASE WHEN r.upto * 100 >= r.total * 99 THEN b.mid_ms END) AS p99_ms,
       CAST(MAX(r.total) AS BIGINT) AS n
FROM ranked r
JOIN monitors m ON m.id = r.monitor_id
JOIN latency_bins b ON b.bin = r.bin
GROUP BY m.name, r.day;

CREATE VIEW daily_relevance AS
WITH scored AS (
    SELECT monitor_id, date(bucket, 'unixepoch') AS day, source_id, SUM(n) AS n, SUM(score_millionths) AS millionths,
           SUM(CASE WHEN bin < 5 THEN n ELSE 0 END) AS n_low
    FROM relevance_cells
    GROUP BY monitor_id, date(bucket, 'unixepoch'), source_id
), predicted AS (
    SELECT monitor_id, date(bucket, 'unixepoch') AS day, SUM(n) AS n
    FROM total_cells
    GROUP BY monitor_id, date(bucket, 'unixepoch')
)
SELECT m.name AS monitor, s.day, r.name AS source,
       s.millionths / (1000000 * CAST(s.n AS DOUBLE PRECISION)) AS mean,
       CAST(s.n_low AS DOUBLE PRECISION) / s.n AS low_share, CAST(s.n AS BIGINT) AS n,
       CAST(s.n AS DOUBLE PRECISION) / p.n AS coverage
FROM scored s
JOIN predicted p ON p.monitor_id = s.monitor_id AND p.day = s.day
JOIN monitors m ON m.id = s.monitor_id
JOIN relevance_sources r ON r.id = s.source_id;

