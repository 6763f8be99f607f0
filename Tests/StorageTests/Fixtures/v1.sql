PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migration (
  name TEXT NOT NULL PRIMARY KEY,
  applied_at TEXT NOT NULL
) STRICT;
INSERT INTO migration VALUES('v1','2027-01-15T08:00:00.000Z');
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
INSERT INTO environment VALUES(1,'Zen 4','Debian 12',2,1,2,'0.1.0');
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
INSERT INTO run VALUES(1,'e876bc9ebca4','e876bc9ebca4b803b7bef15a8227aa735cee25af558d04f1f7007bcc117ab81c','{"data":{"dataset":{"name":"glyphs","noise":0.1,"train":100},"seed":0,"sha256":"d1","standardize":"none","validation":20},"init":{"biases":{"name":"default"},"weights":{"name":"default"}},"loss":{"name":"cross_entropy"},"model":[{"name":"flatten"},{"activation":null,"bias":true,"name":"dense","units":10}],"numeric_version":1,"optimizer":{"learning_rate":0.1,"name":"sgd"},"seed":0,"train":{"batch_size":32,"epochs":4,"shuffle":true}}','rates','{"learning_rate":0.1}','{"data":{"dataset":{"arguments":{"noise":{"real":{"_0":0.1}},"train":{"integer":{"_0":100}}},"name":"glyphs"},"seed":0,"standardize":"none","validation":{"count":{"_0":20}}},"initialization":{"biases":{"arguments":{},"name":"default"},"weights":{"arguments":{},"name":"default"}},"loss":{"arguments":{},"name":"cross_entropy"},"metrics":[],"model":[{"arguments":{},"name":"flatten"},{"arguments":{"activation":{"none":{}},"bias":{"boolean":{"_0":true}},"units":{"integer":{"_0":10}}},"name":"dense"}],"optimizer":{"arguments":{"learning_rate":{"real":{"_0":0.1}}},"name":"sgd"},"train":{"batchSize":32,"epochs":4,"evaluateEvery":1,"shuffle":true}}','{"checkpoint":{"everyEpochs":1,"keepBest":0,"keepLast":1},"evaluateEvery":1,"extraMetrics":[],"metrics":["val.accuracy","train.loss","test.accuracy"],"selection":{"goal":"maximize","moment":"last","name":"val.accuracy"}}',0,'completed',NULL,1,4,8.0,'2027-01-15T08:00:00.000Z','2027-01-15T08:00:00.000Z','2027-01-15T08:00:00.000Z','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','d1',1,7850);
INSERT INTO run VALUES(2,'c85507a2d6ae','c85507a2d6aec5c28fad012f7a73e03182edc13cca95e16026c3881237ae189a','{"data":{"dataset":{"name":"glyphs","noise":0.1,"train":100},"seed":0,"sha256":"d1","standardize":"none","validation":20},"init":{"biases":{"name":"default"},"weights":{"name":"default"}},"loss":{"name":"cross_entropy"},"model":[{"name":"flatten"},{"activation":null,"bias":true,"name":"dense","units":10}],"numeric_version":1,"optimizer":{"learning_rate":0.1,"name":"sgd"},"seed":1,"train":{"batch_size":32,"epochs":4,"shuffle":true}}','rates','{"learning_rate":0.1}','{"data":{"dataset":{"arguments":{"noise":{"real":{"_0":0.1}},"train":{"integer":{"_0":100}}},"name":"glyphs"},"seed":0,"standardize":"none","validation":{"count":{"_0":20}}},"initialization":{"biases":{"arguments":{},"name":"default"},"weights":{"arguments":{},"name":"default"}},"loss":{"arguments":{},"name":"cross_entropy"},"metrics":[],"model":[{"arguments":{},"name":"flatten"},{"arguments":{"activation":{"none":{}},"bias":{"boolean":{"_0":true}},"units":{"integer":{"_0":10}}},"name":"dense"}],"optimizer":{"arguments":{"learning_rate":{"real":{"_0":0.1}}},"name":"sgd"},"train":{"batchSize":32,"epochs":4,"evaluateEvery":1,"shuffle":true}}','{"checkpoint":{"everyEpochs":1,"keepBest":0,"keepLast":1},"evaluateEvery":1,"extraMetrics":[],"metrics":["val.accuracy","train.loss","test.accuracy"],"selection":{"goal":"maximize","moment":"last","name":"val.accuracy"}}',1,'failed','diverged: loss is nan at step 7',1,1,0.0,'2027-01-15T08:00:00.000Z','2027-01-15T08:00:00.000Z','2027-01-15T08:00:00.000Z',NULL,'d1',1,7850);
INSERT INTO run VALUES(3,'ac1d81e54cf6','ac1d81e54cf6d9d9f7a9915d1f551b32e8fe04d789f4a271afba62a7caebde85','{"data":{"dataset":{"name":"glyphs","noise":0.1,"train":100},"seed":0,"sha256":"d1","standardize":"none","validation":20},"init":{"biases":{"name":"default"},"weights":{"name":"default"}},"loss":{"name":"cross_entropy"},"model":[{"name":"flatten"},{"activation":null,"bias":true,"name":"dense","units":10}],"numeric_version":1,"optimizer":{"learning_rate":0.01,"name":"sgd"},"seed":0,"train":{"batch_size":32,"epochs":4,"shuffle":true}}','rates','{"learning_rate":0.01}','{"data":{"dataset":{"arguments":{"noise":{"real":{"_0":0.1}},"train":{"integer":{"_0":100}}},"name":"glyphs"},"seed":0,"standardize":"none","validation":{"count":{"_0":20}}},"initialization":{"biases":{"arguments":{},"name":"default"},"weights":{"arguments":{},"name":"default"}},"loss":{"arguments":{},"name":"cross_entropy"},"metrics":[],"model":[{"arguments":{},"name":"flatten"},{"arguments":{"activation":{"none":{}},"bias":{"boolean":{"_0":true}},"units":{"integer":{"_0":10}}},"name":"dense"}],"optimizer":{"arguments":{"learning_rate":{"real":{"_0":0.01}}},"name":"sgd"},"train":{"batchSize":32,"epochs":4,"evaluateEvery":1,"shuffle":true}}','{"checkpoint":{"everyEpochs":1,"keepBest":0,"keepLast":1},"evaluateEvery":1,"extraMetrics":[],"metrics":["val.accuracy","train.loss","test.accuracy"],"selection":{"goal":"maximize","moment":"last","name":"val.accuracy"}}',0,'running',NULL,1,1,2.0,'2027-01-15T08:00:00.000Z','2027-01-15T08:00:00.000Z',NULL,NULL,'d1',1,7850);
INSERT INTO run VALUES(4,'60ab3e8dc2af','60ab3e8dc2afcc3d48ec5f5f9b3c102017d46b859e1e887ecd639c4b2b992966','{"data":{"dataset":{"name":"glyphs","noise":0.1,"train":100},"seed":0,"sha256":"d1","standardize":"none","validation":20},"init":{"biases":{"name":"default"},"weights":{"name":"default"}},"loss":{"name":"cross_entropy"},"model":[{"name":"flatten"},{"activation":null,"bias":true,"name":"dense","units":10}],"numeric_version":1,"optimizer":{"learning_rate":0.01,"name":"sgd"},"seed":1,"train":{"batch_size":32,"epochs":4,"shuffle":true}}','rates','{"learning_rate":0.01}','{"data":{"dataset":{"arguments":{"noise":{"real":{"_0":0.1}},"train":{"integer":{"_0":100}}},"name":"glyphs"},"seed":0,"standardize":"none","validation":{"count":{"_0":20}}},"initialization":{"biases":{"arguments":{},"name":"default"},"weights":{"arguments":{},"name":"default"}},"loss":{"arguments":{},"name":"cross_entropy"},"metrics":[],"model":[{"arguments":{},"name":"flatten"},{"arguments":{"activation":{"none":{}},"bias":{"boolean":{"_0":true}},"units":{"integer":{"_0":10}}},"name":"dense"}],"optimizer":{"arguments":{"learning_rate":{"real":{"_0":0.01}}},"name":"sgd"},"train":{"batchSize":32,"epochs":4,"evaluateEvery":1,"shuffle":true}}','{"checkpoint":{"everyEpochs":1,"keepBest":0,"keepLast":1},"evaluateEvery":1,"extraMetrics":[],"metrics":["val.accuracy","train.loss","test.accuracy"],"selection":{"goal":"maximize","moment":"last","name":"val.accuracy"}}',1,'queued',NULL,0,0,NULL,'2027-01-15T08:00:00.000Z',NULL,NULL,NULL,'d1',1,7850);
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
INSERT INTO sweep VALUES(1,'rates',1,'d8f5b91e7cb57cc8f9c79d937b483fa70c9505fca9fe813610070f3d128fc00d','{"checkpoint":{"everyEpochs":1,"keepBest":0,"keepLast":1},"expectations":[],"method":{"grid":{}},"metric":{"goal":"maximize","moment":"last","name":"val.accuracy"},"name":"rates","parameters":[{"isLogarithmic":false,"name":"learning_rate","values":[0.1,0.01]}],"references":[],"repeats":2,"report":{"curves":["train.loss"],"metric":"test.accuracy"},"seed":0,"tags":["lecture-3"],"tune":[]}',replace('name: rates\n','\n',char(10)),'[]','0.1.0','2027-01-15T08:00:00.000Z');
CREATE TABLE cell (
  sweep_id INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  parameters TEXT NOT NULL CHECK (json_valid(parameters)),
  specification TEXT NOT NULL CHECK (json_valid(specification)),
  PRIMARY KEY (sweep_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO cell VALUES(1,0,'{"learning_rate":0.1}','{"data":{"dataset":{"arguments":{"noise":{"real":{"_0":0.1}},"train":{"integer":{"_0":100}}},"name":"glyphs"},"seed":0,"standardize":"none","validation":{"count":{"_0":20}}},"initialization":{"biases":{"arguments":{},"name":"default"},"weights":{"arguments":{},"name":"default"}},"loss":{"arguments":{},"name":"cross_entropy"},"metrics":[],"model":[{"arguments":{},"name":"flatten"},{"arguments":{"activation":{"none":{}},"bias":{"boolean":{"_0":true}},"units":{"integer":{"_0":10}}},"name":"dense"}],"optimizer":{"arguments":{"learning_rate":{"real":{"_0":0.1}}},"name":"sgd"},"train":{"batchSize":32,"epochs":4,"evaluateEvery":1,"shuffle":true}}');
INSERT INTO cell VALUES(1,1,'{"learning_rate":0.01}','{"data":{"dataset":{"arguments":{"noise":{"real":{"_0":0.1}},"train":{"integer":{"_0":100}}},"name":"glyphs"},"seed":0,"standardize":"none","validation":{"count":{"_0":20}}},"initialization":{"biases":{"arguments":{},"name":"default"},"weights":{"arguments":{},"name":"default"}},"loss":{"arguments":{},"name":"cross_entropy"},"metrics":[],"model":[{"arguments":{},"name":"flatten"},{"arguments":{"activation":{"none":{}},"bias":{"boolean":{"_0":true}},"units":{"integer":{"_0":10}}},"name":"dense"}],"optimizer":{"arguments":{"learning_rate":{"real":{"_0":0.01}}},"name":"sgd"},"train":{"batchSize":32,"epochs":4,"evaluateEvery":1,"shuffle":true}}');
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
INSERT INTO sweep_run VALUES(1,0,0,0,1,'new','no stored run has its content');
INSERT INTO sweep_run VALUES(1,1,0,1,2,'new','no stored run has its content');
INSERT INTO sweep_run VALUES(1,2,1,0,3,'new','no stored run has its content');
INSERT INTO sweep_run VALUES(1,3,1,1,4,'new','no stored run has its content');
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
INSERT INTO attempt VALUES(1,1,'elsewhere','b',1,1,NULL,NULL,NULL,NULL,1,0,0.0,'2027-01-15T08:00:00.000Z',1800000000.0,'2027-01-15T08:00:00.000Z','completed',NULL,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
INSERT INTO attempt VALUES(2,1,'elsewhere','b',1,1,NULL,NULL,NULL,NULL,NULL,0,0.0,'2027-01-15T08:00:00.000Z',1800000000.0,'2027-01-15T08:00:00.000Z','failed','diverged: loss is nan at step 7',NULL);
INSERT INTO attempt VALUES(3,1,'elsewhere','b',1,1,NULL,NULL,NULL,NULL,NULL,0,0.0,'2027-01-15T08:00:00.000Z',1800000000.0,NULL,NULL,NULL,NULL);
CREATE TABLE metric_name (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE CHECK (length(name) >= 1)
) STRICT;
INSERT INTO metric_name VALUES(1,'train.loss');
INSERT INTO metric_name VALUES(2,'val.accuracy');
INSERT INTO metric_name VALUES(3,'test.accuracy');
CREATE TABLE metric (
  run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name_id INTEGER NOT NULL REFERENCES metric_name (id) ON DELETE RESTRICT,
  step INTEGER NOT NULL CHECK (step >= 0),
  epoch REAL NOT NULL CHECK (epoch >= 0),
  value REAL,
  PRIMARY KEY (run_id, name_id, step, epoch)
) STRICT, WITHOUT ROWID;
INSERT INTO metric VALUES(1,1,10,1.0,0.5);
INSERT INTO metric VALUES(1,1,20,2.0,0.5);
INSERT INTO metric VALUES(1,1,30,3.0,0.5);
INSERT INTO metric VALUES(1,1,40,4.0,0.5);
INSERT INTO metric VALUES(1,2,10,1.0,0.10000000000000000555);
INSERT INTO metric VALUES(1,2,20,2.0,0.2000000000000000111);
INSERT INTO metric VALUES(1,2,30,3.0,0.29999999999999998889);
INSERT INTO metric VALUES(1,2,40,4.0,0.4000000000000000222);
INSERT INTO metric VALUES(1,3,10,1.0,0.69999999999999995559);
INSERT INTO metric VALUES(1,3,20,2.0,0.69999999999999995559);
INSERT INTO metric VALUES(1,3,30,3.0,0.69999999999999995559);
INSERT INTO metric VALUES(1,3,40,4.0,0.69999999999999995559);
INSERT INTO metric VALUES(2,1,10,1.0,NULL);
INSERT INTO metric VALUES(2,2,10,1.0,0.10000000000000000555);
INSERT INTO metric VALUES(2,3,10,1.0,0.69999999999999995559);
INSERT INTO metric VALUES(3,1,10,1.0,0.5);
INSERT INTO metric VALUES(3,2,10,1.0,0.10000000000000000555);
INSERT INTO metric VALUES(3,3,10,1.0,0.69999999999999995559);
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
INSERT INTO checkpoint VALUES(1,1,1,'final',40,4.0,NULL,8.0,3,'039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81','2027-01-15T08:00:00.000Z');
INSERT INTO checkpoint VALUES(2,3,1,'resume',10,1.0,0.10000000000000000555,2.0,2,'2fa1b377bf67309f65e5e7bc9d924345ca648dec4e601a398a9cb497dcba3765','2027-01-15T08:00:00.000Z');
CREATE TABLE chunk (
  hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  bytes BLOB NOT NULL
) STRICT;
INSERT INTO chunk VALUES(X'039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81',X'010203');
INSERT INTO chunk VALUES(X'2fa1b377bf67309f65e5e7bc9d924345ca648dec4e601a398a9cb497dcba3765',X'0405');
CREATE TABLE checkpoint_chunk (
  checkpoint_id INTEGER NOT NULL REFERENCES checkpoint (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  hash BLOB NOT NULL REFERENCES chunk (hash) ON DELETE RESTRICT,
  PRIMARY KEY (checkpoint_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO checkpoint_chunk VALUES(1,0,X'039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81');
INSERT INTO checkpoint_chunk VALUES(2,0,X'2fa1b377bf67309f65e5e7bc9d924345ca648dec4e601a398a9cb497dcba3765');
CREATE TABLE capture (
  run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  content TEXT NOT NULL CHECK (json_valid(content)),
  PRIMARY KEY (run_id, kind)
) STRICT;
INSERT INTO capture VALUES(1,'test_predictions','[[0,0],[1,1],[2,1]]');
CREATE TABLE tag (
  run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  word TEXT NOT NULL CHECK (length(word) >= 1),
  PRIMARY KEY (run_id, word)
) STRICT, WITHOUT ROWID;
INSERT INTO tag VALUES(1,'good');
INSERT INTO tag VALUES(1,'lecture-3');
INSERT INTO tag VALUES(2,'lecture-3');
INSERT INTO tag VALUES(3,'lecture-3');
INSERT INTO tag VALUES(4,'lecture-3');
CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  text TEXT NOT NULL CHECK (length(text) >= 1),
  created_at TEXT NOT NULL
) STRICT;
INSERT INTO note VALUES(1,1,'as expected','2027-01-15T08:00:00.000Z');
CREATE INDEX run_by_state ON run (state);
CREATE INDEX run_by_experiment ON run (experiment);
CREATE INDEX sweep_run_by_run ON sweep_run (run_id);
CREATE INDEX attempt_by_environment ON attempt (environment_id);
CREATE INDEX metric_by_name ON metric (name_id);
CREATE INDEX checkpoint_chunk_by_hash ON checkpoint_chunk (hash);
CREATE INDEX note_by_run ON note (run_id);
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
COMMIT;
