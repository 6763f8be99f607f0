// SPDX-License-Identifier: Apache-2.0

extension ComparedCell {
  /// How often the cell collapses, as far as its seeds tell. Of seeds that are known by their distance alone it is not said
  /// that they learned nothing.
  var collapseSentence: Inline {
    let (collapsed, total) = (collapsedSeeds.count, count + collapsedSeeds.count)
    let limit = NumberText.short(100 * ShareOfSeeds.upperLimit(collapsed, of: total), digits: 2)
    let numbers = collapsedSeeds.sorted().map(String.init)
    let listed =
      numbers.count > 6
      ? numbers.prefix(5).joined(separator: ", ") + " and \(numbers.count - 5) more"
      : numbers.joined(separator: ", ")
    let which = "\(collapsed == 1 ? "seed" : "seeds") \(listed)"
    let name = Inline.strong(.verbatim(label))
    if isFarOff {
      return """
        \(collapsed) of \(total) seeds of \(name) (\(words: which)) \
        \(words: collapsed == 1 ? "lies" : "lie") far off the others to the worse side. Its numbers are \
        those of the other seeds, and it is in no test. Up to \(words: limit) % of further seeds may lie so \
        far off (95 % limit).
        """
    }
    return """
      \(name) collapsed at \(collapsed) of \(total) seeds (\(words: which)). Its numbers are those of the \
      seeds that trained, and it is in no test. Up to \(words: limit) % of further seeds may collapse (95 % \
      limit).
      """
  }
}
