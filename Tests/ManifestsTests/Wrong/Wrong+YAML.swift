// SPDX-License-Identifier: Apache-2.0

extension Wrong {
  static let yaml: [Wrong] = [
    Wrong(
      "brackets without end",
      text: String(repeating: "[", count: 5000),
      says: """
        m.yaml:1:1: error: lists and mappings are nested more than 1000 deep here
        \(String(repeating: "[", count: 120))…
        ^
        hint: close every bracket and brace, and indent what belongs to one list equally
        """
    ),
    Wrong(
      "an alias of nothing",
      ["name: *nobody"],
      says: #"""
        m.yaml:1:7: error: this is not YAML: found undefined alias
        name: *nobody
              ^
        hint: `*NAME` repeats what an earlier `&NAME` marks; quote a text that begins with `*`
        """#
    ),
    Wrong(
      "all required keys are missing at once",
      text: "title: nothing else\n",
      says: #"""
        m.yaml:1:1: error: `name` is missing
        title: nothing else
        ^

        m.yaml:1:1: error: `data` is missing
        title: nothing else
        ^

        m.yaml:1:1: error: `loss` is missing
        title: nothing else
        ^

        m.yaml:1:1: error: `optimizer` is missing
        title: nothing else
        ^

        m.yaml:1:1: error: `train` is missing
        title: nothing else
        ^

        m.yaml:1:1: error: `model` is missing
        title: nothing else
        ^
        hint: write a list of layers, or `models:` with a list for each name
        """#
    ),
    Wrong(
      "an empty manifest",
      text: "# nothing\n",
      says: #"""
        m.yaml:1:1: error: the manifest is empty
        # nothing
        ^
        hint: `runexp init` writes one to start from
        """#
    ),
    Wrong(
      "a manifest that is a list",
      text: "- name: x\n",
      says: #"""
        m.yaml:1:1: error: a manifest must be a mapping of keys, got a list
        - name: x
        ^
        """#
    ),
    Wrong(
      "a manifest that is a word",
      text: "hello\n",
      says: #"""
        m.yaml:1:1: error: a manifest must be a mapping of keys, got `hello`
        hello
        ^~~~~
        """#
    ),
    Wrong(
      "a key given twice, with another mistake",
      ["loss: cross_entropy\nloss: msee"],
      says: #"""
        m.yaml:5:1: error: `loss` is given twice, first in line 4
        loss: msee
        ^~~~
        hint: keep one of them

        m.yaml:5:7: error: unknown loss `msee`
        loss: msee
              ^~~~
        hint: did you mean `mse`?
        """#
    ),
    Wrong(
      "merging what is no mapping",
      ["train: { <<: 5, epochs: 2, batch_size: 32, <<: [{ shuffle: false }, relu] }"],
      says: #"""
        m.yaml:6:44: error: `<<` is given twice, first in line 6
        train: { <<: 5, epochs: 2, batch_size: 32, <<: [{ shuffle: false }, relu] }
                                                   ^~
        hint: merge several mappings with `<<: [*a, *b]`

        m.yaml:6:69: error: `<<` merges a mapping, got `relu`
        train: { <<: 5, epochs: 2, batch_size: 32, <<: [{ shuffle: false }, relu] }
                                                                            ^~~~
        hint: mark a mapping with an anchor, `a: &a { … }`, and merge it with `<<: *a` or `<<: [*a, *b]`
        """#
    ),
    Wrong(
      "merging a number",
      ["train: { <<: 5, epochs: 2, batch_size: 32 }"],
      says: #"""
        m.yaml:6:14: error: `<<` merges a mapping, got `5`
        train: { <<: 5, epochs: 2, batch_size: 32 }
                     ^
        hint: mark a mapping with an anchor, `a: &a { … }`, and merge it with `<<: *a` or `<<: [*a, *b]`
        """#
    ),
    Wrong(
      "merged keys and values that do not fit, at the anchor's content",
      [
        "-optimizer",
        "optimizers:\n  a: &a { name: sgd, learning_rate: 0.1, momentum: lots }\n  b: { <<: *a, name: adam }",
      ],
      says: #"""
        m.yaml:7:42: error: unknown key `momentum` in `optimizer`
          a: &a { name: sgd, learning_rate: 0.1, momentum: lots }
                                                 ^~~~~~~~
        hint: it takes `learning_rate`, `beta1`, `beta2`, `epsilon`, `weight_decay`, `amsgrad`, `epsilon_inside_root` and `schedule`
        hint: `<<` merges it in at m.yaml:8:8

        m.yaml:7:52: error: `optimizer.momentum` must be a number at least 0 and below 1, got `lots`
          a: &a { name: sgd, learning_rate: 0.1, momentum: lots }
                                                           ^~~~
        """#
    ),
    Wrong(
      "a tab that indents",
      ["train:\n\tepochs: 2\n\tbatch_size: 32"],
      says: #"""
        m.yaml:7:1: error: a tab cannot indent in YAML
        	epochs: 2
        ^
        hint: indent with spaces, two for each level
        """#
    ),
    Wrong(
      "an unquoted reference in braces, with another mistake",
      ["model: [{ dense: { units: ${u} } }, { dens: 2 }]", "parameters: { u: [1, 2] }"],
      says: #"""
        m.yaml:3:27: error: `${u}` must be quoted inside braces and brackets
        model: [{ dense: { units: ${u} } }, { dens: 2 }]
                                  ^~~~
        hint: write `"${u}"`

        m.yaml:3:39: error: unknown layer `dens`
        model: [{ dense: { units: ${u} } }, { dens: 2 }]
                                              ^~~~
        hint: did you mean `dense`?
        """#
    ),
    Wrong(
      "a missing space in a list",
      ["model:\n  - dense:10\n  - relu"],
      says: #"""
        m.yaml:4:5: error: a space is missing after `dense:`
          - dense:10
            ^~~~~~~~
        hint: write `dense: …`
        """#
    ),
    Wrong(
      "a missing space in braces",
      ["model: [{ conv2d: {channels:32, kernel_size: 3} }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:20: error: a space is missing after `channels:`
        model: [{ conv2d: {channels:32, kernel_size: 3} }, { dense: 2 }]
                           ^~~~~~~~~~~
        hint: write `channels: …`
        """#
    ),
    Wrong(
      "a missing space in a block",
      ["train:\n  epochs: 5\n  batch_size:32"],
      says: #"""
        m.yaml:8:3: error: a space is missing after `batch_size:`
          batch_size:32
          ^~~~~~~~~~~
        hint: write `batch_size: …`
        """#
    ),
    Wrong(
      "a missing space in a block of one",
      ["train:\n  epochs:5"],
      says: #"""
        m.yaml:7:3: error: a space is missing after `epochs:`
          epochs:5
          ^~~~~~~~
        hint: write `epochs: …`
        """#
    ),
    Wrong(
      "an unclosed bracket",
      ["tags: [a, b"],
      says: #"""
        m.yaml:7:7: error: this is not YAML: while parsing a flow sequence, did not find expected ',' or ']'
        tags: [a, b
              ^
        """#
    ),
    Wrong(
      "a second document",
      ["tags: [a]\n---\nname: other"],
      says: #"""
        m.yaml:8:1: error: a manifest is one document; another one starts here
        ---
        ^
        """#
    ),
    Wrong(
      "a carriage of a wrong character",
      text: "name: a\u{7}b\n",
      says: #"""
        m.yaml:1:8: error: this is not YAML: control characters are not allowed, character 7
        name: a\u{7}b
               ^~~~~
        hint: save the file as UTF-8 text
        """#
    ),
    Wrong(
      "a colon inside a text",
      ["description: what: is this"],
      says: #"""
        m.yaml:7:18: error: this is not YAML: mapping values are not allowed in this context
        description: what: is this
                         ^
        hint: quote a text that contains `: `, and indent the keys of one mapping equally
        """#
    ),
  ]
}
