// SPDX-License-Identifier: Apache-2.0

extension DatasetError {
  /// The argument of the request or the option that is at fault, such as `target` or `folds`; nil if a file is.
  public var argument: String? {
    switch self {
    case .unknownName, .notFound, .incomplete: "dataset"
    case .option(let fact): fact.argument
    case .table(_, _, let fact): fact.argument
    case .format(_, .shortText): "steps"
    case .format(_, .npyReal), .format(_, .npyInteger("classes", _, _, _)): "task"
    case .unreadable, .compression, .format, .countMismatch, .shapeMismatch, .elementMismatch,
      .pictures, .tooLarge:
      nil
    }
  }
}

extension DatasetError {
  /// The file or folder that is at fault, if it is one.
  public var path: String? {
    switch self {
    case .unreadable(let path, _), .compression(let path, _, _, _), .format(let path, _),
      .countMismatch(let path, _, _, _), .shapeMismatch(let path, _, _, _),
      .elementMismatch(_, let path, _, _, _), .table(let path, _, _), .pictures(let path, _):
      path
    case .unknownName, .notFound, .incomplete, .tooLarge, .option: nil
    }
  }
}

extension DatasetError.OptionFact {
  fileprivate var argument: String {
    switch self {
    case .validation: "validation"
    case .partTooShort: "steps"
    case .limit(let key, _): key
    case .task: "task"
    case .folds, .foldsOfText: "folds"
    case .outliers: "outliers"
    case .augmentation, .augmentationRange: "augment"
    case .standardizeTokens: "standardize"
    case .names(let fact): fact.argument
    case .separator: "separator"
    case .decimalIsThousands, .decimalIsSeparator: "decimal"
    }
  }
}

extension DatasetError.TableFact {
  fileprivate var argument: String? {
    switch self {
    case .alignedBySpaces, .otherSeparator, .likelySeparator: "separator"
    case .unknownColumn(_, "test", _, _): "test"
    case .unknownColumn(_, let role, _, _): role
    case .conflict(_, let first, _): first
    case .emptyColumn(_, isTarget: true), .missingTarget: "target"
    case .tooManyCategories(_, _, .numbers): "categorical"
    case .logOfNonPositive, .logOfClasses: "log_target"
    case .testLacks, .unseenClass: "test"
    case .notClass: "task"
    case .empty, .foreignFile, .onlyHeader, .ragged, .recordCount, .notUTF8, .unterminatedQuote,
      .textAfterQuote, .quoteInField, .unnamedColumns, .doubledColumn, .emptyColumn, .notNumber,
      .dates, .notFinite, .tooManyCategories, .noInputs, .noTab, .emptySentence:
      nil
    }
  }
}
