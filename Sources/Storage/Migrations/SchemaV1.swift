// SPDX-License-Identifier: Apache-2.0

/// The first schema. Times are ISO 8601 UTC text, except `renewed_at`, which is compared: seconds since 1970.
enum SchemaV1 {
  static let tables = """
    CREATE TABLE environment (
      id INTEGER PRIMARY KEY,
      cpu TEXT NOT NULL,
      system TEXT NOT NULL,
      cores INTEGER NOT NULL CHECK (cores >= 1),
      jobs INTEGER NOT NULL CHECK (jobs >= 1),
      threads INTEGER NOT NULL CHECK (threads >= 1),
      version TEXT NOT NULL,
      UNIQUE (cpu, system, cores, jobs, threads, version)
    ) STRICT;

    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      code TEXT NOT NULL UNIQUE CHECK (length(code) >= 12),
      content_key TEXT NOT NULL UNIQUE CHECK (length(content_key) = 64),
      content TEXT NOT NULL CHECK (json_valid(content)),
      experiment TEXT NOT NULL,
      parameters TEXT NOT NULL CHECK (json_valid(parameters)),
      specification TEXT NOT NULL CHECK (json_valid(specification)),
      demand TEXT NOT NULL CHECK (json_valid(demand)),
      seed INTEGER NOT NULL,
      state TEXT NOT NULL
        CHECK (state IN ('queued', 'running', 'completed', 'pruned', 'failed', 'cancelled')),
      reason TEXT,
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      epochs INTEGER NOT NULL DEFAULT 0 CHECK (epochs >= 0),
      duration_seconds REAL,
      created_at TEXT NOT NULL,
      started_at TEXT,
      finished_at TEXT,
      weights_sha256 TEXT CHECK (length(weights_sha256) = 64),
      data_sha256 TEXT NOT NULL,
      numeric_version INTEGER NOT NULL,
      parameter_count INTEGER CHECK (parameter_count >= 0),
      CHECK (state != 'completed' OR finished_at IS NOT NULL),
      CHECK (state != 'running' OR attempts >= 1)
    ) STRICT;
    CREATE INDEX run_by_state ON run (state);
    CREATE INDEX run_by_experiment ON run (experiment);

    CREATE TABLE sweep (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL CHECK (length(name) >= 1),
      revision INTEGER NOT NULL CHECK (revision >= 1),
      plan_key TEXT NOT NULL CHECK (length(plan_key) = 64),
      experiment TEXT NOT NULL CHECK (json_valid(experiment)),
      manifest TEXT NOT NULL,
      overrides TEXT NOT NULL CHECK (json_valid(overrides)),
      version TEXT NOT NULL,
      created_at TEXT NOT NULL,
      UNIQUE (name, revision)
    ) STRICT;

    CREATE TABLE cell (
      sweep_id INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
      position INTEGER NOT NULL CHECK (position >= 0),
      parameters TEXT NOT NULL CHECK (json_valid(parameters)),
      specification TEXT NOT NULL CHECK (json_valid(specification)),
      PRIMARY KEY (sweep_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE sweep_run (
      sweep_id INTEGER NOT NULL,
      position INTEGER NOT NULL CHECK (position >= 0),
      cell INTEGER NOT NULL,
      seed INTEGER NOT NULL,
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE RESTRICT,
      disposition TEXT NOT NULL,
      reason TEXT,
      PRIMARY KEY (sweep_id, position),
      UNIQUE (sweep_id, cell, seed),
      FOREIGN KEY (sweep_id, cell) REFERENCES cell (sweep_id, position) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sweep_run_by_run ON sweep_run (run_id);

    CREATE TABLE attempt (
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      number INTEGER NOT NULL CHECK (number >= 1),
      host TEXT NOT NULL,
      boot_id TEXT NOT NULL,
      pid INTEGER NOT NULL,
      process_start INTEGER,
      supervisor_host TEXT,
      supervisor_boot_id TEXT,
      supervisor_pid INTEGER,
      supervisor_start INTEGER,
      environment_id INTEGER REFERENCES environment (id) ON DELETE RESTRICT,
      resumed_step INTEGER NOT NULL DEFAULT 0 CHECK (resumed_step >= 0),
      resumed_seconds REAL NOT NULL DEFAULT 0,
      started_at TEXT NOT NULL,
      renewed_at REAL NOT NULL,
      ended_at TEXT,
      outcome TEXT CHECK (outcome IN
        ('completed', 'pruned', 'failed', 'released', 'interrupted', 'crashed', 'cancelled')),
      reason TEXT,
      weights_sha256 TEXT,
      PRIMARY KEY (run_id, number),
      CHECK ((outcome IS NULL) = (ended_at IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX attempt_by_environment ON attempt (environment_id);

    CREATE TABLE metric_name (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE CHECK (length(name) >= 1)
    ) STRICT;

    CREATE TABLE metric (
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      name_id INTEGER NOT NULL REFERENCES metric_name (id) ON DELETE RESTRICT,
      step INTEGER NOT NULL CHECK (step >= 0),
      epoch REAL NOT NULL CHECK (epoch >= 0),
      value REAL,
      PRIMARY KEY (run_id, name_id, step, epoch)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX metric_by_name ON metric (name_id);

    CREATE TABLE checkpoint (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      attempt INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('resume', 'final')),
      step INTEGER NOT NULL CHECK (step >= 0),
      epoch REAL NOT NULL CHECK (epoch >= 0),
      metric_value REAL,
      elapsed_seconds REAL NOT NULL,
      size INTEGER NOT NULL CHECK (size >= 0),
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      created_at TEXT NOT NULL,
      UNIQUE (run_id, kind, step)
    ) STRICT;

    CREATE TABLE chunk (
      hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
      bytes BLOB NOT NULL
    ) STRICT;

    CREATE TABLE checkpoint_chunk (
      checkpoint_id INTEGER NOT NULL REFERENCES checkpoint (id) ON DELETE CASCADE,
      position INTEGER NOT NULL CHECK (position >= 0),
      hash BLOB NOT NULL REFERENCES chunk (hash) ON DELETE RESTRICT,
      PRIMARY KEY (checkpoint_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX checkpoint_chunk_by_hash ON checkpoint_chunk (hash);

    CREATE TABLE capture (
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      content TEXT NOT NULL CHECK (json_valid(content)),
      PRIMARY KEY (run_id, kind)
    ) STRICT;

    CREATE TABLE tag (
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      word TEXT NOT NULL CHECK (length(word) >= 1),
      PRIMARY KEY (run_id, word)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE note (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      text TEXT NOT NULL CHECK (length(text) >= 1),
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX note_by_run ON note (run_id);

    """

  static let views = """
    CREATE VIEW v_run AS
      SELECT code AS id, experiment, seed, state, reason, attempts, epochs, duration_seconds,
        created_at, started_at, finished_at, weights_sha256, data_sha256, numeric_version,
        parameter_count, parameters, specification, content_key
      FROM run;

    CREATE VIEW v_sweep AS
      SELECT name || '@' || revision AS sweep, name, revision, created_at, version, overrides,
        manifest, experiment,
        (SELECT count(*) FROM cell WHERE cell.sweep_id = sweep.id) AS cells,
        (SELECT count(*) FROM sweep_run WHERE sweep_run.sweep_id = sweep.id) AS runs
      FROM sweep;

    CREATE VIEW v_sweep_run AS
      SELECT sweep.name || '@' || sweep.revision AS sweep, sweep_run.position, sweep_run.cell,
        sweep_run.seed, run.code AS run, cell.parameters, run.state, sweep_run.disposition,
        sweep_run.reason
      FROM sweep_run
      JOIN sweep ON sweep.id = sweep_run.sweep_id
      JOIN cell ON cell.sweep_id = sweep_run.sweep_id AND cell.position = sweep_run.cell
      JOIN run ON run.id = sweep_run.run_id;

    CREATE VIEW v_parameter AS
      SELECT run.code AS run, entry.key AS name, entry.value AS value
      FROM run, json_each(run.parameters) AS entry;

    CREATE VIEW v_metric AS
      SELECT run.code AS run, metric_name.name, metric.step, metric.epoch, metric.value
      FROM metric
      JOIN run ON run.id = metric.run_id
      JOIN metric_name ON metric_name.id = metric.name_id;

    CREATE VIEW v_attempt AS
      SELECT run.code AS run, attempt.number, attempt.host, attempt.pid, attempt.resumed_step,
        attempt.started_at, attempt.ended_at, attempt.outcome, attempt.reason,
        attempt.weights_sha256, environment.cpu, environment.system, environment.cores,
        environment.jobs, environment.threads, environment.version
      FROM attempt
      JOIN run ON run.id = attempt.run_id
      LEFT JOIN environment ON environment.id = attempt.environment_id;

    CREATE VIEW v_checkpoint AS
      SELECT run.code AS run, checkpoint.attempt, checkpoint.kind, checkpoint.step,
        checkpoint.epoch, checkpoint.metric_value, checkpoint.size, checkpoint.sha256,
        checkpoint.created_at
      FROM checkpoint JOIN run ON run.id = checkpoint.run_id;

    CREATE VIEW v_prediction AS
      SELECT run.code AS run, example.key AS example,
        json_extract(example.value, '$[0]') AS target,
        json_extract(example.value, '$[1]') AS prediction
      FROM capture
      JOIN run ON run.id = capture.run_id
      JOIN json_each(capture.content) AS example
      WHERE capture.kind = 'test_predictions';

    CREATE VIEW v_tag AS
      SELECT run.code AS run, tag.word FROM tag JOIN run ON run.id = tag.run_id;

    CREATE VIEW v_note AS
      SELECT run.code AS run, note.text, note.created_at FROM note JOIN run ON run.id = note.run_id;

    """
}
