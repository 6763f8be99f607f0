// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Tensors

/// NASA's airfoil self-noise: five properties of an airfoil in a wind, the sound pressure level in dB as target.
///
/// With `standardized`, each of the six columns has mean 0 and population standard deviation 1 over all 1,503 records,
/// as "Dive into Deep Learning" prepares them (1st edition, section 11.5; 2nd edition, 12.5); it takes the first 1,500.
struct Airfoil: DatasetSource {
  var files: FileSet

  private static let names = [
    "frequency", "angle_of_attack", "chord_length", "free_stream_velocity",
    "displacement_thickness", "sound_pressure_level",
  ]
  private static let count = 1503

  var version: Int { 1 }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let path = try files.locate(in: locations)[0]
    let table = try Table(path: path, separator: UInt8(ascii: "\t"), hasHeader: false)
    guard table.names.count == Self.names.count else {
      let fact = DatasetError.TableFact.ragged(
        expected: Self.names.count,
        got: table.names.count,
        .other
      )
      throw .table(path: path, line: 1, fact)
    }
    guard table.records.count == Self.count else {
      let fact = DatasetError.TableFact.recordCount(expected: Self.count, got: table.records.count)
      throw .table(path: path, line: nil, fact)
    }
    var columns: [[Double]] = []
    for place in Self.names.indices {
      let column = try numbers(table, place)
      columns.append(request.boolean("standardized") ? standardized(column) : column)
    }
    let inputs = (0..<Self.count).flatMap { row in columns.dropLast().map { $0[row] } }
    var set = PlainSet(
      meaning: DecodedSet.Meaning(
        input: .values([5]),
        target: .values([1]),
        columns: Self.names.dropLast().map { .number($0) }
      ),
      arrays: [:]
    )
    set.store(PlainArray(inputs, shape: [Self.count, 5]), part: "train", role: "inputs")
    set.store(PlainArray(columns[5], shape: [Self.count, 1]), part: "train", role: "targets")
    return DecodedCache.inMemory(set)
  }

  private func numbers(_ table: Table, _ place: Int) throws(DatasetError) -> [Double] {
    var values: [Double] = []
    for record in table.records {
      guard case .number(let value) = FieldNumber(record.fields[place]) else {
        let strange = StrangeField(column: Self.names[place], text: record.fields[place])
        throw .table(path: table.path, line: record.line, .notNumber(strange))
      }
      values.append(value)
    }
    return values
  }

  private func standardized(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let deviation = variance.squareRoot()
    return values.map { ($0 - mean) / deviation }
  }
}
