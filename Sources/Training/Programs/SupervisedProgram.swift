// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

/// A network that learns to give targets: one loss, or the weighted sum of several.
final class SupervisedProgram: TrainingProgram {
  private let heads: [Head]
  private let model: Network
  private let loader: BatchLoader
  let tape: Tape
  private let optimizer: any Optimizer
  private let schedule: Schedule
  private let train: TrainSpecification
  /// Those that are not frozen.
  private let parameters: [Tensors.Parameter]
  /// Writes sequences where a metric reads them; nil where none does.
  private let writer: SequenceWriter?
  /// The loss whose result is what the network writes.
  private let writtenHead: Int?

  /// A program for a network with its initial values; throws where the metrics do not fit.
  init(
    _ specification: RunSpecification,
    seed: Int,
    model: Network,
    data: PreparedData,
    tape: Tape
  ) throws(ModelError) {
    self.model = model
    self.tape = tape
    loader = BatchLoader(data: data)
    train = specification.train
    heads = try Head.all(specification, data.description, model)
    writtenHead = heads.firstIndex { $0.metrics.readsWritings }
    writer = writtenHead.flatMap { SequenceWriter(model, data, loss: $0, tape: tape) }
    let trained = ParameterSettings(specification.model)
      .trained(model.parameters, by: specification.optimizer)
    parameters = trained.map(\.parameter)
    optimizer = OptimizerBuilder.build(specification.optimizer, trained, context: tape.context)
    schedule = ScheduleBuilder.build(specification, seed: seed, data: data)
  }

  /// The optimizer's.
  var state: OptimizerState {
    get { optimizer.state }
    set { optimizer.state = newValue }
  }

  var empty: [MetricSums] { heads.map(\.metrics.empty) }

  // MARK: - Steps

  /// Forward, all losses, backward, clipping, one update.
  func update(
    _ batch: TrainingBatch,
    at place: StepPlace,
    into sums: inout ProgramSums
  ) throws(StepFault) -> Double {
    tape.reset(training: true)
    for parameter in parameters { parameter.clearGradient() }
    forward(batch, place)
    var total = 0.0
    for index in heads.indices {
      let head = heads[index]
      let (result, measured) = head.loss(of: batch, model, loader, tape, keepsPredictions: false)
      // A batch in which no step has a target adds nothing.
      let mean = result.weight == 0 && result.rows == 0 ? 0 : result.mean
      guard mean.isFinite else { throw result.weight == 0 ? .weightless : .loss(mean) }
      total += head.weight == 1 ? mean : head.weight * mean
      head.metrics.add(measured, result, to: &sums.epoch[index])
      if !sums.logged.isEmpty { head.metrics.add(measured, result, to: &sums.logged[index]) }
    }
    tape.backward()
    heads[0].metrics.addGradients(to: &sums.epoch[0])
    if !sums.logged.isEmpty { heads[0].metrics.addGradients(to: &sums.logged[0]) }
    clip()
    let time = schedule.unit == .epoch ? place.epoch : place.step
    guard optimizer.step(rate: { schedule.rate($0, at: time) }) else { throw .parameters }
    return total
  }

  func evaluate(
    _ batch: TrainingBatch,
    at place: StepPlace,
    into sums: inout [MetricSums],
    keeping: Bool
  ) -> TestPredictions? {
    tape.reset(training: false)
    forward(batch, place)
    var found: TestPredictions?
    for index in heads.indices {
      let keepsPredictions = keeping && index == 0
      let (result, measured) = heads[index]
        .loss(of: batch, model, loader, tape, keepsPredictions: keepsPredictions)
      heads[index].metrics.add(measured, result, to: &sums[index])
      if keepsPredictions, let predictions = measured.predictions {
        found = TestPredictions(
          targets: measured.targets.classes.array,
          predictions: predictions.array
        )
      }
    }
    write(batch, into: &sums)
    return found
  }

  /// Lets the network write the first target of a batch, if a metric asks for it.
  private func write(_ batch: TrainingBatch, into sums: inout [MetricSums]) {
    guard let writer, let head = writtenHead else { return }
    let labels = loader.targets(.target(0), batch.part, batch.ids, of: model, on: tape)
      .sequences(of: batch.ids.count, upTo: writer.writing.end)
    heads[head].metrics.add(
      writer.greedy(batch.part, batch.ids),
      labels: labels,
      to: &sums[head]
    )
  }

  private func forward(_ batch: TrainingBatch, _ place: StepPlace) {
    loader.read(batch.part, batch.ids, into: model, on: tape, draws: batch.draws)
    model.forward(Pass(tape: tape, seed: place.seed, step: UInt64(place.step)))
  }

  private func clip() {
    if let limit = train.clipValue {
      Clipping.byValue(parameters, limit: limit, context: tape.context)
    }
    if let limit = train.clipNorm {
      Clipping.byNorm(parameters, limit: limit, context: tape.context)
    }
  }

  // MARK: - Metrics

  /// Of one loss its metrics; of several the sum, each loss under its block's name, the first one's other metrics under
  /// their plain names, and those of the others under their block's name.
  func values(_ part: MetricName.Part, _ sums: [MetricSums]) -> [(quantity: String, value: Double)]
  {
    Self.values(heads, part, sums)
  }

  /// The quantities that a specification measures in a part of the data.
  static func quantities(
    _ specification: RunSpecification,
    _ description: DatasetDescription,
    _ model: Network,
    _ part: MetricName.Part
  ) throws(ModelError) -> [String] {
    let heads = try Head.all(specification, description, model)
    return values(heads, part, heads.map(\.metrics.empty)).map(\.quantity)
  }

  private static func values(
    _ heads: [Head],
    _ part: MetricName.Part,
    _ sums: [MetricSums]
  ) -> [(quantity: String, value: Double)] {
    let all = zip(heads, sums).map { head, sums in head.metrics.values(part, sums) }
    var values = all[0]
    if heads.count > 1 || heads[0].weight != 1 {
      values[0].value = zip(heads, sums).reduce(0.0) { $0 + $1.0.weight * $1.1.meanLoss }
    }
    guard heads.count > 1 else { return values }
    for (index, own) in all.enumerated() {
      let named = index == 0 ? own.prefix(1) : own[...]
      values += named.filter { MetricFacts(metric: $0.quantity)?.isOfTraining == false }
        .map { ("\($0.quantity).\(heads[index].name)", $0.value) }
    }
    return values
  }
}
