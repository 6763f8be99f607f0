// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import NeuralNetworks
import Tensors

/// Why a file's tensors do not fit a model.
package struct WeightsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence for each tensor that is missing, surplus or misshapen, in the model's order.
  package var problems: [String]

  /// All sentences.
  package var description: String { problems.joined(separator: "; ") }
}

extension Network {
  /// All trained tensors and buffers, in model order: what `export` writes.
  package var weights: SafeTensors {
    SafeTensors(
      tensors.map {
        SafeTensors.Entry(name: $0.name, shape: $0.shape.array, values: $0.array)
      }
    )
  }

  /// Takes over the tensors of a file; missing, surplus and misshapen ones are refused by name, and nothing changes.
  package func load(_ file: SafeTensors) throws(WeightsError) {
    var problems: [String] = []
    for tensor in tensors {
      guard let entry = file[tensor.name] else {
        problems.append("tensor `\(tensor.name)` \(tensor.shape) is missing")
        continue
      }
      if entry.shape != tensor.shape.array {
        problems.append(
          "tensor `\(tensor.name)` is \(entry.shape), the model needs \(tensor.shape)"
        )
      }
    }
    let names = tensors.map(\.name)
    for entry in file.entries where !names.contains(entry.name) {
      let nearest = nearestName(to: entry.name, among: names)
      let hint = nearest.map { ", the nearest name is `\($0)`" } ?? ""
      problems.append("tensor `\(entry.name)` is not in the model\(hint)")
    }
    guard problems.isEmpty else { throw WeightsError(problems: problems) }
    for tensor in tensors {
      if let entry = file[tensor.name] { tensor.assign(entry.values) }
    }
  }
}
