// SPDX-License-Identifier: Apache-2.0

import Datasets
import Testing
import Vocabulary

/// Gross errors in training targets.
@Suite struct OutlierTests {
  private let request: DatasetRequest = {
    var request = Requests.linear(noise: 0.01)
    request.arguments["train"] = .integer(4000)
    return request
  }()

  private func data(
    _ share: Double,
    _ deviation: Double = 10,
    validation: Int = 0,
    standardize: DataOptions.Standardization = .none,
    seed: Int = 0
  ) throws -> PreparedData {
    var request = request
    request.seed = seed
    return try builtIn.prepare(
      request,
      DataOptions(
        validation: validation == 0 ? nil : .count(validation),
        standardize: standardize,
        outliers: Outliers(share: share, deviation: deviation)
      )
    )
  }

  private func clean(_ validation: Int = 0) throws -> PreparedData {
    try builtIn.prepare(
      request,
      DataOptions(validation: validation == 0 ? nil : .count(validation))
    )
  }

  private func errors(_ data: PreparedData, _ clean: PreparedData) -> [Double] {
    zip(data.values(.train), clean.values(.train)).map { Double($0 - $1) }.filter { $0 != 0 }
  }

  private func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
      .squareRoot()
  }

  @Test func `exactly the share is hit, with errors of the asked size`() throws {
    let clean = try clean()
    let errors = errors(try data(0.25, 10), clean)
    #expect(errors.count == 1000)
    let spread = deviation(clean.values(.train).map(Double.init))
    // Four standard errors of a standard deviation from 1000 draws, 1/√2000 of it; of a mean, 1/√1000.
    #expect(abs(deviation(errors) / (10 * spread) - 1) < 4 * 0.0224)
    #expect(abs(errors.reduce(0, +) / 1000) < 4 * 0.0316 * 10 * spread)
    #expect(self.errors(try data(1), clean).count == 4000)
  }

  @Test func `inputs, validation and test targets stay true`() throws {
    let (hit, clean) = (try data(0.5, validation: 1000), try clean(1000))
    #expect(hit.ids(.validation) == clean.ids(.validation))
    #expect(hit.values(.validation) == clean.values(.validation))
    #expect(hit.values(.test) == clean.values(.test))
    #expect(hit.inputs(.train) == clean.inputs(.train))
    #expect(errors(hit, clean).count == 1500)
  }

  @Test func `the errors are the data seed's`() throws {
    #expect(try data(0.1).values(.train) == data(0.1).values(.train))
    let (first, second) = (try data(0.1), try data(0.1, 5))
    // The same examples are hit, half as much.
    let clean = try clean()
    for (large, small) in zip(errors(first, clean), errors(second, clean)) {
      #expect(abs(large - 2 * small) < 1e-4 * abs(large) + 1e-5)
    }
  }

  @Test func `standardised targets are scaled by what they were before`() throws {
    let (raw, scaled) = (try data(0.1), try data(0.1, standardize: .both))
    let clean = try clean().values(.train).map(Double.init)
    let (mean, spread) = (clean.reduce(0, +) / 4000, deviation(clean))
    for (value, target) in zip(scaled.values(.train), raw.values(.train)) {
      let expected = (Double(target) - mean) / spread
      #expect(abs(Double(value) - expected) < 1e-5 * (1 + abs(expected)))
    }
  }

  @Test func `each fold has the share in what it is trained on`() throws {
    let options = DataOptions(
      folds: 4,
      outliers: Outliers(share: 0.2, deviation: 10)
    )
    let (data, clean) = (
      try builtIn.prepare(request, options),
      try builtIn.prepare(request, DataOptions(folds: 4))
    )
    for fold in 0..<4 {
      let (own, true_) = (data.fold(fold), clean.fold(fold))
      #expect(errors(own, true_).count == 600)
      #expect(own.values(.validation) == true_.values(.validation))
    }
  }

  @Test func `classes and tokens have no outliers`() {
    let options = DataOptions(outliers: Outliers(share: 0.1, deviation: 10))
    #expect(
      sentence { _ = try builtIn.prepare(Requests.spirals(), options) } == """
        error: `outliers` need real targets, but those of `spirals` are classes or tokens
        hint: leave out `outliers`
        """
    )
  }
}
