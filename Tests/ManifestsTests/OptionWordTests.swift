// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Manifests

/// What options of other tools are called here.
@Suite struct OptionWordTests {
  @Test(arguments: [
    ("--epochs", "train.epochs"), ("--num-epochs", "train.epochs"),
    ("--max_epochs", "train.epochs"),
    ("--batch-size", "train.batch_size"), ("--bs", "train.batch_size"),
    ("--lr", "optimizer.learning_rate"), ("-lr", "optimizer.learning_rate"),
    ("--learning-rate", "optimizer.learning_rate"), ("--momentum", "optimizer.momentum"),
    ("--weight-decay", "optimizer.weight_decay"), ("--optimizer", "optimizer.name"),
    ("--seed", "seed"), ("--repeat", "repeat"), ("--seeds", "repeat"), ("--model", "model"),
    ("--loss", "loss"), ("--criterion", "loss"), ("--dataset", "data.dataset"),
    ("--val-split", "data.validation"), ("--patience", "train.early_stopping.patience"),
    ("--clip-norm", "train.clip_norm"), ("--metric", "metric"), ("--name", "name"),
    ("--grad-clip", "train.clip_norm"), ("--train-limit", "data.train_limit"),
  ])
  func `an option is a key`(option: String, key: String) {
    #expect(OptionMeaning(option: option) == .key(key))
  }

  @Test(arguments: ["--dropout", "--hidden-size", "--units", "--activation", "--relu"])
  func `a word of layers is a parameter`(option: String) {
    let word = String(option.drop { $0 == "-" }).replacing("-", with: "_")
    #expect(OptionMeaning(option: option) == .parameter(word))
  }

  @Test func `what runexp does otherwise is said, and other words mean nothing`() {
    #expect(
      OptionMeaning(option: "--dry-run")
        == .answer("`runexp plan` shows what would be run and starts nothing")
    )
    for option in ["--foo", "--", "-", "", "--jobs-please"] {
      #expect(OptionMeaning(option: option) == nil)
    }
  }

  @Test func `every key that is named exists`() throws {
    for word in ["epochs", "lr", "batch_size", "momentum", "seed", "repeat", "patience", "name"] {
      guard case .key(let key) = OptionMeaning(option: "--\(word)") else {
        Issue.record("\(word)")
        continue
      }
      let value = key == "name" ? "other" : key.hasPrefix("optimizer") ? "0.5" : "3"
      #expect(complaints(small, ["\(key)=\(value)"]) == "", "\(key)")
    }
  }
}
