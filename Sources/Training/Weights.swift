// SPDX-License-Identifier: Apache-2.0

import Diagnostics
public import NeuralNetworks
import Tensors

/// Why a file's tensors do not fit a model.
public struct WeightsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence for each tensor that is missing, surplus or misshapen, in the model's order.
  public var problems: [String]

  /// All sentences.
  public var description: String { problems.joined(separator: "; ") }
}

extension Sequential {
  /// All trained tensors, in model order: what `export` writes.
  public var weights: SafeTensors {
    SafeTensors(
      parameters.map {
        SafeTensors.Entry(
          name: $0.parameter.name,
          shape: $0.parameter.shape.array,
          values: $0.parameter.array
        )
      }
    )
  }

  /// Takes over the tensors of a file; missing, surplus and misshapen ones are refused by name, and nothing changes.
  public func load(_ file: SafeTensors) throws(WeightsError) {
    var problems: [String] = []
    for parameter in parameters.map(\.parameter) {
      guard let entry = file[parameter.name] else {
        problems.append("tensor `\(parameter.name)` \(parameter.shape) is missing")
        continue
      }
      if entry.shape != parameter.shape.array {
        problems.append(
          "tensor `\(parameter.name)` is \(entry.shape), the model needs \(parameter.shape)"
        )
      }
    }
    let names = parameters.map(\.parameter.name)
    for entry in file.entries where !names.contains(entry.name) {
      let nearest = nearestName(to: entry.name, among: names)
      let hint = nearest.map { ", the nearest name is `\($0)`" } ?? ""
      problems.append("tensor `\(entry.name)` is not in the model\(hint)")
    }
    guard problems.isEmpty else { throw WeightsError(problems: problems) }
    for parameter in parameters.map(\.parameter) {
      if let entry = file[parameter.name] { parameter.assign(entry.values) }
    }
  }
}
