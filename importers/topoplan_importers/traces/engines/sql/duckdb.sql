-- places
SELECT
  "t1"."service",
  "t1"."role",
  "t1"."protocol",
  "t1"."method",
  "t1"."path",
  "t1"."rank",
  "t1"."peer",
  "t1"."peer_key",
  "t1"."resource",
  "t1"."technology",
  "t1"."channel",
  "t1"."channel_is_template",
  "t1"."step",
  "t1"."criticality",
  "t1"."failed",
  "t1"."file",
  ROW_NUMBER() OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) - 1 AS "place"
FROM (
  SELECT DISTINCT
    "t0"."service",
    "t0"."role",
    "t0"."protocol",
    "t0"."method",
    "t0"."path",
    "t0"."rank",
    "t0"."peer",
    "t0"."peer_key",
    "t0"."resource",
    "t0"."technology",
    "t0"."channel",
    "t0"."channel_is_template",
    "t0"."step",
    "t0"."criticality",
    "t0"."failed",
    "t0"."file"
  FROM "raw" AS "t0"
) AS "t1"

-- keyed
SELECT
  "t2"."trace",
  "t2"."id",
  "t2"."parent",
  "t2"."start_us",
  "t2"."duration_us",
  "t2"."links",
  "t2"."weight",
  "t4"."p_place" AS "place",
  ROW_COUNT(ROW_NUMBER() OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) - 1) AS "n"
FROM "raw" AS "t2"
INNER JOIN (
  SELECT
    "t1"."service" AS "p_service",
    "t1"."role" AS "p_role",
    "t1"."protocol" AS "p_protocol",
    "t1"."method" AS "p_method",
    "t1"."path" AS "p_path",
    "t1"."rank" AS "p_rank",
    "t1"."peer" AS "p_peer",
    "t1"."peer_key" AS "p_peer_key",
    "t1"."resource" AS "p_resource",
    "t1"."technology" AS "p_technology",
    "t1"."channel" AS "p_channel",
    "t1"."channel_is_template" AS "p_channel_is_template",
    "t1"."step" AS "p_step",
    "t1"."criticality" AS "p_criticality",
    "t1"."failed" AS "p_failed",
    "t1"."file" AS "p_file",
    "t1"."place" AS "p_place"
  FROM "places" AS "t1"
) AS "t4"
  ON "t2"."service" = "t4"."p_service"
  AND "t2"."role" = "t4"."p_role"
  AND "t2"."protocol" = "t4"."p_protocol"
  AND "t2"."method" = "t4"."p_method"
  AND "t2"."path" = "t4"."p_path"
  AND "t2"."rank" = "t4"."p_rank"
  AND "t2"."peer" = "t4"."p_peer"
  AND "t2"."peer_key" = "t4"."p_peer_key"
  AND "t2"."resource" = "t4"."p_resource"
  AND "t2"."technology" = "t4"."p_technology"
  AND "t2"."channel" = "t4"."p_channel"
  AND "t2"."channel_is_template" = "t4"."p_channel_is_template"
  AND "t2"."step" = "t4"."p_step"
  AND "t2"."criticality" = "t4"."p_criticality"
  AND "t2"."failed" = "t4"."p_failed"
  AND "t2"."file" = "t4"."p_file"

-- paths
SELECT DISTINCT
  "t0"."file" AS "path"
FROM "places" AS "t0"

-- said
SELECT
  "t0"."service",
  "t0"."role",
  "t0"."protocol",
  "t0"."method",
  "t0"."path",
  "t0"."rank",
  "t0"."peer",
  "t0"."peer_key",
  "t0"."resource",
  "t0"."technology",
  "t0"."channel",
  "t0"."channel_is_template",
  "t0"."step",
  "t0"."criticality",
  MIN("t0"."file") AS "file"
FROM "places" AS "t0"
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  10,
  11,
  12,
  13,
  14

-- common
SELECT
  "t3"."place",
  "t3"."role",
  "t3"."failed",
  "t6"."s_sig" AS "sig",
  "t6"."s_svc" AS "svc",
  "t7"."f_file" AS "file"
FROM "places" AS "t3"
INNER JOIN (
  SELECT
    "t1"."service" AS "s_service",
    "t1"."role" AS "s_role",
    "t1"."protocol" AS "s_protocol",
    "t1"."method" AS "s_method",
    "t1"."path" AS "s_path",
    "t1"."rank" AS "s_rank",
    "t1"."peer" AS "s_peer",
    "t1"."peer_key" AS "s_peer_key",
    "t1"."resource" AS "s_resource",
    "t1"."technology" AS "s_technology",
    "t1"."channel" AS "s_channel",
    "t1"."channel_is_template" AS "s_channel_is_template",
    "t1"."step" AS "s_step",
    "t1"."criticality" AS "s_criticality",
    "t1"."sig" AS "s_sig",
    "t1"."svc" AS "s_svc",
    "t1"."journey" AS "s_journey",
    "t1"."begins" AS "s_begins",
    "t1"."used" AS "s_used",
    "t1"."told" AS "s_told"
  FROM "signatures" AS "t1"
) AS "t6"
  ON "t3"."service" = "t6"."s_service"
  AND "t3"."role" = "t6"."s_role"
  AND "t3"."protocol" = "t6"."s_protocol"
  AND "t3"."method" = "t6"."s_method"
  AND "t3"."path" = "t6"."s_path"
  AND "t3"."rank" = "t6"."s_rank"
  AND "t3"."peer" = "t6"."s_peer"
  AND "t3"."peer_key" = "t6"."s_peer_key"
  AND "t3"."resource" = "t6"."s_resource"
  AND "t3"."technology" = "t6"."s_technology"
  AND "t3"."channel" = "t6"."s_channel"
  AND "t3"."channel_is_template" = "t6"."s_channel_is_template"
  AND "t3"."step" = "t6"."s_step"
  AND "t3"."criticality" = "t6"."s_criticality"
INNER JOIN (
  SELECT
    "t2"."path" AS "f_path",
    "t2"."file" AS "f_file"
  FROM "files" AS "t2"
) AS "t7"
  ON "t3"."file" = "t7"."f_path"

-- traces
SELECT
  "t1"."trace",
  ROW_COUNT(ROW_NUMBER() OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) - 1) AS "t"
FROM (
  SELECT DISTINCT
    "t0"."trace"
  FROM "raw" AS "t0"
) AS "t1"

-- rows
SELECT
  "t3"."id",
  "t3"."parent",
  "t3"."weight",
  "t3"."n",
  "t3"."links",
  "t7"."w_t" AS "t",
  "t3"."start_us" AS "start",
  "t3"."duration_us" AS "duration",
  "t6"."p_role" AS "role",
  "t6"."p_failed" AS "failed",
  "t6"."p_sig" AS "sig",
  "t6"."p_svc" AS "svc",
  "t6"."p_file" AS "file"
FROM "keyed" AS "t3"
INNER JOIN (
  SELECT
    "t1"."place" AS "p_place",
    "t1"."role" AS "p_role",
    "t1"."failed" AS "p_failed",
    "t1"."sig" AS "p_sig",
    "t1"."svc" AS "p_svc",
    "t1"."file" AS "p_file"
  FROM "common" AS "t1"
) AS "t6"
  ON "t3"."place" = "t6"."p_place"
INNER JOIN (
  SELECT
    "t2"."trace" AS "w_trace",
    "t2"."t" AS "w_t"
  FROM "traces" AS "t2"
) AS "t7"
  ON "t3"."trace" = "t7"."w_trace"

-- lean_rows
SELECT
  "t3"."id",
  "t3"."parent",
  "t3"."weight",
  "t3"."n",
  "t7"."w_t" AS "t",
  "t3"."start_us" AS "start",
  "t3"."duration_us" AS "duration",
  "t6"."p_role" AS "role",
  "t6"."p_failed" AS "failed",
  "t6"."p_sig" AS "sig",
  "t6"."p_svc" AS "svc",
  "t6"."p_file" AS "file"
FROM "keyed" AS "t3"
INNER JOIN (
  SELECT
    "t1"."place" AS "p_place",
    "t1"."role" AS "p_role",
    "t1"."failed" AS "p_failed",
    "t1"."sig" AS "p_sig",
    "t1"."svc" AS "p_svc",
    "t1"."file" AS "p_file"
  FROM "common" AS "t1"
) AS "t6"
  ON "t3"."place" = "t6"."p_place"
INNER JOIN (
  SELECT
    "t2"."trace" AS "w_trace",
    "t2"."t" AS "w_t"
  FROM "traces" AS "t2"
) AS "t7"
  ON "t3"."trace" = "t7"."w_trace"

-- linking
SELECT
  "t0"."n",
  "t0"."links"
FROM "rows" AS "t0"
WHERE
  ARRAY_LENGTH("t0"."links") > 0

-- links
SELECT
  "t1"."n",
  "t1"."link"."trace" AS "trace",
  "t1"."link"."span" AS "id"
FROM (
  SELECT
    "t0"."n",
    UNNEST("t0"."links") AS "link"
  FROM "linking" AS "t0"
) AS "t1"

-- shared
SELECT
  "t2"."n",
  "t2"."t",
  "t2"."id",
  "t2"."parent",
  "t2"."sig",
  "t2"."role",
  "t2"."svc",
  "t2"."file",
  "t2"."start",
  "t2"."duration",
  "t2"."failed",
  "t2"."weight",
  "t5"."l_links" AS "links"
FROM "rows" AS "t2"
INNER JOIN (
  SELECT
    "t3"."t" AS "k_t",
    "t3"."id" AS "k_id",
    "t3"."members" AS "k_members"
  FROM (
    SELECT
      "t0"."t",
      "t0"."id",
      COUNT(*) AS "members"
    FROM "rows" AS "t0"
    GROUP BY
      1,
      2
  ) AS "t3"
  WHERE
    "t3"."members" > 1
) AS "t7"
  ON "t2"."t" = "t7"."k_t" AND "t2"."id" = "t7"."k_id"
LEFT OUTER JOIN (
  SELECT
    "t1"."n" AS "l_n",
    "t1"."links" AS "l_links"
  FROM "linking" AS "t1"
) AS "t5"
  ON "t2"."n" = "t5"."l_n"

-- repeats
SELECT
  "t7"."n",
  "t7"."key",
  "t7"."file",
  "t7"."spare",
  CASE WHEN "t7"."both" THEN "t7"."side" ELSE 0 END AS "half",
  (
    "t7"."place" = 0
  ) AND (
    (
      "t7"."side" <> 0
    ) OR "t7"."lone"
  ) AS "kept"
FROM (
  SELECT
    "t6"."n",
    "t6"."t",
    "t6"."id",
    "t6"."parent",
    "t6"."sig",
    "t6"."role",
    "t6"."svc",
    "t6"."file",
    "t6"."start",
    "t6"."duration",
    "t6"."failed",
    "t6"."weight",
    "t6"."links",
    "t6"."g_t",
    "t6"."g_id",
    "t6"."g_key",
    "t6"."g_calls",
    "t6"."g_serves",
    "t6"."key",
    "t6"."both",
    "t6"."lone",
    "t6"."side",
    "t6"."counted",
    ROW_NUMBER() OVER (
      PARTITION BY "t6"."key", "t6"."side"
      ORDER BY "t6"."svc" = 0 ASC, -(
        "t6"."duration"
      ) ASC, "t6"."start" ASC, NOT (
        "t6"."failed"
      ) ASC, "t6"."sig" DESC, COALESCE(ID_TEXT("t6"."parent"), '') DESC, -(
        "t6"."file"
      ) DESC, LINK_TEXTS("t6"."links") DESC, "t6"."weight" DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place",
    (
      ROW_NUMBER() OVER (
        PARTITION BY "t6"."key", "t6"."counted"
        ORDER BY "t6"."file" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1
    ) > 0 AS "spare"
  FROM (
    SELECT
      "t5"."n",
      "t5"."t",
      "t5"."id",
      "t5"."parent",
      "t5"."sig",
      "t5"."role",
      "t5"."svc",
      "t5"."file",
      "t5"."start",
      "t5"."duration",
      "t5"."failed",
      "t5"."weight",
      "t5"."links",
      "t5"."g_t",
      "t5"."g_id",
      "t5"."g_key",
      "t5"."g_calls",
      "t5"."g_serves",
      "t5"."g_key" AS "key",
      "t5"."g_calls" AND "t5"."g_serves" AS "both",
      NOT (
        "t5"."g_calls" OR "t5"."g_serves"
      ) AS "lone",
      CASE WHEN "t5"."role" IN (1, 3) THEN 1 WHEN "t5"."role" IN (2, 4) THEN 2 ELSE 0 END AS "side",
      "t5"."g_calls"
      AND "t5"."g_serves"
      AND (
        CASE WHEN "t5"."role" IN (1, 3) THEN 1 WHEN "t5"."role" IN (2, 4) THEN 2 ELSE 0 END = 1
      ) AS "counted"
    FROM (
      SELECT
        "t1"."n",
        "t1"."t",
        "t1"."id",
        "t1"."parent",
        "t1"."sig",
        "t1"."role",
        "t1"."svc",
        "t1"."file",
        "t1"."start",
        "t1"."duration",
        "t1"."failed",
        "t1"."weight",
        "t1"."links",
        "t4"."g_t",
        "t4"."g_id",
        "t4"."g_key",
        "t4"."g_calls",
        "t4"."g_serves"
      FROM "shared" AS "t1"
      INNER JOIN (
        SELECT
          "t2"."t" AS "g_t",
          "t2"."id" AS "g_id",
          "t2"."key" AS "g_key",
          "t2"."calls" AS "g_calls",
          "t2"."serves" AS "g_serves"
        FROM (
          SELECT
            "t0"."t",
            "t0"."id",
            MIN("t0"."n") AS "key",
            BOOL_OR(CAST("t0"."role" IN (1, 3) AS BOOLEAN)) AS "calls",
            BOOL_OR(CAST("t0"."role" IN (2, 4) AS BOOLEAN)) AS "serves"
          FROM "shared" AS "t0"
          GROUP BY
            1,
            2
        ) AS "t2"
      ) AS "t4"
        ON "t1"."t" = "t4"."g_t" AND "t1"."id" = "t4"."g_id"
    ) AS "t5"
  ) AS "t6"
) AS "t7"

-- halves
SELECT
  "t2"."n",
  "t2"."t",
  "t2"."id",
  "t2"."parent",
  "t2"."sig",
  "t2"."role",
  "t2"."svc",
  "t2"."file",
  "t2"."start",
  "t2"."duration",
  "t2"."failed",
  "t2"."weight",
  "t4"."r_key" AS "key",
  "t4"."r_half" AS "half"
FROM "shared" AS "t2"
INNER JOIN (
  SELECT
    "t1"."n" AS "r_n",
    "t1"."key" AS "r_key",
    "t1"."file" AS "r_file",
    "t1"."spare" AS "r_spare",
    "t1"."half" AS "r_half",
    "t1"."kept" AS "r_kept"
  FROM "repeats" AS "t1"
  WHERE
    "t1"."kept"
) AS "t4"
  ON "t2"."n" = "t4"."r_n"

-- plain
SELECT
  "t2"."n",
  "t2"."t",
  "t2"."id",
  "t2"."parent",
  "t2"."sig",
  "t2"."role",
  "t2"."svc",
  "t2"."file",
  "t2"."start",
  "t2"."duration",
  "t2"."failed",
  "t2"."weight",
  "t2"."n" AS "key"
FROM "rows" AS "t2"
ANTI JOIN "repeats" AS "t3"
  ON "t2"."n" = "t3"."n"

-- spans
SELECT
  *
FROM "plain" AS "t0"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t1"."n",
    "t1"."t",
    "t1"."id",
    "t1"."parent",
    "t1"."sig",
    "t1"."role",
    "t1"."svc",
    "t1"."file",
    "t1"."start",
    "t1"."duration",
    "t1"."failed",
    "t1"."weight",
    "t1"."key"
  FROM "halves" AS "t1"
) AS "t2"

-- presences
SELECT
  "t0"."svc",
  COUNT(DISTINCT "t0"."t") AS "traces",
  COALESCE(MIN(NULLIF("t0"."start", 0)), 0) AS "first",
  MAX("t0"."start") AS "last"
FROM "rows" AS "t0"
GROUP BY
  1

-- service_hashes
SELECT
  "t9"."svc",
  LISTAGG("t9"."hash", '') AS "hashes"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t7"."svc",
      "t7"."hash",
      ROW_NUMBER() OVER (
        PARTITION BY "t7"."svc"
        ORDER BY "t7"."hash" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "place"
    FROM (
      SELECT DISTINCT
        *
      FROM (
        SELECT
          "t3"."svc",
          "t5"."hash"
        FROM (
          SELECT DISTINCT
            "t0"."svc",
            "t0"."t"
          FROM "rows" AS "t0"
        ) AS "t3"
        INNER JOIN (
          SELECT
            "t1"."t" AS "w_t",
            SUBSTRING(
              MD5(ID_TEXT("t1"."trace")),
              CASE
                WHEN (
                  0 + 1
                ) >= 1
                THEN 0 + 1
                ELSE 0 + 1 + LENGTH(MD5(ID_TEXT("t1"."trace")))
              END,
              16
            ) AS "hash"
          FROM "traces" AS "t1"
        ) AS "t5"
          ON "t3"."t" = "t5"."w_t"
      ) AS "t6"
    ) AS "t7"
  ) AS "t8"
  WHERE
    "t8"."place" < 512
) AS "t9"
GROUP BY
  1

-- tree
SELECT
  *
FROM (
  SELECT
    "t11"."n",
    "t11"."t",
    "t11"."key",
    "t11"."sig",
    "t11"."role",
    "t11"."svc",
    "t11"."file",
    "t11"."start",
    "t11"."duration",
    "t11"."failed",
    "t11"."weight",
    "t11"."parent" IS NULL AS "parentless",
    "t13"."a_n" AS "above",
    "t13"."a_sig" AS "above_sig",
    "t13"."a_role" AS "above_role",
    "t13"."a_svc" AS "above_svc",
    "t13"."a_start" AS "above_start"
  FROM (
    SELECT
      *
    FROM "plain" AS "t0"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t1"."n",
        "t1"."t",
        "t1"."id",
        "t1"."parent",
        "t1"."sig",
        "t1"."role",
        "t1"."svc",
        "t1"."file",
        "t1"."start",
        "t1"."duration",
        "t1"."failed",
        "t1"."weight",
        "t1"."key"
      FROM "halves" AS "t1"
      WHERE
        "t1"."half" <> 2
    ) AS "t4"
  ) AS "t11"
  LEFT OUTER JOIN (
    SELECT
      "t10"."t" AS "a_t",
      "t10"."id" AS "a_id",
      "t10"."n" AS "a_n",
      "t10"."sig" AS "a_sig",
      "t10"."role" AS "a_role",
      "t10"."svc" AS "a_svc",
      "t10"."start" AS "a_start"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t0"."t",
          "t0"."id",
          "t0"."n",
          "t0"."sig",
          "t0"."role",
          "t0"."svc",
          "t0"."start"
        FROM "plain" AS "t0"
      ) AS "t2"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t1"."t",
          "t1"."id",
          "t1"."n",
          "t1"."sig",
          "t1"."role",
          "t1"."svc",
          "t1"."start"
        FROM "halves" AS "t1"
        WHERE
          "t1"."half" <> 1
      ) AS "t6"
    ) AS "t10"
  ) AS "t13"
    ON "t11"."t" = "t13"."a_t" AND "t11"."parent" = "t13"."a_id"
) AS "t15"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t7"."n",
    "t7"."t",
    "t7"."key",
    "t7"."sig",
    "t7"."role",
    "t7"."svc",
    "t7"."file",
    "t7"."start",
    "t7"."duration",
    "t7"."failed",
    "t7"."weight",
    "t7"."parent" IS NULL AS "parentless",
    "t9"."o_n" AS "above",
    "t9"."o_sig" AS "above_sig",
    "t9"."o_role" AS "above_role",
    "t9"."o_svc" AS "above_svc",
    "t9"."o_start" AS "above_start"
  FROM (
    SELECT
      *
    FROM "halves" AS "t1"
    WHERE
      "t1"."half" = 2
  ) AS "t7"
  INNER JOIN (
    SELECT
      "t1"."n" AS "o_n",
      "t1"."t" AS "o_t",
      "t1"."id" AS "o_id",
      "t1"."parent" AS "o_parent",
      "t1"."sig" AS "o_sig",
      "t1"."role" AS "o_role",
      "t1"."svc" AS "o_svc",
      "t1"."file" AS "o_file",
      "t1"."start" AS "o_start",
      "t1"."duration" AS "o_duration",
      "t1"."failed" AS "o_failed",
      "t1"."weight" AS "o_weight",
      "t1"."key" AS "o_key",
      "t1"."half" AS "o_half"
    FROM "halves" AS "t1"
    WHERE
      "t1"."half" = 1
  ) AS "t9"
    ON "t7"."key" = "t9"."o_key"
) AS "t14"

-- lower
SELECT
  "t2"."n",
  "t9"."p_o_n" AS "above",
  "t9"."p_o_sig" AS "above_sig",
  "t9"."p_o_role" AS "above_role",
  "t9"."p_o_svc" AS "above_svc",
  "t9"."p_o_start" AS "above_start"
FROM "tree" AS "t2"
INNER JOIN (
  SELECT
    "t7"."n" AS "p_n",
    "t7"."o_n" AS "p_o_n",
    "t7"."o_sig" AS "p_o_sig",
    "t7"."o_role" AS "p_o_role",
    "t7"."o_svc" AS "p_o_svc",
    "t7"."o_start" AS "p_o_start"
  FROM (
    SELECT
      "t5"."n",
      "t5"."t",
      "t5"."id",
      "t5"."parent",
      "t5"."sig",
      "t5"."role",
      "t5"."svc",
      "t5"."file",
      "t5"."start",
      "t5"."duration",
      "t5"."failed",
      "t5"."weight",
      "t5"."key",
      "t5"."half",
      "t6"."o_n",
      "t6"."o_t",
      "t6"."o_id",
      "t6"."o_parent",
      "t6"."o_sig",
      "t6"."o_role",
      "t6"."o_svc",
      "t6"."o_file",
      "t6"."o_start",
      "t6"."o_duration",
      "t6"."o_failed",
      "t6"."o_weight",
      "t6"."o_key",
      "t6"."o_half"
    FROM (
      SELECT
        *
      FROM "halves" AS "t1"
      WHERE
        "t1"."half" = 2
    ) AS "t5"
    INNER JOIN (
      SELECT
        "t1"."n" AS "o_n",
        "t1"."t" AS "o_t",
        "t1"."id" AS "o_id",
        "t1"."parent" AS "o_parent",
        "t1"."sig" AS "o_sig",
        "t1"."role" AS "o_role",
        "t1"."svc" AS "o_svc",
        "t1"."file" AS "o_file",
        "t1"."start" AS "o_start",
        "t1"."duration" AS "o_duration",
        "t1"."failed" AS "o_failed",
        "t1"."weight" AS "o_weight",
        "t1"."key" AS "o_key",
        "t1"."half" AS "o_half"
      FROM "halves" AS "t1"
      WHERE
        "t1"."half" = 1
    ) AS "t6"
      ON "t5"."key" = "t6"."o_key"
  ) AS "t7"
  WHERE
    "t7"."svc" <> "t7"."o_svc"
) AS "t9"
  ON "t2"."above" = "t9"."p_n" AND "t2"."svc" = "t9"."p_o_svc"

-- lowered
SELECT
  "t2"."n",
  "t2"."t",
  "t2"."key",
  "t2"."sig",
  "t2"."role",
  "t2"."svc",
  "t2"."file",
  "t2"."start",
  "t2"."duration",
  "t2"."failed",
  "t2"."weight",
  "t2"."parentless",
  CASE WHEN "t4"."l_n" IS NULL THEN "t2"."above" ELSE "t4"."l_above" END AS "above",
  CASE WHEN "t4"."l_n" IS NULL THEN "t2"."above_sig" ELSE "t4"."l_above_sig" END AS "above_sig",
  CASE WHEN "t4"."l_n" IS NULL THEN "t2"."above_role" ELSE "t4"."l_above_role" END AS "above_role",
  CASE WHEN "t4"."l_n" IS NULL THEN "t2"."above_svc" ELSE "t4"."l_above_svc" END AS "above_svc",
  CASE WHEN "t4"."l_n" IS NULL THEN "t2"."above_start" ELSE "t4"."l_above_start" END AS "above_start"
FROM "tree" AS "t2"
LEFT OUTER JOIN (
  SELECT
    "t1"."n" AS "l_n",
    "t1"."above" AS "l_above",
    "t1"."above_sig" AS "l_above_sig",
    "t1"."above_role" AS "l_above_role",
    "t1"."above_svc" AS "l_above_svc",
    "t1"."above_start" AS "l_above_start"
  FROM "lower" AS "t1"
) AS "t4"
  ON "t2"."n" = "t4"."l_n"

-- turning
SELECT
  *
FROM (
  SELECT
    "t4"."n",
    "t4"."above" AS "at"
  FROM (
    SELECT
      *
    FROM "tree" AS "t0"
    WHERE
      "t0"."above" IS NOT NULL
  ) AS "t4"
  SEMI JOIN (
    SELECT DISTINCT
      "t0"."t"
    FROM "tree" AS "t0"
    WHERE
      "t0"."start" < "t0"."above_start"
  ) AS "t6"
    ON "t4"."t" = "t6"."t"
) AS "t7"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t5"."n",
    "t5"."above" AS "at"
  FROM (
    SELECT
      *
    FROM "tree" AS "t0"
    WHERE
      "t0"."start" = "t0"."above_start"
  ) AS "t5"
  ANTI JOIN (
    SELECT DISTINCT
      "t0"."t"
    FROM "tree" AS "t0"
    WHERE
      "t0"."start" < "t0"."above_start"
  ) AS "t6"
    ON "t5"."t" = "t6"."t"
) AS "t8"

-- turning_on
SELECT
  "t1"."n",
  "t3"."up_at" AS "at"
FROM "turning" AS "t1"
INNER JOIN (
  SELECT
    "t0"."n" AS "up_n",
    "t0"."at" AS "up_at"
  FROM "turning" AS "t0"
) AS "t3"
  ON "t1"."at" = "t3"."up_n"

-- cut
SELECT DISTINCT
  "t0"."at" AS "n"
FROM "turning" AS "t0"

-- felled
SELECT
  "t2"."n",
  "t2"."t",
  "t2"."key",
  "t2"."sig",
  "t2"."role",
  "t2"."svc",
  "t2"."file",
  "t2"."start",
  "t2"."duration",
  "t2"."failed",
  "t2"."weight",
  "t2"."parentless",
  CASE WHEN "t4"."c_n" IS NULL THEN "t2"."above" ELSE NULL END AS "above",
  CASE WHEN "t4"."c_n" IS NULL THEN "t2"."above_sig" ELSE NULL END AS "above_sig",
  CASE WHEN "t4"."c_n" IS NULL THEN "t2"."above_role" ELSE NULL END AS "above_role",
  CASE WHEN "t4"."c_n" IS NULL THEN "t2"."above_svc" ELSE NULL END AS "above_svc",
  CASE WHEN "t4"."c_n" IS NULL THEN "t2"."above_start" ELSE NULL END AS "above_start"
FROM "tree" AS "t2"
LEFT OUTER JOIN (
  SELECT
    "t1"."n" AS "c_n"
  FROM "cut" AS "t1"
) AS "t4"
  ON "t2"."n" = "t4"."c_n"

-- bases
SELECT
  "t0"."n",
  "t0"."above" AS "at",
  "t0"."above_role" AS "at_role",
  "t0"."above_role" = 0 AS "going"
FROM "tree" AS "t0"
WHERE
  "t0"."role" = 0 AND "t0"."svc" = "t0"."above_svc"

-- bases_on
SELECT
  "t1"."n",
  COALESCE("t3"."up_at", "t1"."at") AS "at",
  COALESCE("t3"."up_at_role", "t1"."at_role") AS "at_role",
  COALESCE("t3"."up_going", FALSE) AS "going"
FROM "bases" AS "t1"
LEFT OUTER JOIN (
  SELECT
    "t0"."n" AS "up_n",
    "t0"."at" AS "up_at",
    "t0"."at_role" AS "up_at_role",
    "t0"."going" AS "up_going"
  FROM "bases" AS "t0"
) AS "t3"
  ON "t1"."at" = "t3"."up_n"

-- bases_going
SELECT
  COUNT(*) AS "left"
FROM (
  SELECT
    *
  FROM "bases" AS "t0"
  WHERE
    "t0"."going"
) AS "t1"

-- inside
SELECT
  "t6"."n",
  "t6"."role",
  COALESCE("t6"."b_at", "t6"."above") AS "outer",
  COALESCE("t6"."b_at_role", "t6"."above_role") AS "outer_role"
FROM (
  SELECT
    "t5"."n",
    "t5"."t",
    "t5"."key",
    "t5"."sig",
    "t5"."role",
    "t5"."svc",
    "t5"."file",
    "t5"."start",
    "t5"."duration",
    "t5"."failed",
    "t5"."weight",
    "t5"."parentless",
    "t5"."above",
    "t5"."above_sig",
    "t5"."above_role",
    "t5"."above_svc",
    "t5"."above_start",
    "t4"."b_n",
    "t4"."b_at",
    "t4"."b_at_role",
    "t4"."b_going"
  FROM (
    SELECT
      *
    FROM "tree" AS "t0"
    WHERE
      "t0"."svc" = "t0"."above_svc" AND "t0"."role" IN (1, 2, 4)
  ) AS "t5"
  LEFT OUTER JOIN (
    SELECT
      "t1"."n" AS "b_n",
      "t1"."at" AS "b_at",
      "t1"."at_role" AS "b_at_role",
      "t1"."going" AS "b_going"
    FROM "bases" AS "t1"
  ) AS "t4"
    ON "t5"."above" = "t4"."b_n"
) AS "t6"
WHERE
  "t6"."role" IN (2, 4) OR (
    COALESCE("t6"."b_at_role", "t6"."above_role") = 1
  )

-- forest_flaws
SELECT
  "t17"."file",
  "t17"."flaw",
  "t17"."spans"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t11"."file",
      "t11"."spans",
      2 AS "flaw"
    FROM (
      SELECT
        "t9"."file",
        COUNT(*) AS "spans"
      FROM (
        SELECT
          "t3"."n",
          "t3"."t",
          "t3"."key",
          "t3"."sig",
          "t3"."role",
          "t3"."svc",
          "t3"."file",
          "t3"."start",
          "t3"."duration",
          "t3"."failed",
          "t3"."weight",
          "t3"."parentless",
          "t3"."above",
          "t3"."above_sig",
          "t3"."above_role",
          "t3"."above_svc",
          "t3"."above_start"
        FROM "tree" AS "t3"
        SEMI JOIN "cut" AS "t4"
          ON "t3"."n" = "t4"."n"
      ) AS "t9"
      GROUP BY
        1
    ) AS "t11"
  ) AS "t13"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t8"."file",
        "t8"."spans",
        0 AS "flaw"
      FROM (
        SELECT
          "t5"."file",
          COUNT(*) AS "spans"
        FROM (
          SELECT
            *
          FROM "repeats" AS "t1"
          WHERE
            "t1"."spare"
        ) AS "t5"
        GROUP BY
          1
      ) AS "t8"
    ) AS "t10"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t14"."file",
        "t14"."spans",
        1 AS "flaw"
      FROM (
        SELECT
          "t12"."file",
          COUNT(*) AS "spans"
        FROM (
          SELECT
            "t7"."n",
            "t7"."t",
            "t7"."key",
            "t7"."sig",
            "t7"."role",
            "t7"."svc",
            "t7"."file",
            "t7"."start",
            "t7"."duration",
            "t7"."failed",
            "t7"."weight",
            "t7"."parentless",
            "t7"."above",
            "t7"."above_sig",
            "t7"."above_role",
            "t7"."above_svc",
            "t7"."above_start"
          FROM (
            SELECT
              *
            FROM "tree" AS "t0"
            WHERE
              "t0"."above" IS NULL AND NOT (
                "t0"."parentless"
              )
          ) AS "t7"
          ANTI JOIN "cut" AS "t4"
            ON "t7"."n" = "t4"."n"
        ) AS "t12"
        GROUP BY
          1
      ) AS "t14"
    ) AS "t15"
  ) AS "t16"
) AS "t17"

-- joins
SELECT
  "t18"."t",
  "t18"."file",
  "t18"."c_n" IS NULL AS "lone",
  COALESCE("t18"."c_sig", "t18"."above_sig") AS "near",
  "t18"."sig" AS "far",
  CASE
    WHEN (
      "t18"."c_n" IS NULL
    ) OR (
      "t18"."role" <> 2
    )
    THEN 4
    WHEN "t18"."c_key" = "t18"."key"
    THEN 1
    ELSE 0
  END AS "rule",
  "t18"."above" AS "parent",
  "t18"."c_n" AS "client",
  COALESCE("t18"."c_n", "t18"."above") AS "caller",
  "t18"."n" AS "callee",
  (
    "t18"."role" = 4
  ) OR COALESCE("t18"."c_role" = 3, FALSE) AS "message",
  (
    "t18"."start" <> 0
  )
  AND (
    (
      "t18"."start" + 1000
    ) < COALESCE("t18"."c_start", "t18"."above_start")
  ) AS "skewed",
  COALESCE("t18"."c_start", "t18"."start") AS "start",
  COALESCE("t18"."c_duration", "t18"."duration") AS "duration",
  "t18"."failed" OR COALESCE("t18"."c_failed", FALSE) AS "failed",
  GREATEST("t18"."weight", COALESCE("t18"."c_weight", "t18"."weight")) AS "weight"
FROM (
  SELECT
    "t17"."t",
    "t17"."above",
    "t17"."above_sig",
    "t17"."above_start",
    "t17"."outer",
    CASE WHEN "t16"."e_n" IS NOT NULL THEN "t16"."e_n" ELSE "t17"."n" END AS "n",
    CASE WHEN "t16"."e_n" IS NOT NULL THEN "t16"."e_key" ELSE "t17"."key" END AS "key",
    CASE WHEN "t16"."e_n" IS NOT NULL THEN "t16"."e_sig" ELSE "t17"."sig" END AS "sig",
    CASE WHEN "t16"."e_n" IS NOT NULL THEN "t16"."e_role" ELSE "t17"."role" END AS "role",
    CASE WHEN "t16"."e_n" IS NOT NULL THEN "t16"."e_file" ELSE "t17"."file" END AS "file",
    CASE WHEN "t16"."e_n" IS NOT NULL THEN "t16"."e_start" ELSE "t17"."start" END AS "start",
    CASE WHEN "t16"."e_n" IS NOT NULL THEN "t16"."e_duration" ELSE "t17"."duration" END AS "duration",
    CASE WHEN "t16"."e_n" IS NOT NULL THEN "t16"."e_failed" ELSE "t17"."failed" END AS "failed",
    CASE WHEN "t16"."e_n" IS NOT NULL THEN "t16"."e_weight" ELSE "t17"."weight" END AS "weight",
    "t9"."c_n",
    "t9"."c_t",
    "t9"."c_key",
    "t9"."c_sig",
    "t9"."c_role",
    "t9"."c_svc",
    "t9"."c_file",
    "t9"."c_start",
    "t9"."c_duration",
    "t9"."c_failed",
    "t9"."c_weight",
    "t9"."c_parentless",
    "t9"."c_above",
    "t9"."c_above_sig",
    "t9"."c_above_role",
    "t9"."c_above_svc",
    "t9"."c_above_start"
  FROM (
    SELECT
      "t12"."n",
      "t12"."t",
      "t12"."key",
      "t12"."sig",
      "t12"."role",
      "t12"."svc",
      "t12"."file",
      "t12"."start",
      "t12"."duration",
      "t12"."failed",
      "t12"."weight",
      "t12"."parentless",
      "t12"."above",
      "t12"."above_sig",
      "t12"."above_role",
      "t12"."above_svc",
      "t12"."above_start",
      "t12"."b_n",
      "t12"."b_at",
      "t12"."b_at_role",
      "t12"."b_going",
      COALESCE("t12"."b_at", "t12"."above") AS "outer",
      COALESCE("t12"."b_at_role", "t12"."above_role") AS "outer_role"
    FROM (
      SELECT
        "t10"."n",
        "t10"."t",
        "t10"."key",
        "t10"."sig",
        "t10"."role",
        "t10"."svc",
        "t10"."file",
        "t10"."start",
        "t10"."duration",
        "t10"."failed",
        "t10"."weight",
        "t10"."parentless",
        "t10"."above",
        "t10"."above_sig",
        "t10"."above_role",
        "t10"."above_svc",
        "t10"."above_start",
        "t7"."b_n",
        "t7"."b_at",
        "t7"."b_at_role",
        "t7"."b_going"
      FROM (
        SELECT
          *
        FROM "tree" AS "t0"
        WHERE
          "t0"."svc" <> "t0"."above_svc" AND "t0"."svc" <> 0 AND "t0"."above_svc" <> 0
      ) AS "t10"
      LEFT OUTER JOIN (
        SELECT
          "t1"."n" AS "b_n",
          "t1"."at" AS "b_at",
          "t1"."at_role" AS "b_at_role",
          "t1"."going" AS "b_going"
        FROM "bases" AS "t1"
      ) AS "t7"
        ON "t10"."above" = "t7"."b_n"
    ) AS "t12"
  ) AS "t17"
  LEFT OUTER JOIN (
    SELECT
      "t13"."n" AS "e_n",
      "t13"."t" AS "e_t",
      "t13"."key" AS "e_key",
      "t13"."sig" AS "e_sig",
      "t13"."role" AS "e_role",
      "t13"."svc" AS "e_svc",
      "t13"."file" AS "e_file",
      "t13"."start" AS "e_start",
      "t13"."duration" AS "e_duration",
      "t13"."failed" AS "e_failed",
      "t13"."weight" AS "e_weight",
      "t13"."parentless" AS "e_parentless",
      "t13"."above" AS "e_above",
      "t13"."above_sig" AS "e_above_sig",
      "t13"."above_role" AS "e_above_role",
      "t13"."above_svc" AS "e_above_svc",
      "t13"."above_start" AS "e_above_start",
      "t13"."i_n" AS "e_i_n",
      "t13"."i_role" AS "e_i_role",
      "t13"."i_outer" AS "e_outer",
      "t13"."i_outer_role" AS "e_i_outer_role"
    FROM (
      SELECT
        "t3"."n",
        "t3"."t",
        "t3"."key",
        "t3"."sig",
        "t3"."role",
        "t3"."svc",
        "t3"."file",
        "t3"."start",
        "t3"."duration",
        "t3"."failed",
        "t3"."weight",
        "t3"."parentless",
        "t3"."above",
        "t3"."above_sig",
        "t3"."above_role",
        "t3"."above_svc",
        "t3"."above_start",
        "t11"."i_n",
        "t11"."i_role",
        "t11"."i_outer",
        "t11"."i_outer_role"
      FROM "tree" AS "t3"
      INNER JOIN (
        SELECT
          "t2"."n" AS "i_n",
          "t2"."role" AS "i_role",
          "t2"."outer" AS "i_outer",
          "t2"."outer_role" AS "i_outer_role"
        FROM "inside" AS "t2"
        WHERE
          "t2"."role" IN (2, 4) AND "t2"."outer_role" = 0
      ) AS "t11"
        ON "t3"."n" = "t11"."i_n"
    ) AS "t13"
  ) AS "t16"
    ON "t17"."n" = "t16"."e_outer"
  LEFT OUTER JOIN (
    SELECT
      "t0"."n" AS "c_n",
      "t0"."t" AS "c_t",
      "t0"."key" AS "c_key",
      "t0"."sig" AS "c_sig",
      "t0"."role" AS "c_role",
      "t0"."svc" AS "c_svc",
      "t0"."file" AS "c_file",
      "t0"."start" AS "c_start",
      "t0"."duration" AS "c_duration",
      "t0"."failed" AS "c_failed",
      "t0"."weight" AS "c_weight",
      "t0"."parentless" AS "c_parentless",
      "t0"."above" AS "c_above",
      "t0"."above_sig" AS "c_above_sig",
      "t0"."above_role" AS "c_above_role",
      "t0"."above_svc" AS "c_above_svc",
      "t0"."above_start" AS "c_above_start"
    FROM "tree" AS "t0"
    WHERE
      "t0"."role" IN (1, 3)
  ) AS "t9"
    ON "t17"."outer" = "t9"."c_n"
) AS "t18"

-- joined
SELECT DISTINCT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t0"."client" AS "n"
    FROM "joins" AS "t0"
    WHERE
      "t0"."client" IS NOT NULL
  ) AS "t2"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t1"."outer" AS "n"
    FROM "inside" AS "t1"
    WHERE
      "t1"."role" IN (2, 4) AND "t1"."outer_role" IN (1, 3)
  ) AS "t3"
) AS "t4"

-- nested
SELECT
  "t8"."n",
  "t8"."outer" AS "at",
  "t7"."s_resource" <> 0 AS "stored"
FROM (
  SELECT
    *
  FROM "inside" AS "t0"
  WHERE
    "t0"."role" = 1
) AS "t8"
INNER JOIN (
  SELECT
    "t1"."n" AS "o_n",
    "t1"."t" AS "o_t",
    "t1"."key" AS "o_key",
    "t1"."sig" AS "o_sig",
    "t1"."role" AS "o_role",
    "t1"."svc" AS "o_svc",
    "t1"."file" AS "o_file",
    "t1"."start" AS "o_start",
    "t1"."duration" AS "o_duration",
    "t1"."failed" AS "o_failed",
    "t1"."weight" AS "o_weight",
    "t1"."parentless" AS "o_parentless",
    "t1"."above" AS "o_above",
    "t1"."above_sig" AS "o_above_sig",
    "t1"."above_role" AS "o_above_role",
    "t1"."above_svc" AS "o_above_svc",
    "t1"."above_start" AS "o_above_start"
  FROM "tree" AS "t1"
) AS "t6"
  ON "t8"."outer" = "t6"."o_n"
INNER JOIN (
  SELECT
    "t2"."service" AS "s_service",
    "t2"."role" AS "s_role",
    "t2"."protocol" AS "s_protocol",
    "t2"."method" AS "s_method",
    "t2"."path" AS "s_path",
    "t2"."rank" AS "s_rank",
    "t2"."peer" AS "s_peer",
    "t2"."peer_key" AS "s_peer_key",
    "t2"."resource" AS "s_resource",
    "t2"."technology" AS "s_technology",
    "t2"."channel" AS "s_channel",
    "t2"."channel_is_template" AS "s_channel_is_template",
    "t2"."step" AS "s_step",
    "t2"."criticality" AS "s_criticality",
    "t2"."sig" AS "s_sig",
    "t2"."svc" AS "s_svc",
    "t2"."journey" AS "s_journey",
    "t2"."begins" AS "s_begins",
    "t2"."used" AS "s_used",
    "t2"."told" AS "s_told"
  FROM "signatures" AS "t2"
) AS "t7"
  ON "t6"."o_sig" = "t7"."s_sig"

-- chain
SELECT
  "t0"."n",
  "t0"."at"
FROM "nested" AS "t0"

-- nested_on
SELECT
  "t1"."n",
  "t3"."up_at" AS "at",
  "t1"."stored" OR COALESCE("t3"."up_stored", FALSE) AS "stored"
FROM "nested" AS "t1"
LEFT OUTER JOIN (
  SELECT
    "t0"."n" AS "up_n",
    "t0"."at" AS "up_at",
    "t0"."stored" AS "up_stored"
  FROM "nested" AS "t0"
) AS "t3"
  ON "t1"."at" = "t3"."up_n"

-- nested_going
SELECT
  COUNT(*) AS "left"
FROM (
  SELECT
    *
  FROM "nested" AS "t0"
  WHERE
    "t0"."at" IS NOT NULL
) AS "t1"

-- clients
SELECT
  "t10"."n",
  "t10"."sig",
  "t10"."svc",
  "t10"."t",
  "t10"."start",
  "t10"."duration",
  "t10"."failed",
  "t10"."file",
  "t10"."weight",
  "t9"."s_peer" <> '' AS "peer",
  "t9"."s_used" AS "used"
FROM (
  SELECT
    *
  FROM "tree" AS "t0"
  WHERE
    "t0"."role" = 1
) AS "t10"
ANTI JOIN "joined" AS "t4"
  ON "t10"."n" = "t4"."n"
ANTI JOIN (
  SELECT
    *
  FROM "nested" AS "t2"
  WHERE
    "t2"."stored"
) AS "t8"
  ON "t10"."n" = "t8"."n"
INNER JOIN (
  SELECT
    "t3"."service" AS "s_service",
    "t3"."role" AS "s_role",
    "t3"."protocol" AS "s_protocol",
    "t3"."method" AS "s_method",
    "t3"."path" AS "s_path",
    "t3"."rank" AS "s_rank",
    "t3"."peer" AS "s_peer",
    "t3"."peer_key" AS "s_peer_key",
    "t3"."resource" AS "s_resource",
    "t3"."technology" AS "s_technology",
    "t3"."channel" AS "s_channel",
    "t3"."channel_is_template" AS "s_channel_is_template",
    "t3"."step" AS "s_step",
    "t3"."criticality" AS "s_criticality",
    "t3"."sig" AS "s_sig",
    "t3"."svc" AS "s_svc",
    "t3"."journey" AS "s_journey",
    "t3"."begins" AS "s_begins",
    "t3"."used" AS "s_used",
    "t3"."told" AS "s_told"
  FROM "signatures" AS "t3"
) AS "t9"
  ON "t10"."sig" = "t9"."s_sig"

-- spoken
SELECT DISTINCT
  *
FROM (
  SELECT
    "t3"."at" AS "n"
  FROM "chain" AS "t3"
  SEMI JOIN (
    SELECT
      *
    FROM (
      SELECT
        "t2"."n"
      FROM "clients" AS "t2"
      WHERE
        "t2"."peer" AND "t2"."svc" <> 0
    ) AS "t4"
    UNION ALL
    SELECT
      *
    FROM "joined" AS "t1"
  ) AS "t6"
    ON "t3"."n" = "t6"."n"
) AS "t7"

-- spoken_on
SELECT DISTINCT
  *
FROM (
  SELECT
    *
  FROM "spoken" AS "t0"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t4"."c_at" AS "n"
    FROM "spoken" AS "t2"
    INNER JOIN (
      SELECT
        "t1"."n" AS "c_n",
        "t1"."at" AS "c_at"
      FROM "chain" AS "t1"
    ) AS "t4"
      ON "t2"."n" = "t4"."c_n"
  ) AS "t5"
) AS "t6"

-- chain_on
SELECT
  "t1"."n",
  "t3"."up_at" AS "at"
FROM "chain" AS "t1"
INNER JOIN (
  SELECT
    "t0"."n" AS "up_n",
    "t0"."at" AS "up_at"
  FROM "chain" AS "t0"
) AS "t3"
  ON "t1"."at" = "t3"."up_n"

-- call_flaws
SELECT
  "t17"."file",
  "t17"."flaw",
  "t17"."spans"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t15"."file",
      "t15"."spans",
      5 AS "flaw"
    FROM (
      SELECT
        "t14"."file",
        COUNT(*) AS "spans"
      FROM (
        SELECT
          "t9"."n",
          "t9"."sig",
          "t9"."svc",
          "t9"."t",
          "t9"."start",
          "t9"."duration",
          "t9"."failed",
          "t9"."file",
          "t9"."weight",
          "t9"."peer",
          "t9"."used"
        FROM (
          SELECT
            *
          FROM "clients" AS "t2"
          WHERE
            NOT (
              "t2"."peer"
            )
        ) AS "t9"
        ANTI JOIN "spoken" AS "t4"
          ON "t9"."n" = "t4"."n"
      ) AS "t14"
      GROUP BY
        1
    ) AS "t15"
  ) AS "t16"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t8"."file",
        "t8"."spans",
        3 AS "flaw"
      FROM (
        SELECT
          "t5"."file",
          COUNT(*) AS "spans"
        FROM (
          SELECT
            *
          FROM "joins" AS "t0"
          WHERE
            "t0"."skewed"
        ) AS "t5"
        GROUP BY
          1
      ) AS "t8"
    ) AS "t11"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t10"."file",
        "t10"."spans",
        4 AS "flaw"
      FROM (
        SELECT
          "t6"."file",
          COUNT(*) AS "spans"
        FROM (
          SELECT
            *
          FROM "tree" AS "t1"
          WHERE
            "t1"."svc" = 0
        ) AS "t6"
        GROUP BY
          1
      ) AS "t10"
    ) AS "t12"
  ) AS "t13"
) AS "t17"

-- targets
SELECT
  "t6"."trace",
  "t6"."id",
  "t8"."s_n" AS "n",
  "t8"."s_role" AS "role"
FROM (
  SELECT DISTINCT
    "t0"."trace",
    "t0"."id"
  FROM "links" AS "t0"
) AS "t6"
INNER JOIN (
  SELECT
    "t1"."trace" AS "w_trace",
    "t1"."t" AS "w_t"
  FROM "traces" AS "t1"
) AS "t7"
  ON "t6"."trace" = "t7"."w_trace"
INNER JOIN (
  SELECT
    "t2"."n" AS "s_n",
    "t2"."t" AS "s_t",
    "t2"."id" AS "s_id",
    "t2"."parent" AS "s_parent",
    "t2"."sig" AS "s_sig",
    "t2"."role" AS "s_role",
    "t2"."svc" AS "s_svc",
    "t2"."file" AS "s_file",
    "t2"."start" AS "s_start",
    "t2"."duration" AS "s_duration",
    "t2"."failed" AS "s_failed",
    "t2"."weight" AS "s_weight",
    "t2"."key" AS "s_key"
  FROM "spans" AS "t2"
) AS "t8"
  ON "t7"."w_t" = "t8"."s_t" AND "t6"."id" = "t8"."s_id"

-- linked
SELECT
  *
FROM (
  SELECT
    "t2"."trace",
    "t2"."id",
    CASE
      WHEN "t2"."role" IN (1, 3)
      THEN "t2"."n"
      WHEN "t4"."b_at_role" IN (1, 3)
      THEN "t4"."b_at"
      ELSE NULL
    END AS "n"
  FROM "targets" AS "t2"
  LEFT OUTER JOIN (
    SELECT
      "t1"."n" AS "b_n",
      "t1"."at" AS "b_at",
      "t1"."at_role" AS "b_at_role",
      "t1"."going" AS "b_going"
    FROM "bases" AS "t1"
  ) AS "t4"
    ON "t2"."n" = "t4"."b_n"
) AS "t5"
WHERE
  "t5"."n" IS NOT NULL

-- receipts
SELECT
  "t4"."n",
  "t4"."sig",
  "t4"."svc",
  "t4"."t",
  "t4"."start",
  "t4"."duration",
  "t4"."failed",
  "t4"."file",
  "t4"."weight",
  "t5"."i_outer" AS "around"
FROM (
  SELECT
    *
  FROM "tree" AS "t0"
  WHERE
    "t0"."role" = 4
) AS "t4"
LEFT OUTER JOIN (
  SELECT
    "t1"."n" AS "i_n",
    "t1"."role" AS "i_role",
    "t1"."outer" AS "i_outer",
    "t1"."outer_role" AS "i_outer_role"
  FROM "inside" AS "t1"
  WHERE
    "t1"."role" = 4 AND "t1"."outer_role" = 4
) AS "t5"
  ON "t4"."n" = "t5"."i_n"

-- receptions
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t0"."caller" AS "sender",
      "t0"."callee" AS "receiver",
      2 AS "rule"
    FROM "joins" AS "t0"
    WHERE
      "t0"."message"
  ) AS "t6"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t1"."outer" AS "sender",
      "t1"."n" AS "receiver",
      2 AS "rule"
    FROM "inside" AS "t1"
    WHERE
      "t1"."role" = 4 AND "t1"."outer_role" IN (1, 3)
  ) AS "t9"
) AS "t14"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t12"."s_n" AS "sender",
    "t15"."n" AS "receiver",
    3 AS "rule"
  FROM (
    SELECT
      *
    FROM "receipts" AS "t2"
    WHERE
      "t2"."svc" <> 0
  ) AS "t15"
  INNER JOIN (
    SELECT
      "t3"."n" AS "l_n",
      "t3"."trace" AS "l_trace",
      "t3"."id" AS "l_id"
    FROM "links" AS "t3"
  ) AS "t11"
    ON "t15"."n" = "t11"."l_n"
  INNER JOIN (
    SELECT
      "t4"."trace" AS "s_trace",
      "t4"."id" AS "s_id",
      "t4"."n" AS "s_n"
    FROM "linked" AS "t4"
  ) AS "t12"
    ON "t11"."l_trace" = "t12"."s_trace" AND "t11"."l_id" = "t12"."s_id"
  INNER JOIN (
    SELECT
      "t5"."n" AS "p_n",
      "t5"."t" AS "p_t",
      "t5"."key" AS "p_key",
      "t5"."sig" AS "p_sig",
      "t5"."role" AS "p_role",
      "t5"."svc" AS "p_svc",
      "t5"."file" AS "p_file",
      "t5"."start" AS "p_start",
      "t5"."duration" AS "p_duration",
      "t5"."failed" AS "p_failed",
      "t5"."weight" AS "p_weight",
      "t5"."parentless" AS "p_parentless",
      "t5"."above" AS "p_above",
      "t5"."above_sig" AS "p_above_sig",
      "t5"."above_role" AS "p_above_role",
      "t5"."above_svc" AS "p_above_svc",
      "t5"."above_start" AS "p_above_start"
    FROM "tree" AS "t5"
    WHERE
      "t5"."svc" <> 0
  ) AS "t16"
    ON "t12"."s_n" = "t16"."p_n"
) AS "t17"

-- exchanges
SELECT
  "t2"."sender",
  "t2"."receiver",
  "t2"."rule",
  "t5"."s_key" AS "message",
  "t6"."r_svc" AS "svc",
  "t5"."s_sig" AS "near",
  "t6"."r_sig" AS "far",
  "t6"."r_t" AS "t",
  "t6"."r_start" AS "start",
  "t6"."r_duration" AS "duration",
  "t5"."s_failed" OR "t6"."r_failed" AS "failed",
  "t6"."r_file" AS "file",
  GREATEST("t5"."s_weight", "t6"."r_weight") AS "weight",
  "t5"."s_t" AS "sender_t",
  "t5"."s_start" AS "sent",
  "t5"."s_svc" <> "t6"."r_svc" AS "apart"
FROM "receptions" AS "t2"
INNER JOIN (
  SELECT
    "t1"."n" AS "s_n",
    "t1"."t" AS "s_t",
    "t1"."key" AS "s_key",
    "t1"."sig" AS "s_sig",
    "t1"."role" AS "s_role",
    "t1"."svc" AS "s_svc",
    "t1"."file" AS "s_file",
    "t1"."start" AS "s_start",
    "t1"."duration" AS "s_duration",
    "t1"."failed" AS "s_failed",
    "t1"."weight" AS "s_weight",
    "t1"."parentless" AS "s_parentless",
    "t1"."above" AS "s_above",
    "t1"."above_sig" AS "s_above_sig",
    "t1"."above_role" AS "s_above_role",
    "t1"."above_svc" AS "s_above_svc",
    "t1"."above_start" AS "s_above_start"
  FROM "tree" AS "t1"
) AS "t5"
  ON "t2"."sender" = "t5"."s_n"
INNER JOIN (
  SELECT
    "t1"."n" AS "r_n",
    "t1"."t" AS "r_t",
    "t1"."key" AS "r_key",
    "t1"."sig" AS "r_sig",
    "t1"."role" AS "r_role",
    "t1"."svc" AS "r_svc",
    "t1"."file" AS "r_file",
    "t1"."start" AS "r_start",
    "t1"."duration" AS "r_duration",
    "t1"."failed" AS "r_failed",
    "t1"."weight" AS "r_weight",
    "t1"."parentless" AS "r_parentless",
    "t1"."above" AS "r_above",
    "t1"."above_sig" AS "r_above_sig",
    "t1"."above_role" AS "r_above_role",
    "t1"."above_svc" AS "r_above_svc",
    "t1"."above_start" AS "r_above_start"
  FROM "tree" AS "t1"
) AS "t6"
  ON "t2"."receiver" = "t6"."r_n"

-- contested
SELECT
  "t1"."message",
  "t1"."svc"
FROM (
  SELECT
    "t0"."message",
    "t0"."svc",
    COUNT(*) AS "rows"
  FROM "exchanges" AS "t0"
  GROUP BY
    1,
    2
) AS "t1"
WHERE
  "t1"."rows" > 1

-- plural
SELECT
  "t2"."t"
FROM (
  SELECT
    "t1"."t",
    COUNT(*) AS "rows"
  FROM (
    SELECT
      *
    FROM "tree" AS "t0"
    WHERE
      "t0"."above" IS NULL
  ) AS "t1"
  GROUP BY
    1
) AS "t2"
WHERE
  "t2"."rows" > 1

-- ids
SELECT
  "t5"."n",
  ID_TEXT("t5"."id") AS "id"
FROM "rows" AS "t5"
SEMI JOIN (
  SELECT
    *
  FROM (
    SELECT
      "t6"."receiver" AS "n"
    FROM "exchanges" AS "t6"
    SEMI JOIN "contested" AS "t7"
      ON "t6"."message" = "t7"."message" AND "t6"."svc" = "t7"."svc"
  ) AS "t11"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t10"."n"
    FROM (
      SELECT
        *
      FROM "tree" AS "t3"
      WHERE
        "t3"."above" IS NULL
    ) AS "t10"
    SEMI JOIN "plural" AS "t8"
      ON "t10"."t" = "t8"."t"
  ) AS "t12"
) AS "t14"
  ON "t5"."n" = "t14"."n"

-- messages
SELECT
  "t17"."sender",
  "t17"."rule",
  "t17"."near",
  "t17"."far",
  "t17"."t",
  "t17"."start",
  "t17"."duration",
  "t17"."failed",
  "t17"."file",
  "t17"."weight",
  "t17"."sender_t",
  "t17"."sent"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t5"."sender",
      "t5"."receiver",
      "t5"."rule",
      "t5"."message",
      "t5"."svc",
      "t5"."near",
      "t5"."far",
      "t5"."t",
      "t5"."start",
      "t5"."duration",
      "t5"."failed",
      "t5"."file",
      "t5"."weight",
      "t5"."sender_t",
      "t5"."sent",
      "t5"."apart"
    FROM "exchanges" AS "t5"
    ANTI JOIN "contested" AS "t6"
      ON "t5"."message" = "t6"."message" AND "t5"."svc" = "t6"."svc"
  ) AS "t13"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t15"."sender",
      "t15"."receiver",
      "t15"."rule",
      "t15"."message",
      "t15"."svc",
      "t15"."near",
      "t15"."far",
      "t15"."t",
      "t15"."start",
      "t15"."duration",
      "t15"."failed",
      "t15"."file",
      "t15"."weight",
      "t15"."sender_t",
      "t15"."sent",
      "t15"."apart"
    FROM (
      SELECT
        "t14"."sender",
        "t14"."receiver",
        "t14"."rule",
        "t14"."message",
        "t14"."svc",
        "t14"."near",
        "t14"."far",
        "t14"."t",
        "t14"."start",
        "t14"."duration",
        "t14"."failed",
        "t14"."file",
        "t14"."weight",
        "t14"."sender_t",
        "t14"."sent",
        "t14"."apart",
        "t14"."i_n",
        "t14"."i_id",
        "t14"."w_trace",
        "t14"."w_t",
        "t14"."g_service",
        "t14"."g_role",
        "t14"."g_protocol",
        "t14"."g_method",
        "t14"."g_path",
        "t14"."g_rank",
        "t14"."g_peer",
        "t14"."g_peer_key",
        "t14"."g_resource",
        "t14"."g_technology",
        "t14"."g_channel",
        "t14"."g_channel_is_template",
        "t14"."g_step",
        "t14"."g_criticality",
        "t14"."g_sig",
        "t14"."g_svc",
        "t14"."g_journey",
        "t14"."g_begins",
        "t14"."g_used",
        "t14"."g_told",
        ROW_NUMBER() OVER (
          PARTITION BY "t14"."message", "t14"."svc"
          ORDER BY "t14"."g_step" <> 'process' ASC, "t14"."start" ASC, "t14"."i_id" ASC, "t14"."rule" ASC, ID_TEXT("t14"."w_trace") ASC, "t14"."far" ASC, "t14"."near" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "place"
      FROM (
        SELECT
          "t5"."sender",
          "t5"."receiver",
          "t5"."rule",
          "t5"."message",
          "t5"."svc",
          "t5"."near",
          "t5"."far",
          "t5"."t",
          "t5"."start",
          "t5"."duration",
          "t5"."failed",
          "t5"."file",
          "t5"."weight",
          "t5"."sender_t",
          "t5"."sent",
          "t5"."apart",
          "t10"."i_n",
          "t10"."i_id",
          "t11"."w_trace",
          "t11"."w_t",
          "t12"."g_service",
          "t12"."g_role",
          "t12"."g_protocol",
          "t12"."g_method",
          "t12"."g_path",
          "t12"."g_rank",
          "t12"."g_peer",
          "t12"."g_peer_key",
          "t12"."g_resource",
          "t12"."g_technology",
          "t12"."g_channel",
          "t12"."g_channel_is_template",
          "t12"."g_step",
          "t12"."g_criticality",
          "t12"."g_sig",
          "t12"."g_svc",
          "t12"."g_journey",
          "t12"."g_begins",
          "t12"."g_used",
          "t12"."g_told"
        FROM "exchanges" AS "t5"
        SEMI JOIN "contested" AS "t6"
          ON "t5"."message" = "t6"."message" AND "t5"."svc" = "t6"."svc"
        INNER JOIN (
          SELECT
            "t2"."n" AS "i_n",
            "t2"."id" AS "i_id"
          FROM "ids" AS "t2"
        ) AS "t10"
          ON "t5"."receiver" = "t10"."i_n"
        INNER JOIN (
          SELECT
            "t3"."trace" AS "w_trace",
            "t3"."t" AS "w_t"
          FROM "traces" AS "t3"
        ) AS "t11"
          ON "t5"."t" = "t11"."w_t"
        INNER JOIN (
          SELECT
            "t4"."service" AS "g_service",
            "t4"."role" AS "g_role",
            "t4"."protocol" AS "g_protocol",
            "t4"."method" AS "g_method",
            "t4"."path" AS "g_path",
            "t4"."rank" AS "g_rank",
            "t4"."peer" AS "g_peer",
            "t4"."peer_key" AS "g_peer_key",
            "t4"."resource" AS "g_resource",
            "t4"."technology" AS "g_technology",
            "t4"."channel" AS "g_channel",
            "t4"."channel_is_template" AS "g_channel_is_template",
            "t4"."step" AS "g_step",
            "t4"."criticality" AS "g_criticality",
            "t4"."sig" AS "g_sig",
            "t4"."svc" AS "g_svc",
            "t4"."journey" AS "g_journey",
            "t4"."begins" AS "g_begins",
            "t4"."used" AS "g_used",
            "t4"."told" AS "g_told"
          FROM "signatures" AS "t4"
        ) AS "t12"
          ON "t5"."far" = "t12"."g_sig"
      ) AS "t14"
    ) AS "t15"
    WHERE
      "t15"."place" = 0
  ) AS "t16"
) AS "t17"
WHERE
  "t17"."apart"

-- uses
WITH "t33" AS (
  SELECT
    "t28"."n",
    "t28"."t",
    "t28"."key",
    "t28"."sig",
    "t28"."role",
    "t28"."svc",
    "t28"."file",
    "t28"."start",
    "t28"."duration",
    "t28"."failed",
    "t28"."weight",
    "t28"."parentless",
    "t28"."above",
    "t28"."above_sig",
    "t28"."above_role",
    "t28"."above_svc",
    "t28"."above_start",
    "t21"."s_service",
    "t21"."s_role",
    "t21"."s_protocol",
    "t21"."s_method",
    "t21"."s_path",
    "t21"."s_rank",
    "t21"."s_peer",
    "t21"."s_peer_key",
    "t21"."s_resource",
    "t21"."s_technology",
    "t21"."s_channel",
    "t21"."s_channel_is_template",
    "t21"."s_step",
    "t21"."s_criticality",
    "t21"."s_sig",
    "t21"."s_svc",
    "t21"."s_journey",
    "t21"."s_begins",
    "t21"."s_used",
    "t21"."s_told"
  FROM (
    SELECT
      *
    FROM "tree" AS "t8"
    WHERE
      "t8"."role" = 3
  ) AS "t28"
  INNER JOIN (
    SELECT
      "t5"."service" AS "s_service",
      "t5"."role" AS "s_role",
      "t5"."protocol" AS "s_protocol",
      "t5"."method" AS "s_method",
      "t5"."path" AS "s_path",
      "t5"."rank" AS "s_rank",
      "t5"."peer" AS "s_peer",
      "t5"."peer_key" AS "s_peer_key",
      "t5"."resource" AS "s_resource",
      "t5"."technology" AS "s_technology",
      "t5"."channel" AS "s_channel",
      "t5"."channel_is_template" AS "s_channel_is_template",
      "t5"."step" AS "s_step",
      "t5"."criticality" AS "s_criticality",
      "t5"."sig" AS "s_sig",
      "t5"."svc" AS "s_svc",
      "t5"."journey" AS "s_journey",
      "t5"."begins" AS "s_begins",
      "t5"."used" AS "s_used",
      "t5"."told" AS "s_told"
    FROM "signatures" AS "t5"
  ) AS "t21"
    ON "t28"."sig" = "t21"."s_sig"
)
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      3 AS "kind",
      "t31"."sig" AS "near",
      "t31"."sig" AS "far",
      FALSE AS "lone",
      0 AS "rule",
      "t31"."t",
      "t31"."start",
      "t31"."duration",
      "t31"."failed",
      "t31"."file",
      "t31"."weight",
      CAST(NULL AS BIGINT) AS "opener",
      CAST(NULL AS BIGINT) AS "opener_t",
      CAST(NULL AS BIGINT) AS "at"
    FROM (
      SELECT
        "t10"."n",
        "t10"."sig",
        "t10"."svc",
        "t10"."t",
        "t10"."start",
        "t10"."duration",
        "t10"."failed",
        "t10"."file",
        "t10"."weight",
        "t10"."around",
        "t21"."s_service",
        "t21"."s_role",
        "t21"."s_protocol",
        "t21"."s_method",
        "t21"."s_path",
        "t21"."s_rank",
        "t21"."s_peer",
        "t21"."s_peer_key",
        "t21"."s_resource",
        "t21"."s_technology",
        "t21"."s_channel",
        "t21"."s_channel_is_template",
        "t21"."s_step",
        "t21"."s_criticality",
        "t21"."s_sig",
        "t21"."s_svc",
        "t21"."s_journey",
        "t21"."s_begins",
        "t21"."s_used",
        "t21"."s_told"
      FROM "receipts" AS "t10"
      INNER JOIN (
        SELECT
          "t5"."service" AS "s_service",
          "t5"."role" AS "s_role",
          "t5"."protocol" AS "s_protocol",
          "t5"."method" AS "s_method",
          "t5"."path" AS "s_path",
          "t5"."rank" AS "s_rank",
          "t5"."peer" AS "s_peer",
          "t5"."peer_key" AS "s_peer_key",
          "t5"."resource" AS "s_resource",
          "t5"."technology" AS "s_technology",
          "t5"."channel" AS "s_channel",
          "t5"."channel_is_template" AS "s_channel_is_template",
          "t5"."step" AS "s_step",
          "t5"."criticality" AS "s_criticality",
          "t5"."sig" AS "s_sig",
          "t5"."svc" AS "s_svc",
          "t5"."journey" AS "s_journey",
          "t5"."begins" AS "s_begins",
          "t5"."used" AS "s_used",
          "t5"."told" AS "s_told"
        FROM "signatures" AS "t5"
      ) AS "t21"
        ON "t10"."sig" = "t21"."s_sig"
      ANTI JOIN (
        SELECT
          "t2"."around" AS "n"
        FROM "receipts" AS "t2"
      ) AS "t19"
        ON "t10"."n" = "t19"."n"
      ANTI JOIN (
        SELECT
          "t6"."receiver" AS "n"
        FROM "receptions" AS "t6"
      ) AS "t22"
        ON "t10"."n" = "t22"."n"
      ANTI JOIN (
        SELECT
          "t6"."receiver" AS "around"
        FROM "receptions" AS "t6"
      ) AS "t23"
        ON "t10"."around" = "t23"."around"
    ) AS "t31"
    WHERE
      "t31"."s_told"
  ) AS "t35"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        0 AS "kind",
        "t0"."near",
        "t0"."far",
        "t0"."lone",
        "t0"."rule",
        "t0"."t",
        "t0"."start",
        "t0"."duration",
        "t0"."failed",
        "t0"."file",
        "t0"."weight",
        "t0"."parent" AS "opener",
        "t0"."t" AS "opener_t",
        "t0"."start" AS "at"
      FROM "joins" AS "t0"
      WHERE
        NOT (
          "t0"."message"
        )
    ) AS "t18"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        2 AS "kind",
        "t1"."near",
        "t1"."far",
        FALSE AS "lone",
        "t1"."rule",
        "t1"."t",
        "t1"."start",
        "t1"."duration",
        "t1"."failed",
        "t1"."file",
        "t1"."weight",
        "t1"."sender" AS "opener",
        "t1"."sender_t" AS "opener_t",
        "t1"."sent" AS "at"
      FROM "messages" AS "t1"
    ) AS "t12"
  ) AS "t26"
) AS "t37"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        1 AS "kind",
        "t27"."sig" AS "near",
        "t27"."sig" AS "far",
        FALSE AS "lone",
        0 AS "rule",
        "t27"."t",
        "t27"."start",
        "t27"."duration",
        "t27"."failed",
        "t27"."file",
        "t27"."weight",
        "t27"."n" AS "opener",
        "t27"."t" AS "opener_t",
        "t27"."start" AS "at"
      FROM (
        SELECT
          *
        FROM "clients" AS "t3"
        WHERE
          "t3"."peer" AND "t3"."svc" <> 0 AND "t3"."used"
      ) AS "t27"
      ANTI JOIN "spoken" AS "t11"
        ON "t27"."n" = "t11"."n"
    ) AS "t32"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        1 AS "kind",
        "t36"."sig" AS "near",
        "t36"."sig" AS "far",
        FALSE AS "lone",
        0 AS "rule",
        "t36"."t",
        "t36"."start",
        "t36"."duration",
        "t36"."failed",
        "t36"."file",
        "t36"."weight",
        "t36"."n" AS "opener",
        "t36"."t" AS "opener_t",
        "t36"."start" AS "at"
      FROM "t33" AS "t36"
      WHERE
        "t36"."s_used"
    ) AS "t38"
  ) AS "t40"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        1 AS "kind",
        "t30"."sig" AS "near",
        "t30"."sig" AS "far",
        FALSE AS "lone",
        0 AS "rule",
        "t30"."t",
        "t30"."start",
        "t30"."duration",
        "t30"."failed",
        "t30"."file",
        "t30"."weight",
        "t30"."n" AS "opener",
        "t30"."t" AS "opener_t",
        "t30"."start" AS "at"
      FROM (
        SELECT
          "t10"."n",
          "t10"."sig",
          "t10"."svc",
          "t10"."t",
          "t10"."start",
          "t10"."duration",
          "t10"."failed",
          "t10"."file",
          "t10"."weight",
          "t10"."around",
          "t21"."s_service",
          "t21"."s_role",
          "t21"."s_protocol",
          "t21"."s_method",
          "t21"."s_path",
          "t21"."s_rank",
          "t21"."s_peer",
          "t21"."s_peer_key",
          "t21"."s_resource",
          "t21"."s_technology",
          "t21"."s_channel",
          "t21"."s_channel_is_template",
          "t21"."s_step",
          "t21"."s_criticality",
          "t21"."s_sig",
          "t21"."s_svc",
          "t21"."s_journey",
          "t21"."s_begins",
          "t21"."s_used",
          "t21"."s_told"
        FROM "receipts" AS "t10"
        INNER JOIN (
          SELECT
            "t5"."service" AS "s_service",
            "t5"."role" AS "s_role",
            "t5"."protocol" AS "s_protocol",
            "t5"."method" AS "s_method",
            "t5"."path" AS "s_path",
            "t5"."rank" AS "s_rank",
            "t5"."peer" AS "s_peer",
            "t5"."peer_key" AS "s_peer_key",
            "t5"."resource" AS "s_resource",
            "t5"."technology" AS "s_technology",
            "t5"."channel" AS "s_channel",
            "t5"."channel_is_template" AS "s_channel_is_template",
            "t5"."step" AS "s_step",
            "t5"."criticality" AS "s_criticality",
            "t5"."sig" AS "s_sig",
            "t5"."svc" AS "s_svc",
            "t5"."journey" AS "s_journey",
            "t5"."begins" AS "s_begins",
            "t5"."used" AS "s_used",
            "t5"."told" AS "s_told"
          FROM "signatures" AS "t5"
        ) AS "t21"
          ON "t10"."sig" = "t21"."s_sig"
        ANTI JOIN (
          SELECT
            "t2"."around" AS "n"
          FROM "receipts" AS "t2"
        ) AS "t19"
          ON "t10"."n" = "t19"."n"
      ) AS "t30"
      WHERE
        "t30"."s_used"
    ) AS "t34"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        3 AS "kind",
        "t41"."sig" AS "near",
        "t41"."sig" AS "far",
        FALSE AS "lone",
        0 AS "rule",
        "t41"."t",
        "t41"."start",
        "t41"."duration",
        "t41"."failed",
        "t41"."file",
        "t41"."weight",
        CAST(NULL AS BIGINT) AS "opener",
        CAST(NULL AS BIGINT) AS "opener_t",
        CAST(NULL AS BIGINT) AS "at"
      FROM (
        SELECT
          *
        FROM "t33" AS "t36"
        WHERE
          "t36"."s_told"
      ) AS "t41"
      ANTI JOIN (
        SELECT
          *
        FROM "joined" AS "t7"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t9"."n"
          FROM "linked" AS "t9"
        ) AS "t17"
      ) AS "t29"
        ON "t41"."n" = "t29"."n"
    ) AS "t42"
  ) AS "t43"
) AS "t44"

-- shapes
SELECT DISTINCT
  "t0"."kind",
  "t0"."near",
  "t0"."far",
  "t0"."lone",
  "t0"."rule"
FROM "uses" AS "t0"

-- booked
SELECT
  "t8"."t",
  "t8"."start",
  "t8"."failed",
  "t8"."file",
  "t8"."weight",
  "t8"."opener",
  "t8"."opener_t",
  "t8"."at",
  "t5"."a_boundary" AS "boundary",
  "t5"."a_operation" AS "operation",
  CASE
    WHEN "t8"."duration" >= 0
    THEN (
      "t8"."guess" + CAST("t8"."duration" >= "t6"."b_upper" AS INT)
    ) - CAST("t8"."duration" < "t6"."b_lower" AS INT)
    ELSE NULL
  END AS "bucket"
FROM (
  SELECT
    "t0"."kind",
    "t0"."near",
    "t0"."far",
    "t0"."lone",
    "t0"."rule",
    "t0"."t",
    "t0"."start",
    "t0"."duration",
    "t0"."failed",
    "t0"."file",
    "t0"."weight",
    "t0"."opener",
    "t0"."opener_t",
    "t0"."at",
    CASE
      WHEN "t0"."duration" > 1
      THEN CAST(CAST(FLOOR(LN(GREATEST("t0"."duration", 1)) / 0.020000666706669435) AS BIGINT) AS INT)
      ELSE 0
    END AS "guess"
  FROM "uses" AS "t0"
) AS "t8"
INNER JOIN (
  SELECT
    "t1"."kind" AS "a_kind",
    "t1"."near" AS "a_near",
    "t1"."far" AS "a_far",
    "t1"."lone" AS "a_lone",
    "t1"."rule" AS "a_rule",
    "t1"."boundary" AS "a_boundary",
    "t1"."operation" AS "a_operation"
  FROM "accounts" AS "t1"
) AS "t5"
  ON "t8"."kind" = "t5"."a_kind"
  AND "t8"."near" = "t5"."a_near"
  AND "t8"."far" = "t5"."a_far"
  AND "t8"."lone" = "t5"."a_lone"
  AND "t8"."rule" = "t5"."a_rule"
INNER JOIN (
  SELECT
    "t2"."bucket" AS "b_bucket",
    "t2"."lower" AS "b_lower",
    "t2"."upper" AS "b_upper"
  FROM "bounds" AS "t2"
) AS "t6"
  ON "t8"."guess" = "t6"."b_bucket"

-- figures
SELECT
  "t0"."boundary",
  "t0"."operation",
  COUNT(*) AS "calls",
  SUM(CAST("t0"."failed" AS INT)) AS "errors",
  COUNT(DISTINCT "t0"."t") AS "traces",
  COALESCE(MIN(NULLIF("t0"."start", 0)), 0) AS "first",
  MAX("t0"."start") AS "last",
  SUM("t0"."weight" - 1) AS "sampled_out"
FROM "booked" AS "t0"
GROUP BY
  1,
  2

-- totals
SELECT
  "t0"."boundary",
  COUNT(DISTINCT "t0"."t") AS "traces",
  COALESCE(MIN(NULLIF("t0"."start", 0)), 0) AS "first",
  MIN("t0"."file") AS "file"
FROM "booked" AS "t0"
GROUP BY
  1

-- use_hashes
SELECT
  "t9"."boundary",
  LISTAGG("t9"."hash", '') AS "hashes"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t7"."boundary",
      "t7"."hash",
      ROW_NUMBER() OVER (
        PARTITION BY "t7"."boundary"
        ORDER BY "t7"."hash" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "place"
    FROM (
      SELECT DISTINCT
        *
      FROM (
        SELECT
          "t3"."boundary",
          "t5"."hash"
        FROM (
          SELECT DISTINCT
            "t0"."boundary",
            "t0"."t"
          FROM "booked" AS "t0"
        ) AS "t3"
        INNER JOIN (
          SELECT
            "t1"."t" AS "w_t",
            SUBSTRING(
              MD5(ID_TEXT("t1"."trace")),
              CASE
                WHEN (
                  0 + 1
                ) >= 1
                THEN 0 + 1
                ELSE 0 + 1 + LENGTH(MD5(ID_TEXT("t1"."trace")))
              END,
              16
            ) AS "hash"
          FROM "traces" AS "t1"
        ) AS "t5"
          ON "t3"."t" = "t5"."w_t"
      ) AS "t6"
    ) AS "t7"
  ) AS "t8"
  WHERE
    "t8"."place" < 512
) AS "t9"
GROUP BY
  1

-- buckets
SELECT
  "t1"."boundary",
  "t1"."operation",
  "t1"."bucket",
  COUNT(*) AS "calls"
FROM (
  SELECT
    *
  FROM "booked" AS "t0"
  WHERE
    "t0"."bucket" IS NOT NULL
) AS "t1"
GROUP BY
  1,
  2,
  3

-- roots
SELECT
  *
FROM (
  SELECT
    "t11"."n",
    "t11"."t",
    "t11"."sig",
    "t11"."role",
    "t11"."svc",
    "t11"."start",
    "t11"."file",
    TRUE AS "chosen",
    "t9"."s_begins" AS "simple"
  FROM (
    SELECT
      *
    FROM "tree" AS "t0"
    WHERE
      "t0"."above" IS NULL
  ) AS "t11"
  INNER JOIN (
    SELECT
      "t2"."service" AS "s_service",
      "t2"."role" AS "s_role",
      "t2"."protocol" AS "s_protocol",
      "t2"."method" AS "s_method",
      "t2"."path" AS "s_path",
      "t2"."rank" AS "s_rank",
      "t2"."peer" AS "s_peer",
      "t2"."peer_key" AS "s_peer_key",
      "t2"."resource" AS "s_resource",
      "t2"."technology" AS "s_technology",
      "t2"."channel" AS "s_channel",
      "t2"."channel_is_template" AS "s_channel_is_template",
      "t2"."step" AS "s_step",
      "t2"."criticality" AS "s_criticality",
      "t2"."sig" AS "s_sig",
      "t2"."svc" AS "s_svc",
      "t2"."journey" AS "s_journey",
      "t2"."begins" AS "s_begins",
      "t2"."used" AS "s_used",
      "t2"."told" AS "s_told"
    FROM "signatures" AS "t2"
  ) AS "t9"
    ON "t11"."sig" = "t9"."s_sig"
  ANTI JOIN "plural" AS "t4"
    ON "t11"."t" = "t4"."t"
) AS "t12"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t14"."n",
    "t14"."t",
    "t14"."sig",
    "t14"."role",
    "t14"."svc",
    "t14"."start",
    "t14"."file",
    "t14"."chosen",
    (
      SUM(CAST("t14"."chosen" AS INT)) OVER (PARTITION BY "t14"."t" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) = 1
    )
    AND BOOL_OR(CAST("t14"."chosen" AND "t14"."s_begins" AS BOOLEAN)) OVER (PARTITION BY "t14"."t" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "simple"
  FROM (
    SELECT
      "t13"."n",
      "t13"."t",
      "t13"."key",
      "t13"."sig",
      "t13"."role",
      "t13"."svc",
      "t13"."file",
      "t13"."start",
      "t13"."duration",
      "t13"."failed",
      "t13"."weight",
      "t13"."parentless",
      "t13"."above",
      "t13"."above_sig",
      "t13"."above_role",
      "t13"."above_svc",
      "t13"."above_start",
      "t13"."s_service",
      "t13"."s_role",
      "t13"."s_protocol",
      "t13"."s_method",
      "t13"."s_path",
      "t13"."s_rank",
      "t13"."s_peer",
      "t13"."s_peer_key",
      "t13"."s_resource",
      "t13"."s_technology",
      "t13"."s_channel",
      "t13"."s_channel_is_template",
      "t13"."s_step",
      "t13"."s_criticality",
      "t13"."s_sig",
      "t13"."s_svc",
      "t13"."s_journey",
      "t13"."s_begins",
      "t13"."s_used",
      "t13"."s_told",
      "t13"."i_n",
      "t13"."i_id",
      "t13"."parentless"
      OR (
        (
          ROW_NUMBER() OVER (
            PARTITION BY "t13"."t"
            ORDER BY NOT (
              "t13"."parentless"
            ) ASC, "t13"."start" = 0 ASC, "t13"."start" ASC, "t13"."i_id" ASC, "t13"."sig" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1
        ) = 0
      ) AS "chosen"
    FROM (
      SELECT
        "t11"."n",
        "t11"."t",
        "t11"."key",
        "t11"."sig",
        "t11"."role",
        "t11"."svc",
        "t11"."file",
        "t11"."start",
        "t11"."duration",
        "t11"."failed",
        "t11"."weight",
        "t11"."parentless",
        "t11"."above",
        "t11"."above_sig",
        "t11"."above_role",
        "t11"."above_svc",
        "t11"."above_start",
        "t9"."s_service",
        "t9"."s_role",
        "t9"."s_protocol",
        "t9"."s_method",
        "t9"."s_path",
        "t9"."s_rank",
        "t9"."s_peer",
        "t9"."s_peer_key",
        "t9"."s_resource",
        "t9"."s_technology",
        "t9"."s_channel",
        "t9"."s_channel_is_template",
        "t9"."s_step",
        "t9"."s_criticality",
        "t9"."s_sig",
        "t9"."s_svc",
        "t9"."s_journey",
        "t9"."s_begins",
        "t9"."s_used",
        "t9"."s_told",
        "t10"."i_n",
        "t10"."i_id"
      FROM (
        SELECT
          *
        FROM "tree" AS "t0"
        WHERE
          "t0"."above" IS NULL
      ) AS "t11"
      INNER JOIN (
        SELECT
          "t2"."service" AS "s_service",
          "t2"."role" AS "s_role",
          "t2"."protocol" AS "s_protocol",
          "t2"."method" AS "s_method",
          "t2"."path" AS "s_path",
          "t2"."rank" AS "s_rank",
          "t2"."peer" AS "s_peer",
          "t2"."peer_key" AS "s_peer_key",
          "t2"."resource" AS "s_resource",
          "t2"."technology" AS "s_technology",
          "t2"."channel" AS "s_channel",
          "t2"."channel_is_template" AS "s_channel_is_template",
          "t2"."step" AS "s_step",
          "t2"."criticality" AS "s_criticality",
          "t2"."sig" AS "s_sig",
          "t2"."svc" AS "s_svc",
          "t2"."journey" AS "s_journey",
          "t2"."begins" AS "s_begins",
          "t2"."used" AS "s_used",
          "t2"."told" AS "s_told"
        FROM "signatures" AS "t2"
      ) AS "t9"
        ON "t11"."sig" = "t9"."s_sig"
      INNER JOIN (
        SELECT
          "t3"."n" AS "i_n",
          "t3"."id" AS "i_id"
        FROM "ids" AS "t3"
      ) AS "t10"
        ON "t11"."n" = "t10"."i_n"
      SEMI JOIN "plural" AS "t5"
        ON "t11"."t" = "t5"."t"
    ) AS "t13"
  ) AS "t14"
) AS "t15"

-- ways
SELECT
  "t3"."n",
  "t3"."t",
  "t3"."above" AS "at",
  CASE WHEN "t3"."above" IS NULL THEN "t3"."n" ELSE NULL END AS "root",
  CASE
    WHEN "t6"."s_begins"
    AND (
      (
        "t3"."above" IS NULL
      )
      OR "t3"."role" IN (2, 4)
      OR NOT (
        "t3"."svc" = "t3"."above_svc"
      )
    )
    THEN "t3"."n"
    ELSE NULL
  END AS "top"
FROM "tree" AS "t3"
SEMI JOIN (
  SELECT
    *
  FROM "roots" AS "t1"
  WHERE
    NOT (
      "t1"."simple"
    )
) AS "t7"
  ON "t3"."t" = "t7"."t"
INNER JOIN (
  SELECT
    "t2"."service" AS "s_service",
    "t2"."role" AS "s_role",
    "t2"."protocol" AS "s_protocol",
    "t2"."method" AS "s_method",
    "t2"."path" AS "s_path",
    "t2"."rank" AS "s_rank",
    "t2"."peer" AS "s_peer",
    "t2"."peer_key" AS "s_peer_key",
    "t2"."resource" AS "s_resource",
    "t2"."technology" AS "s_technology",
    "t2"."channel" AS "s_channel",
    "t2"."channel_is_template" AS "s_channel_is_template",
    "t2"."step" AS "s_step",
    "t2"."criticality" AS "s_criticality",
    "t2"."sig" AS "s_sig",
    "t2"."svc" AS "s_svc",
    "t2"."journey" AS "s_journey",
    "t2"."begins" AS "s_begins",
    "t2"."used" AS "s_used",
    "t2"."told" AS "s_told"
  FROM "signatures" AS "t2"
) AS "t6"
  ON "t3"."sig" = "t6"."s_sig"

-- ways_on
SELECT
  "t1"."n",
  "t1"."t",
  "t3"."up_at" AS "at",
  COALESCE("t1"."root", "t3"."up_root") AS "root",
  COALESCE("t3"."up_top", "t1"."top") AS "top"
FROM "ways" AS "t1"
LEFT OUTER JOIN (
  SELECT
    "t0"."n" AS "up_n",
    "t0"."t" AS "up_t",
    "t0"."at" AS "up_at",
    "t0"."root" AS "up_root",
    "t0"."top" AS "up_top"
  FROM "ways" AS "t0"
) AS "t3"
  ON "t1"."at" = "t3"."up_n"

-- ways_going
SELECT
  COUNT(*) AS "left"
FROM (
  SELECT
    *
  FROM "ways" AS "t0"
  WHERE
    "t0"."at" IS NOT NULL
) AS "t1"

-- openings
SELECT
  "t24"."n",
  "t24"."t",
  "t24"."svc",
  "t24"."start",
  "t24"."file",
  "t13"."s_journey" AS "journey",
  (
    "t21"."k_taking" IS NOT NULL
  ) AND (
    "t24"."role" <> 2
  ) AS "follows"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t0"."n",
      "t0"."t",
      "t0"."sig",
      "t0"."role",
      "t0"."svc",
      "t0"."start",
      "t0"."file"
    FROM "roots" AS "t0"
    WHERE
      "t0"."simple" AND "t0"."chosen"
  ) AS "t9"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t6"."n",
      "t6"."t",
      "t6"."sig",
      "t6"."role",
      "t6"."svc",
      "t6"."start",
      "t6"."file"
    FROM "tree" AS "t6"
    SEMI JOIN (
      SELECT
        "t15"."n",
        "t15"."t",
        "t15"."at",
        "t15"."root",
        "t15"."top"
      FROM (
        SELECT
          *
        FROM "ways" AS "t5"
        WHERE
          "t5"."top" = "t5"."n"
      ) AS "t15"
      SEMI JOIN (
        SELECT
          *
        FROM "roots" AS "t0"
        WHERE
          "t0"."chosen"
      ) AS "t12"
        ON "t15"."root" = "t12"."n"
    ) AS "t20"
      ON "t6"."n" = "t20"."n"
  ) AS "t22"
) AS "t24"
INNER JOIN (
  SELECT
    "t1"."service" AS "s_service",
    "t1"."role" AS "s_role",
    "t1"."protocol" AS "s_protocol",
    "t1"."method" AS "s_method",
    "t1"."path" AS "s_path",
    "t1"."rank" AS "s_rank",
    "t1"."peer" AS "s_peer",
    "t1"."peer_key" AS "s_peer_key",
    "t1"."resource" AS "s_resource",
    "t1"."technology" AS "s_technology",
    "t1"."channel" AS "s_channel",
    "t1"."channel_is_template" AS "s_channel_is_template",
    "t1"."step" AS "s_step",
    "t1"."criticality" AS "s_criticality",
    "t1"."sig" AS "s_sig",
    "t1"."svc" AS "s_svc",
    "t1"."journey" AS "s_journey",
    "t1"."begins" AS "s_begins",
    "t1"."used" AS "s_used",
    "t1"."told" AS "s_told"
  FROM "signatures" AS "t1"
) AS "t13"
  ON "t24"."sig" = "t13"."s_sig"
LEFT OUTER JOIN (
  SELECT
    "t17"."t" AS "k_t",
    "t17"."svc" AS "k_svc",
    "t17"."taking" AS "k_taking"
  FROM (
    SELECT DISTINCT
      *
    FROM (
      SELECT
        "t7"."t",
        "t7"."svc",
        TRUE AS "taking"
      FROM "receipts" AS "t7"
      SEMI JOIN "links" AS "t8"
        ON "t7"."n" = "t8"."n"
    ) AS "t16"
  ) AS "t17"
) AS "t21"
  ON "t24"."t" = "t21"."k_t" AND "t24"."svc" = "t21"."k_svc"

-- firsts
SELECT
  "t1"."t",
  "t1"."n" AS "opening",
  "t1"."journey",
  "t1"."start",
  "t1"."follows"
FROM (
  SELECT
    "t0"."n",
    "t0"."t",
    "t0"."svc",
    "t0"."start",
    "t0"."file",
    "t0"."journey",
    "t0"."follows",
    ROW_NUMBER() OVER (
      PARTITION BY "t0"."t"
      ORDER BY "t0"."start" = 0 ASC, "t0"."start" ASC, "t0"."journey" ASC, "t0"."follows" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM "openings" AS "t0"
) AS "t1"
WHERE
  "t1"."place" = 0

-- homes
SELECT
  "t3"."n",
  "t3"."top" AS "opening",
  "t7"."o_journey" AS "journey",
  "t7"."o_start" AS "start",
  "t7"."o_follows" AS "follows"
FROM "ways" AS "t3"
SEMI JOIN (
  SELECT
    *
  FROM "roots" AS "t1"
  WHERE
    "t1"."chosen"
) AS "t6"
  ON "t3"."root" = "t6"."n"
LEFT OUTER JOIN (
  SELECT
    "t2"."n" AS "o_n",
    "t2"."t" AS "o_t",
    "t2"."svc" AS "o_svc",
    "t2"."start" AS "o_start",
    "t2"."file" AS "o_file",
    "t2"."journey" AS "o_journey",
    "t2"."follows" AS "o_follows"
  FROM "openings" AS "t2"
) AS "t7"
  ON "t3"."top" = "t7"."o_n"

-- steps
SELECT
  "t10"."journey",
  "t10"."opening",
  "t10"."boundary",
  MIN("t10"."offset") AS "offset"
FROM (
  SELECT
    "t9"."boundary",
    CASE
      WHEN "t9"."home_n" IS NOT NULL
      THEN "t9"."home_journey"
      ELSE "t9"."first_journey"
    END AS "journey",
    CASE
      WHEN CASE
        WHEN "t9"."home_n" IS NOT NULL
        THEN "t9"."home_follows"
        ELSE "t9"."first_follows"
      END
      THEN CASE
        WHEN "t9"."home_n" IS NOT NULL
        THEN "t9"."home_opening"
        ELSE "t9"."first_opening"
      END
      ELSE NULL
    END AS "opening",
    CASE
      WHEN (
        "t9"."at" <> 0
      )
      AND (
        CASE
          WHEN "t9"."home_n" IS NOT NULL
          THEN "t9"."home_start"
          ELSE "t9"."first_start"
        END <> 0
      )
      THEN GREATEST(
        "t9"."at" - CASE
          WHEN "t9"."home_n" IS NOT NULL
          THEN "t9"."home_start"
          ELSE "t9"."first_start"
        END,
        0
      )
      ELSE 0
    END AS "offset"
  FROM (
    SELECT
      "t8"."t",
      "t8"."start",
      "t8"."failed",
      "t8"."file",
      "t8"."weight",
      "t8"."opener",
      "t8"."opener_t",
      "t8"."at",
      "t8"."boundary",
      "t8"."operation",
      "t8"."bucket",
      "t6"."home_n",
      "t6"."home_opening",
      "t6"."home_journey",
      "t6"."home_start",
      "t6"."home_follows",
      "t7"."first_t",
      "t7"."first_opening",
      "t7"."first_journey",
      "t7"."first_start",
      "t7"."first_follows"
    FROM (
      SELECT
        *
      FROM "booked" AS "t0"
      WHERE
        "t0"."opener" IS NOT NULL
    ) AS "t8"
    LEFT OUTER JOIN (
      SELECT
        "t1"."n" AS "home_n",
        "t1"."opening" AS "home_opening",
        "t1"."journey" AS "home_journey",
        "t1"."start" AS "home_start",
        "t1"."follows" AS "home_follows"
      FROM "homes" AS "t1"
    ) AS "t6"
      ON "t8"."opener" = "t6"."home_n"
    LEFT OUTER JOIN (
      SELECT
        "t2"."t" AS "first_t",
        "t2"."opening" AS "first_opening",
        "t2"."journey" AS "first_journey",
        "t2"."start" AS "first_start",
        "t2"."follows" AS "first_follows"
      FROM "firsts" AS "t2"
    ) AS "t7"
      ON "t8"."opener_t" = "t7"."first_t"
  ) AS "t9"
  WHERE
    CASE
      WHEN "t9"."home_n" IS NOT NULL
      THEN "t9"."home_opening"
      ELSE "t9"."first_opening"
    END IS NOT NULL
) AS "t10"
GROUP BY
  1,
  2,
  3

-- causes
SELECT DISTINCT
  "t20"."f_n" AS "n",
  CASE
    WHEN "t20"."home_n" IS NOT NULL
    THEN "t20"."home_opening"
    ELSE "t20"."first_opening"
  END AS "cause",
  CASE
    WHEN "t20"."home_n" IS NOT NULL
    THEN "t20"."home_journey"
    ELSE "t20"."first_journey"
  END AS "journey",
  NOT (
    CASE
      WHEN "t20"."home_n" IS NOT NULL
      THEN "t20"."home_follows"
      ELSE "t20"."first_follows"
    END
  ) AS "begins"
FROM (
  SELECT
    "t15"."f_n",
    "t16"."s_n" AS "sender",
    "t17"."x_n",
    "t17"."x_t",
    "t17"."x_key",
    "t17"."x_sig",
    "t17"."x_role",
    "t17"."x_svc",
    "t17"."x_file",
    "t17"."x_start",
    "t17"."x_duration",
    "t17"."x_failed",
    "t17"."x_weight",
    "t17"."x_parentless",
    "t17"."x_above",
    "t17"."x_above_sig",
    "t17"."x_above_role",
    "t17"."x_above_svc",
    "t17"."x_above_start",
    "t18"."home_n",
    "t18"."home_opening",
    "t18"."home_journey",
    "t18"."home_start",
    "t18"."home_follows",
    "t19"."first_t",
    "t19"."first_opening",
    "t19"."first_journey",
    "t19"."first_start",
    "t19"."first_follows"
  FROM "receipts" AS "t7"
  INNER JOIN (
    SELECT
      "t1"."n" AS "l_n",
      "t1"."trace" AS "l_trace",
      "t1"."id" AS "l_id"
    FROM "links" AS "t1"
  ) AS "t14"
    ON "t7"."n" = "t14"."l_n"
  INNER JOIN (
    SELECT
      "t2"."n" AS "f_n",
      "t2"."t" AS "f_t",
      "t2"."svc" AS "f_svc",
      "t2"."start" AS "f_start",
      "t2"."file" AS "f_file",
      "t2"."journey" AS "f_journey",
      "t2"."follows" AS "f_follows"
    FROM "openings" AS "t2"
    WHERE
      "t2"."follows"
  ) AS "t15"
    ON "t7"."t" = "t15"."f_t" AND "t7"."svc" = "t15"."f_svc"
  INNER JOIN (
    SELECT
      "t3"."trace" AS "s_trace",
      "t3"."id" AS "s_id",
      "t3"."n" AS "s_n"
    FROM "linked" AS "t3"
  ) AS "t16"
    ON "t14"."l_trace" = "t16"."s_trace" AND "t14"."l_id" = "t16"."s_id"
  INNER JOIN (
    SELECT
      "t4"."n" AS "x_n",
      "t4"."t" AS "x_t",
      "t4"."key" AS "x_key",
      "t4"."sig" AS "x_sig",
      "t4"."role" AS "x_role",
      "t4"."svc" AS "x_svc",
      "t4"."file" AS "x_file",
      "t4"."start" AS "x_start",
      "t4"."duration" AS "x_duration",
      "t4"."failed" AS "x_failed",
      "t4"."weight" AS "x_weight",
      "t4"."parentless" AS "x_parentless",
      "t4"."above" AS "x_above",
      "t4"."above_sig" AS "x_above_sig",
      "t4"."above_role" AS "x_above_role",
      "t4"."above_svc" AS "x_above_svc",
      "t4"."above_start" AS "x_above_start"
    FROM "tree" AS "t4"
  ) AS "t17"
    ON "t16"."s_n" = "t17"."x_n"
  LEFT OUTER JOIN (
    SELECT
      "t5"."n" AS "home_n",
      "t5"."opening" AS "home_opening",
      "t5"."journey" AS "home_journey",
      "t5"."start" AS "home_start",
      "t5"."follows" AS "home_follows"
    FROM "homes" AS "t5"
  ) AS "t18"
    ON "t16"."s_n" = "t18"."home_n"
  LEFT OUTER JOIN (
    SELECT
      "t6"."t" AS "first_t",
      "t6"."opening" AS "first_opening",
      "t6"."journey" AS "first_journey",
      "t6"."start" AS "first_start",
      "t6"."follows" AS "first_follows"
    FROM "firsts" AS "t6"
  ) AS "t19"
    ON "t17"."x_t" = "t19"."first_t"
) AS "t20"
WHERE
  CASE
    WHEN "t20"."home_n" IS NOT NULL
    THEN "t20"."home_opening"
    ELSE "t20"."first_opening"
  END IS NOT NULL
  AND CASE
    WHEN "t20"."home_n" IS NOT NULL
    THEN "t20"."home_opening"
    ELSE "t20"."first_opening"
  END <> "t20"."f_n"

-- frontier
SELECT DISTINCT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t0"."journey",
      "t0"."cause" AS "n",
      0 AS "level"
    FROM "causes" AS "t0"
    WHERE
      "t0"."begins"
  ) AS "t3"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t5"."journey",
      "t5"."n",
      0 AS "level"
    FROM (
      SELECT
        *
      FROM "openings" AS "t1"
      WHERE
        "t1"."follows"
    ) AS "t5"
    ANTI JOIN "causes" AS "t2"
      ON "t5"."n" = "t2"."n"
  ) AS "t6"
) AS "t7"

-- reached
SELECT
  *
FROM "frontier"

-- frontier_on
SELECT
  "t9"."journey",
  "t9"."n",
  "t9"."level"
FROM (
  SELECT DISTINCT
    *
  FROM (
    SELECT
      "t4"."journey",
      "t6"."c_n" AS "n",
      "t4"."level" + 1 AS "level"
    FROM "frontier" AS "t4"
    INNER JOIN (
      SELECT
        "t2"."n" AS "c_n",
        "t2"."cause" AS "c_cause",
        "t2"."journey" AS "c_journey",
        "t2"."begins" AS "c_begins"
      FROM "causes" AS "t2"
    ) AS "t6"
      ON "t4"."n" = "t6"."c_cause"
  ) AS "t7"
) AS "t9"
ANTI JOIN "reached" AS "t3"
  ON "t9"."journey" = "t3"."journey" AND "t9"."n" = "t3"."n"

-- begun
SELECT
  "t2"."n",
  "t2"."journey",
  "t2"."file",
  "t2"."follows"
FROM "openings" AS "t2"
ANTI JOIN (
  SELECT
    *
  FROM "reached" AS "t1"
  WHERE
    "t1"."level" > 0
) AS "t4"
  ON "t2"."n" = "t4"."n"

-- journeys
SELECT
  "t0"."journey",
  COUNT(*) AS "traces",
  MIN("t0"."file") AS "file"
FROM "begun" AS "t0"
GROUP BY
  1

-- journey_steps
SELECT
  "t11"."journey",
  "t11"."boundary",
  "t11"."level",
  MIN("t11"."offset") AS "offset"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t0"."journey",
      "t0"."boundary",
      "t0"."offset",
      0 AS "level"
    FROM "steps" AS "t0"
    WHERE
      "t0"."opening" IS NULL
  ) AS "t5"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t9"."journey",
      "t6"."s_boundary" AS "boundary",
      "t6"."s_offset" AS "offset",
      "t9"."level"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t1"."n",
          "t1"."journey",
          "t1"."level"
        FROM "reached" AS "t1"
        WHERE
          "t1"."level" > 0
      ) AS "t7"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t2"."n",
          "t2"."journey",
          0 AS "level"
        FROM "begun" AS "t2"
        WHERE
          "t2"."follows"
      ) AS "t4"
    ) AS "t9"
    INNER JOIN (
      SELECT
        "t0"."journey" AS "s_journey",
        "t0"."opening" AS "s_opening",
        "t0"."boundary" AS "s_boundary",
        "t0"."offset" AS "s_offset"
      FROM "steps" AS "t0"
    ) AS "t6"
      ON "t9"."n" = "t6"."s_opening"
  ) AS "t10"
) AS "t11"
GROUP BY
  1,
  2,
  3
