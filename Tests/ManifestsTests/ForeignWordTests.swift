// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Manifests

/// What is said to words of other tools, in whatever spelling.
@Suite struct ForeignWordTests {
  private func hint(_ change: String) -> String? {
    complaints(changed(small, [change])).split(separator: "\n").last.map(String.init)
  }

  @Test(arguments: [
    ("nn.Linear", "dense"), ("keras.layers.Dense", "dense"), ("Conv2d", "conv2d"),
    ("MaxPooling2D", "max_pool2d"), ("BatchNorm1d", "batch_norm"), ("nn.ReLU", "relu"),
    ("LeakyReLU", "leaky_relu"), ("LSTMCell", "lstm"), ("Dropout2d", "dropout"),
    ("flatten_layer", "flatten"), ("LayerNormalization", "layer_norm"), ("sig", "sigmoid"),
  ])
  func `a layer of another library`(word: String, ours: String) {
    #expect(hint("model: [\(word), { dense: 2 }]") == "hint: did you mean `\(ours)`?")
  }

  @Test(arguments: [
    ("relu6", "this version has no `relu6`; `relu` is the same without the upper end"),
    ("LogSoftmax", "`cross_entropy` takes logits: leave it out"),
    ("Input", "sizes of inputs are inferred: leave it out"),
    ("nn.GroupNorm", "this version has `batch_norm` and `layer_norm`"),
    ("MultiheadAttention", "`attention: 4` is self-attention with 4 heads"),
  ])
  func `a layer that is not there`(word: String, answer: String) {
    #expect(hint("model: [\(word), { dense: 2 }]") == "hint: \(answer)")
  }

  @Test(arguments: [
    ("Adam", "adam"), ("torch.optim.SGD", "sgd"), ("sgd_momentum", "sgd"), ("RMSProp", "rmsprop"),
    ("AdamOptimizer", "adam"),
  ])
  func `an optimizer of another library`(word: String, ours: String) {
    #expect(
      hint("optimizer: { name: \(word), learning_rate: 0.1 }") == "hint: did you mean `\(ours)`?"
    )
  }

  @Test(arguments: [
    ("CrossEntropyLoss", "cross_entropy"), ("nll_loss", "cross_entropy"), ("MSELoss", "mse"),
    ("L1Loss", "mae"), ("BCEWithLogitsLoss", "binary_cross_entropy"),
    ("sparse_categorical_crossentropy", "cross_entropy"), ("SmoothL1Loss", "huber"),
  ])
  func `a loss of another library`(word: String, ours: String) {
    #expect(hint("loss: \(word)") == "hint: did you mean `\(ours)`?")
  }

  @Test(arguments: [
    ("test.acc", "test.accuracy"), ("test_acc", "test.accuracy"), ("acc", "val.accuracy"),
    ("val_loss", "val.loss"), ("validation.acc", "val.accuracy"), ("test.perp", "test.perplexity"),
    ("test.mean_absolute_error", "test.mae"), ("test.f1_score", "test.f1"),
    ("valid_accuracy", "val.accuracy"), ("test.samples_per_second", "train.samples_per_second"),
    ("test.MSE", "test.rmse"),
  ])
  func `a metric in other words`(word: String, ours: String) {
    #expect(hint("metric: \(word)") == "hint: did you mean `\(ours)`?")
  }

  @Test func `a metric without a counterpart gets no wrong guess`() {
    let text = hint("metric: test.auc") ?? ""
    #expect(text.hasPrefix("hint: it is `train.`, `val.` or `test.` and one of `loss`"), "\(text)")
  }

  @Test(arguments: [
    ("accuracy", "`accuracy` is always measured: leave it out"),
    ("acc", "`accuracy` is always measured: leave it out"),
    ("test.loss", "`loss` is always measured, as `test.loss`: leave it out"),
    ("test.acc", "`accuracy` is always measured, as `test.accuracy`: leave it out"),
    ("test.mae", "write `mae`: it is measured on every part of the data"),
  ])
  func `an entry of metrics that says too much`(word: String, answer: String) {
    #expect(hint("metrics: [\(word)]") == "hint: \(answer)")
    #expect(hint("metrics: \(word)") == "hint: \(answer)")
  }

  @Test func `one word for a list`() {
    #expect(hint("metrics: mae") == "hint: write `[mae]` for a list of one")
    #expect(hint("tags: first") == "hint: write `[first]` for a list of one")
  }

  @Test(arguments: [
    ("zeros", "write `{ weights: zeros }`; biases have `biases:`"),
    ("glorot_uniform", "write `{ weights: xavier_uniform }`; biases have `biases:`"),
    (
      "small",
      "the initializers are `default`, `zeros`, `normal`, `uniform`, `truncated_normal`, `constant`, `xavier_uniform`, `xavier_normal`, `kaiming_uniform`, `kaiming_normal` and `orthogonal`"
    ),
  ])
  func `initial values without their mapping`(word: String, answer: String) {
    #expect(hint("init: \(word)") == "hint: \(answer)")
    #expect(
      hint("model: [{ dense: { units: 16, init: \(word) } }, { dense: 2 }]") == "hint: \(answer)"
    )
  }

  @Test func `another value for a mapping says its keys`() {
    #expect(
      complaints(changed(small, ["checkpoint: 3"])) == """
        m.yaml:7:13: error: `checkpoint` must be a mapping, got `3`
        checkpoint: 3
                    ^
        hint: it takes `every_epochs`, `keep_best` and `keep_last`
        """
    )
  }

  @Test(arguments: [
    ("random_seed: 1", "did you mean `seed`?"),
    ("scheduler: 1", "`schedule` belongs into `optimizer:`"),
    ("wandb: 1", "everything is stored in the database: leave it out"),
    (
      "train: { epochs: 2, batch_size: 32, lr: 1 }",
      "`learning_rate` belongs into `optimizer:`"
    ),
    (
      "train: { epochs: 2, batch_size: 32, patience: 3 }",
      "write `early_stopping: { metric: …, patience: … }`"
    ),
    (
      "train: { epochs: 2, batch_size: 32, metrics: 1 }", "`metrics` belongs into the top level"
    ),
    (
      "model: [{ dense: { units: 16, kernel_initializer: zeros } }, { dense: 2 }]",
      "did you mean `init`?"
    ),
    (
      "model: [{ dense: { units: 16, dropout: 0.5 } }, { dense: 2 }]",
      "`dropout` is a layer of its own: write `- dropout: 0.5` behind this one"
    ),
  ])
  func `a key of another tool`(change: String, answer: String) {
    #expect(hint(change) == "hint: \(answer)")
  }

  @Test func `answers are about components that are not there`() {
    for (family, answers) in ForeignWords.componentAnswers {
      let known = family.definitions.map { $0.name.filter { $0 != "_" } }
      for word in answers.keys {
        #expect(!known.contains(word), "\(word) exists")
        #expect(word == word.lowercased() && !word.contains("_"), "\(word) is never found")
      }
    }
  }
}
