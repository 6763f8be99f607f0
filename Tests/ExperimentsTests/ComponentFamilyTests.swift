// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Experiments
@testable import Vocabulary

/// A component does not store its family, but each belongs to one.
@Suite struct ComponentFamilyTests {
  /// Names that stand in more than one family.
  private static let shared = Dictionary(
    grouping: Catalog.Family.allCases.flatMap { family in
      Catalog.definitions(family).map { (name: $0.name, family: family) }
    },
    by: \.name
  ).filter { $0.value.count > 1 }

  @Test func `few names stand in two families`() {
    #expect(Set(Self.shared.keys) == ["constant", "mae"])
  }

  @Test(arguments: Catalog.Family.allCases)
  func `a component with its arguments is of its family`(family: Catalog.Family) {
    for definition in Catalog.definitions(family) {
      let arguments = definition.arguments.map { ($0.name, $0.standard ?? .integer(1)) }
      let component = Component(definition.name, Dictionary(uniqueKeysWithValues: arguments))
      // The loss and the metric `mae` have no arguments, so nothing depends on which one it is.
      #expect(component.family == (component.name == "mae" ? .losses : family))
    }
  }

  @Test func `arguments tell a schedule from an initializer`() {
    let schedule = Component("constant", ["per": .text("update")])
    #expect(schedule.family == .schedules && schedule["warm_up"] == .integer(0))
    let initializer = Component("constant", ["value": .real(2)])
    #expect(initializer.family == .initializers && initializer.definition?.argument("per") == nil)
  }

  @Test func `an argument of another version leaves a component its family`() {
    #expect(Component("lstm", ["hidden_size": .integer(8), "peephole": .none]).family == .layers)
    #expect(Component("cube", ["side": .integer(8)]).definition == nil)
  }
}
