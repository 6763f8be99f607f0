// SPDX-License-Identifier: Apache-2.0

import Experiments
import Storage
import Testing
import Vocabulary

private func content(
  _ change: (inout RunSpecification) -> Void = { _ in },
  seed: Int = 0,
  data: String = "d1",
  initialization: String? = nil,
  numericVersion: Int = 1
) -> RunContent {
  var changed = specification()
  change(&changed)
  return RunContent(
    specification: changed,
    seed: seed,
    dataSHA256: data,
    initializationSHA256: initialization,
    numericVersion: numericVersion
  )
}

/// With early stopping, of which the cadence of evaluation is a part.
private func stopping(_ change: (inout TrainSpecification) -> Void = { _ in }) -> RunContent {
  content {
    $0.train.earlyStopping = EarlyStopping(metric: "val.loss", goal: .minimize, patience: 3)
    change(&$0.train)
  }
}

@Suite struct ContentKeyTests {
  /// Keys of old databases stand on this text: it may only ever gain keys that are left out by default.
  @Test func `the text is canonical`() {
    #expect(
      content().text
        == #"{"data":{"dataset":{"name":"glyphs","noise":0.1,"train":100},"seed":0,"#
        + #""sha256":"d1","standardize":"none","validation":20},"#
        + #""init":{"biases":{"name":"default"},"weights":{"name":"default"}},"#
        + #""loss":{"name":"cross_entropy"},"model":[{"name":"flatten"},"#
        + #"{"activation":null,"bias":true,"name":"dense","units":10}],"numeric_version":1,"#
        + #""optimizer":{"learning_rate":0.1,"name":"sgd"},"seed":0,"#
        + #""train":{"batch_size":32,"epochs":4,"shuffle":true}}"#
    )
  }

  /// `printf '%s' TEXT | sha256sum` of the text above.
  @Test func `the key is the SHA-256 of the text`() {
    #expect(content().key == "e876bc9ebca4b803b7bef15a8227aa735cee25af558d04f1f7007bcc117ab81c")
  }

  @Test func `everything that decides the bits changes the key`() {
    let variants = [
      content(seed: 1), content(data: "d2"), content(numericVersion: 2),
      content { $0.data.seed = 1 }, content { $0.data.validation = nil },
      content { $0.data.validation = .count(21) }, content { $0.data.validation = .fraction(0.2) },
      content { $0.data.trainLimit = 50 }, content { $0.data.testLimit = 50 },
      content { $0.data.task = .regression }, content { $0.data.standardize = .inputs },
      content { ($0.data.validation, $0.data.folds) = (nil, 5) },
      content { $0.data.outliers = Outliers(share: 0.1, deviation: 10) },
      content { $0.data.outliers = Outliers(share: 0.2, deviation: 10) },
      content { $0.data.outliers = Outliers(share: 0.1, deviation: 5) },
      content { $0.data.augmentation = Augmentation(flipsHorizontally: true) },
      content { $0.data.augmentation = Augmentation(shift: 2) },
      content { $0.data.augmentation = Augmentation(cropPadding: 2) },
      content { $0.data.dataset.arguments["noise"] = .real(0.2) },
      content { $0.data.dataset.name = "spirals" },
      content { $0.model.layers?[1].arguments["units"] = .integer(11) },
      content { _ = $0.model.layers?.removeFirst() },
      content { $0.model.layers?.append(Component("relu")) },
      content { $0.initialization.weights = Component("normal", ["sd": .real(0.01)]) },
      content { $0.initialization.biases = Component("zeros") },
      content({ $0.initialization.file = "/a/w.safetensors" }, initialization: "f1"),
      content({ $0.initialization.file = "/a/w.safetensors" }, initialization: "f2"),
      content { $0.loss = Component("mse") }, content { $0.optimizer.name = "adam" },
      content { $0.optimizer.arguments["learning_rate"] = .real(0.100001) },
      content { $0.train.epochs = 5 }, content { $0.train.batchSize = 33 },
      content { $0.train.batchSize = nil }, content { $0.train.shuffle = false },
      content { $0.train.clipNorm = 1 }, content { $0.train.clipValue = 1 },
      stopping(), stopping { $0.earlyStopping?.metric = "train.loss" },
      stopping { $0.earlyStopping?.goal = .maximize },
      stopping { $0.earlyStopping?.patience = 4 },
      stopping { $0.earlyStopping?.minimumDelta = 0.1 },
      stopping { $0.earlyStopping?.restoresBest = true }, stopping { $0.evaluateEvery = 2 },
    ]
    #expect(Set((variants + [content()]).map(\.key)).count == variants.count + 1)
  }

  @Test func `what does not decide the bits does not change the key`() {
    let variants = [
      content { $0.train.evaluateEvery = 3 }, content { $0.train.logEverySteps = 10 },
      content { $0.metrics = ["weight_norm"] },
      content { $0.optimizer.arguments["learning_rate"] = .real(1e-1) },
      content { $0.optimizer.arguments["schedule"] = ArgumentValue.none },
      content { $0.model.layers?[1].arguments["frozen"] = .boolean(false) },
      content { $0.model.layers?[1].arguments["learning_rate"] = ArgumentValue.none },
    ]
    #expect(Set((variants + [content()]).map(\.key)).count == 1)
    #expect(stopping().key == stopping { $0.logEverySteps = 10 }.key)
  }

  @Test func `a data seed that follows the run's is the number it comes to`() {
    let following = content({ $0.data.followsRunSeed = true }, seed: 5)
    let fixed = content({ $0.data.seed = 5 }, seed: 5)
    #expect(following.key == fixed.key)
    #expect(following.key != content({ $0.data.followsRunSeed = true }, seed: 6).key)
    #expect(following.key != content(seed: 5).key)
  }

  @Test func `paths do not change the key, the digest of their files does`() {
    func arrays(_ folder: String, data: String = "d1") -> RunContent {
      content(
        { specification in
          specification.data.dataset = Component(
            "npy",
            [
              "train": .mapping([
                "inputs": .text(folder + "/x.npy"), "targets": .text(folder + "/y.npy"),
              ]),
              "test": .none,
            ]
          )
        },
        data: data
      )
    }
    #expect(arrays("/home/a").key == arrays("/mnt/b").key)
    #expect(!arrays("/home/a").text.contains("npy/"))
    #expect(!arrays("/home/a").text.contains("/home"))
    #expect(arrays("/home/a").key != arrays("/home/a", data: "d2").key)
    func from(_ path: String) -> RunContent {
      content({ $0.initialization.file = path }, initialization: "f1")
    }
    #expect(from("/home/a/w.safetensors").key == from("/mnt/w.safetensors").key)
  }

  /// A new property must be put into the content, or among those that do not decide the bits.
  @Test func `every property of a specification has been thought of`() {
    func names(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }
    let value = specification()
    #expect(
      names(value) == [
        "data", "model", "initialization", "losses", "optimizer", "train", "metrics",
      ]
    )
    #expect(names(value.data) == ["dataset", "seed", "followsRunSeed", "options"])
    #expect(
      names(value.data.options) == [
        "validation", "folds", "trainLimit", "testLimit", "task", "standardize", "outliers",
        "augmentation",
      ]
    )
    #expect(names(value.initialization) == ["weights", "biases", "file"])
    #expect(
      names(value.train) == [
        "epochs", "batchSize", "shuffle", "clipNorm", "clipValue", "evaluateEvery",
        "logEverySteps", "earlyStopping",
      ]
    )
    #expect(names(value.optimizer) == ["name", "arguments"])
  }

  @Test func `the same run has the same id in every database`() throws {
    let fixtures = [try StoreFixture(), try StoreFixture()]
    let first = try fixtures[0].store.plan(plan())
    let second = try fixtures[1].store.plan(plan("another name"))
    #expect(first.runIDs == second.runIDs)
    #expect(first.runIDs.allSatisfy { $0.count == 12 })
  }
}
