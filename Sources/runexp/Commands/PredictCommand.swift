// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Datasets
import Storage
import Training
import Workbench

/// `predict`: what a stored run makes of inputs from a file.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Applies a run's final weights to an npy array or a PNG.",
    usage: "runexp predict <run> <input> [options]",
    discussion: """
      Examples:
        runexp predict best:quickstart images.npy
        runexp predict last shirt.png --output logits.npy

      INPUT is [N, …], read as the training data were: bytes divided by 255, then
      the same standardisation; a PNG must have the size of the data's images, or
      is resized as they were where `data.size` is set. One JSON line per example:
      index, output, and for classification class and probabilities (null unless
      the loss is cross_entropy).
      """
  )

  @Argument(help: ArgumentHelp("The run.", valueName: "run")) var target: String
  @Argument(help: "An npy file [N, …], or a PNG.") var input: String
  @Option(
    help: ArgumentHelp("Write the raw outputs [N, …] as npy, too.", valueName: "file.npy")
  )
  var output: String?
  @Option(parsing: .unconditional, help: "Threads. Default: as many as there are cores.")
  var threads: Int?
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    try OptionRange.check("--threads", threads)
  }

  func run() throws {
    try reportingFailures {
      let store = try database.openForReading()
      let prediction = try Prediction(of: store.run(target), in: store, library: .standard)
      let outputs = try prediction.outputs(
        forFile: input,
        threads: max(1, threads ?? Machine.usableCores)
      )
      if let output {
        let array = NpyArray(shape: outputs.values.shape, .float32(outputs.values.values))
        try OutputFile.write(array.encoded, to: output)
      }
      for line in outputs.lines { Terminal.print(data: line.visibleLine) }
    }
  }
}
