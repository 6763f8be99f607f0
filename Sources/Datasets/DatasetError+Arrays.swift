// SPDX-License-Identifier: Apache-2.0

/// What is said of whole numbers that may be no tokens.
let quantityHint = "save quantities with `array.astype(\"float32\")` to have numbers"

/// How both arrays come to elements of one kind.
func kindHint(_ role: String, _ elements: [String]) -> String {
  if role == "targets" {
    return
      "whole numbers are classes and real numbers are values: save both with `array.astype(\"int64\")` to have classes, or with `array.astype(\"float32\")` to have values"
  }
  return elements.contains("uint8")
    ? "only uint8 is divided by 255: save both in the same type"
    : "whole numbers are tokens and real numbers are values: save both with `array.astype(\"float32\")` to have values"
}

/// What elements are that are no numbers here, and how to make some of them.
func npyKind(_ descriptor: String) -> (name: String, hints: [String])? {
  if descriptor.hasPrefix("[") {
    return (
      "a structure of fields",
      [
        "`numpy.lib.recfunctions.structured_to_unstructured(array)` makes a column of each field, if all are numbers; `import numpy.lib.recfunctions` goes before"
      ]
    )
  }
  let letter = descriptor.first { $0.isLetter }
  switch letter {
  case "U", "S", "a":
    return (
      "text",
      [
        "`numpy.unique(labels, return_inverse=True)[1]` numbers labels from 0; do it for training and test labels together"
      ]
    )
  case "O":
    return (
      "Python objects",
      [
        "rows of several lengths or texts between the numbers make objects: `numpy.array(rows, dtype=\"float32\")` says which"
      ]
    )
  case "M":
    return (
      "dates",
      ["`array.astype(\"datetime64[s]\").astype(\"float64\")` makes them seconds since 1970"]
    )
  case "m":
    return (
      "durations", ["`array.astype(\"timedelta64[s]\").astype(\"float64\")` makes them seconds"]
    )
  case "c":
    return (
      "complex numbers",
      ["`numpy.stack([array.real, array.imag], axis=-1)` makes two real numbers of each"]
    )
  default: return nil
  }
}
