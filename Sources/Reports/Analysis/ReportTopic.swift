// SPDX-License-Identifier: Apache-2.0

/// What a report explains of its sentences, each a section of `docs/statistics.md`.
enum ReportTopic: String, CaseIterable, Hashable, Sendable {
  case ratios = "perplexities-are-compared-by-ratios"
  case looks = "looking-again"
  case winner = "the-winner-or-the-best-among-some"
  case power = "what-the-next-look-would-show"
  case tuning = "chosen-values"
  case collapse = "seeds-that-collapse"
  case examples = "seeds-and-test-examples"
  case factors = "what-one-parameter-does"
  case importance = "which-parameter-matters"

  /// Its place in the page of a report.
  var place: String { "why-" + rawValue }

  /// A link to that place, behind a sentence.
  var link: Inline { .link("Why?", to: .place(place)) }

  /// What it explains.
  var title: String {
    switch self {
    case .ratios: "Why ratios of perplexities"
    case .looks: "Why looks are counted"
    case .winner: "Why a winner, or a set of cells"
    case .power: "What more seeds would show"
    case .tuning: "Why a chosen value may be too good"
    case .collapse: "What a collapsed seed is"
    case .examples: "Why other test examples widen an interval"
    case .factors: "What one parameter does"
    case .importance: "How much a parameter matters"
    }
  }

  /// A short explanation, one thought a sentence.
  var explanation: Inline {
    switch self {
    case .ratios:
      """
      A perplexity is exp of the loss. Tests, means and intervals are computed on the loss and then \
      written as perplexities again. So a mean is a geometric mean, and two cells differ by a factor: \
      1.04 says that one perplexity is 4 % higher. An interval that holds 1 shows no difference.
      """
    case .looks:
      """
      Whoever adds seeds until a difference shows will find one, even if there is none. So two cells \
      are compared only at fixed numbers of seeds, such as 3, 5, 8 and 13. Each of these looks has a \
      stricter level than a single test would have. Together they name a false winner in at most 5 % \
      of cases. Seeds between two looks count in means, but not in the verdict.
      """
    case .winner:
      """
      A cell wins only if it is better than every other cell by a test of its own. Otherwise the \
      report names a set of cells. In at least 95 of 100 such reports the truly best cell is in the \
      set. With more cells each comparison must be clearer before a cell is left out, because all of \
      them share one error. The set says nothing of each cell that is left out by itself. Whether one \
      cell is better than another is told by the interval of that pair.
      """
    case .power:
      """
      Few seeds find only large differences. The report says which difference the next look would find \
      in 80 of 100 cases. That depends on how much the seeds spread, and few seeds show the spread \
      only roughly. So the larger number is the one to plan with.
      """
    case .tuning:
      """
      The best of many candidates was partly lucky, even if all are equal. Its mean on the same seeds \
      is therefore too good on average, and it has no interval. A fair number lets the other seeds choose for \
      each seed. \(code: "runexp confirm") trains the chosen cells on fresh seeds, which removes the \
      luck.
      """
    case .collapse:
      """
      A seed has collapsed if its network learned nothing although its numbers are finite: it is \
      hardly better than one constant answer, while other seeds of the cell learned. A mean with such \
      a seed would be true of no network. So the cell's numbers are those of the seeds that trained. \
      How often seeds collapse is said beside them. Where no constant answer is known, a seed that \
      lies far off the others to the worse side is treated in the same way.
      """
    case .examples:
      """
      All seeds meet the same test examples. The usual interval tells what other seeds would show on \
      these examples. Other examples of the same kind would change the difference, too. The wider \
      interval lets both vary.
      """
    case .factors:
      """
      The difference of two values of one parameter is averaged over all values of the other \
      parameters, seed by seed. Then it is tested like any difference of two cells. If the difference \
      is not the same everywhere, the effect depends on another parameter, and no average is given.
      """
    case .importance:
      """
      The means of the cells differ. The table divides their variance among the parameters. Even a \
      parameter without any effect gets a share, because seeds differ: that is “if no effect”. A share \
      describes these seeds and proves nothing. Whether a parameter has an effect, or depends on \
      another, is decided by a test.
      """
    }
  }
}
