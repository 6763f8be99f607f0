// SPDX-License-Identifier: Apache-2.0

package import Datasets
import Diagnostics
package import Experiments
import Foundation
import ModelFiles
package import Storage
import Tensors
package import Training
import Vocabulary

/// A completed run that is asked about new inputs.
package struct Prediction {
  private let run: RunRecord
  private let data: PreparedData
  private let weights: SafeTensors

  /// Reads the final weights, and the data for their scaling; throws if either is not to be had.
  package init(of run: RunRecord, in store: RunStore, library: DatasetLibrary) throws {
    guard !run.isImported else {
      throw Diagnostic(
        "run \(run.id) was imported and has no weights here",
        hints: ["only runs that were trained here predict"]
      )
    }
    guard let bytes = try store.finalWeights(ofRun: run.id) else {
      throw Diagnostic(
        "run \(run.id) is \(run.state.rawValue) and has no final weights",
        hints: ["only completed runs predict; `runexp runs --where state=completed` lists them"]
      )
    }
    self.run = run
    weights = try SafeTensors(decoding: bytes)
    // The weights are those of the last fold's network, and so must be the scaling.
    let prepared = try run.preparedData(in: library)
    data = prepared.fold(prepared.foldCount - 1)
  }

  /// What the network makes of the examples in a file.
  package func outputs(forFile path: String, threads: Int) throws -> PredictedOutputs {
    let predictor = try Predictor(
      run.specification,
      for: data.description,
      weights: weights,
      threads: threads
    )
    let outputs = try predictor.outputs(for: inputs(fromFile: path))
    return PredictedOutputs(values: outputs, predictor: predictor)
  }

  private func inputs(fromFile path: String) throws -> ForeignInputs {
    guard path.lowercased().hasSuffix(".png") else {
      return try data.inputs(from: NpyArray(path: path), path: path)
    }
    guard case .values(let shape) = data.description.input, shape.count == 3,
      shape[0] == 1 || shape[0] == 3
    else {
      throw Diagnostic(
        "`\(path)` is a picture, but the inputs of run \(run.id) are not",
        hints: ["give an npy file [N, …]"]
      )
    }
    let request = DatasetRequest(run.specification.data, runSeed: run.seed)
    return try data.inputs(fromPicture: path, resizing: request.resizesPictures)
  }
}

/// Outputs with what they mean, an object for each example.
package struct PredictedOutputs {
  package let values: Predictor.Outputs
  package let predictor: Predictor
}

extension RunRecord {
  /// The data the run was trained on; throws if they are not here, or are other data now.
  package func preparedData(in library: DatasetLibrary) throws -> PreparedData {
    let wanted = specification.data
    let data = try library.prepare(DatasetRequest(wanted, runSeed: seed), wanted.options)
    if !wanted.followsRunSeed, let dataSHA256, !data.description.has(contentSHA256: dataSHA256) {
      throw Diagnostic(
        "the data `\(wanted.dataset.name)` changed since run \(id) was planned",
        hints: ["their digest was \(dataSHA256), it is \(data.description.contentSHA256)"]
      )
    }
    return data
  }
}
