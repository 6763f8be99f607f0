// SPDX-License-Identifier: Apache-2.0

extension Wrong {
  static let data: [Wrong] = [
    Wrong(
      "data without a data set",
      ["data: { validation: 0.1 }"],
      says: #"""
        m.yaml:2:7: error: `dataset` is missing in `data`
        data: { validation: 0.1 }
              ^~~~~~~~~~~~~~~~~~~
        """#
    ),
    Wrong(
      "a bare unknown data set",
      ["data: fashion-minst"],
      says: #"""
        m.yaml:2:7: error: unknown data set `fashion-minst`
        data: fashion-minst
              ^~~~~~~~~~~~~
        hint: did you mean `fashion_mnist`?
        """#
    ),
    Wrong(
      "a key of another data set",
      ["data: { dataset: spirals, tokens: char }"],
      says: #"""
        m.yaml:2:27: error: unknown key `tokens` in `data`
        data: { dataset: spirals, tokens: char }
                                  ^~~~~~
        hint: it takes `classes`, `train`, `test`, `noise`, `validation`, `folds`, `train_limit`, `test_limit`, `seed`, `task`, `standardize`, `outliers`, `augment` and `dataset`
        """#
    ),
    Wrong(
      "inputs and targets by name that are none",
      ["data: { dataset: npy, train: { inputs: { 1: x.npy, b: [] }, targets: {} } }"],
      says: #"""
        m.yaml:2:42: error: a name in `data.train.inputs` is a letter followed by letters, digits, `_` and `-`, got `1`
        data: { dataset: npy, train: { inputs: { 1: x.npy, b: [] }, targets: {} } }
                                                 ^

        m.yaml:2:55: error: `data.train.inputs.b` must be a file, got a list
        data: { dataset: npy, train: { inputs: { 1: x.npy, b: [] }, targets: {} } }
                                                              ^~

        m.yaml:2:70: error: `data.train.targets` needs at least one entry
        data: { dataset: npy, train: { inputs: { 1: x.npy, b: [] }, targets: {} } }
                                                                             ^~
        """#
    ),
    Wrong(
      "a longest sequence below the shortest",
      ["data: { dataset: reversal, shortest: 5, longest: 4 }"],
      says: #"""
        m.yaml:2:50: error: `reversal.longest` must be at least `reversal.shortest`, got 4 and 5
        data: { dataset: reversal, shortest: 5, longest: 4 }
                                                         ^
        """#
    ),
    Wrong(
      "a validation of nothing",
      ["data: { dataset: spirals, validation: 0 }"],
      says: #"""
        m.yaml:2:39: error: `data.validation` must be a whole number from 1 to 1000000000, or a fraction between 0 and 1, got `0`
        data: { dataset: spirals, validation: 0 }
                                              ^
        hint: leave `validation` out to hold nothing out
        """#
    ),
    Wrong(
      "a validation of more than all",
      ["data: { dataset: spirals, validation: 1.5 }"],
      says: #"""
        m.yaml:2:39: error: `data.validation` must be a whole number from 1 to 1000000000, or a fraction between 0 and 1, got `1.5`
        data: { dataset: spirals, validation: 1.5 }
                                              ^~~
        """#
    ),
    Wrong(
      "a validation of one or all",
      ["data: { dataset: spirals, validation: 1.0 }"],
      says: #"""
        m.yaml:2:39: error: `data.validation` is 1 with a point or exponent, which may be one example or all of them
        data: { dataset: spirals, validation: 1.0 }
                                              ^~~
        hint: write `1` to hold out one example, or a fraction below 1
        """#
    ),
    Wrong(
      "a limit of one or all",
      ["data: { dataset: spirals, train_limit: 1e0 }"],
      says: #"""
        m.yaml:2:40: error: `data.train_limit` is 1 with a point or exponent, which may be one example or all of them
        data: { dataset: spirals, train_limit: 1e0 }
                                               ^~~
        hint: write `1` to take one example, or leave it out to take all
        """#
    ),
    Wrong(
      "folds and a validation part",
      ["data: { dataset: spirals, validation: 0.1, folds: 5 }"],
      says: #"""
        m.yaml:2:51: error: `data.folds` and `data.validation` exclude each other
        data: { dataset: spirals, validation: 0.1, folds: 5 }
                                                          ^
        hint: with `folds`, each part is the validation part once
        """#
    ),
    Wrong(
      "a single fold, under another tool's name",
      ["data: { dataset: spirals, k_fold: 5 }"],
      says: #"""
        m.yaml:2:27: error: unknown key `k_fold` in `data`
        data: { dataset: spirals, k_fold: 5 }
                                  ^~~~~~
        hint: did you mean `folds`?
        """#
    ),
    Wrong(
      "outliers with wrong numbers",
      ["data: { dataset: linear, outliers: { deviation: 0, rate: 0.1 } }"],
      says: #"""
        m.yaml:2:36: error: `share` is missing in `data.outliers`
        data: { dataset: linear, outliers: { deviation: 0, rate: 0.1 } }
                                           ^~~~~~~~~~~~~~~~~~~~~~~~~~~

        m.yaml:2:49: error: `data.outliers.deviation` must be a number above 0 and at most 1000000, got `0`
        data: { dataset: linear, outliers: { deviation: 0, rate: 0.1 } }
                                                        ^

        m.yaml:2:52: error: unknown key `rate` in `data.outliers`
        data: { dataset: linear, outliers: { deviation: 0, rate: 0.1 } }
                                                           ^~~~
        hint: it takes `share` and `deviation`
        """#
    ),
    Wrong(
      "augmentation with wrong words",
      ["data: { dataset: glyphs, augment: { flip: vertical, shift: -1, crop: {} } }"],
      says: #"""
        m.yaml:2:43: error: `data.augment.flip` must be `horizontal`, got `vertical`
        data: { dataset: glyphs, augment: { flip: vertical, shift: -1, crop: {} } }
                                                  ^~~~~~~~

        m.yaml:2:60: error: `data.augment.shift` must be a whole number from 0 to 4096, got `-1`
        data: { dataset: glyphs, augment: { flip: vertical, shift: -1, crop: {} } }
                                                                   ^~

        m.yaml:2:70: error: `padding` is missing in `data.augment.crop`
        data: { dataset: glyphs, augment: { flip: vertical, shift: -1, crop: {} } }
                                                                             ^~
        """#
    ),
    Wrong(
      "a folder that is missing",
      ["data: { dataset: images, folder: pictures }"],
      says: #"""
        m.yaml:2:34: error: `data.folder` names `pictures`, which does not exist
        data: { dataset: images, folder: pictures }
                                         ^~~~~~~~
        hint: looked for /nowhere/experiments/pictures
        """#
    ),
    Wrong(
      "a file that is missing",
      ["data: { dataset: npy, train: { inputs: x.npy, targets: y.npy } }"],
      says: #"""
        m.yaml:2:40: error: `data.train.inputs` names `x.npy`, which does not exist
        data: { dataset: npy, train: { inputs: x.npy, targets: y.npy } }
                                               ^~~~~
        hint: looked for /nowhere/experiments/x.npy

        m.yaml:2:56: error: `data.train.targets` names `y.npy`, which does not exist
        data: { dataset: npy, train: { inputs: x.npy, targets: y.npy } }
                                                               ^~~~~
        hint: looked for /nowhere/experiments/y.npy
        """#
    ),
    Wrong(
      "a file outside of the project",
      ["init: { from: ../../etc/hostname }"],
      says: #"""
        m.yaml:7:15: error: `init.from` names `../../etc/hostname`, which lies outside of the project
        init: { from: ../../etc/hostname }
                      ^~~~~~~~~~~~~~~~~~
        hint: /etc/hostname is below neither the project's folder, the manifest's nor `RUNEXP_DATA`
        """#
    ),
    Wrong(
      "an array without targets",
      ["data: { dataset: npy, train: { inputs: x.npy } }"],
      says: #"""
        m.yaml:2:30: error: `targets` is missing in `data.train`
        data: { dataset: npy, train: { inputs: x.npy } }
                                     ^~~~~~~~~~~~~~~~~

        m.yaml:2:40: error: `data.train.inputs` names `x.npy`, which does not exist
        data: { dataset: npy, train: { inputs: x.npy } }
                                               ^~~~~
        hint: looked for /nowhere/experiments/x.npy
        """#
    ),
  ]
}
