// SPDX-License-Identifier: Apache-2.0

/// What the catalog was at d9ab088, as far as drawing needs it: a later word must not move an earlier draw.
///
/// A line is a component, then `argument:kind`. `=` gives the standard value, `?` says that it may be left out (`none`),
/// and `+` marks an addition, which older databases do not have.
struct DrawnCatalog {
  /// One argument.
  struct Argument {
    var name: String
    var kind: String
    var standard: String?
    var isOptional: Bool
    var isAddition: Bool
  }

  /// One component.
  struct Definition {
    var name: String
    var arguments: [Argument]
  }

  /// The components of each family, in a fixed order.
  static let families: [String: [Definition]] = texts.mapValues { text in
    text.split(separator: "\n").map { definition(String($0)) }
  }

  private static func definition(_ line: String) -> Definition {
    let words = line.split(separator: " ").map(String.init)
    return Definition(
      name: words[0],
      arguments: words.dropFirst().flatMap { shared[$0] ?? [$0] }.map(argument)
    )
  }

  private static func argument(_ word: String) -> Argument {
    let halves = word.split(separator: "=", maxSplits: 1).map(String.init)
    let parts = halves[0].split(separator: ":").map(String.init)
    return Argument(
      name: parts[0],
      kind: parts[1].filter { $0 != "?" && $0 != "+" },
      standard: halves.count > 1 ? halves[1] : nil,
      isOptional: parts[1].contains("?"),
      isAddition: parts[1].contains("+")
    )
  }

  /// Words that stand for several arguments.
  private static let shared: [String: [String]] = [
    "PARAMETERS": [
      "init:init?", "learning_rate:real?+", "weight_decay:real?+", "frozen:flag+=false",
    ],
    "RECURRENT": [
      "layers:count+=1", "bidirectional:flag+=false", "dropout:share+=0", "carry_state:flag=false",
      "bias:flag=true",
    ],
    "POOL": ["kernel_size:size", "stride:size?", "padding:size=0"],
    "ADAM": [
      "learning_rate:real", "beta1:share=0.9", "beta2:share=0.999", "epsilon:real=1e-08",
      "amsgrad:flag+=false", "epsilon_inside_root:flag+=false", "schedule:schedules?+",
    ],
    "WARM": ["per:word(epoch,update)=epoch", "warm_up:count=0", "warm_up_from:share=0.333333"],
    "EXAMPLES": ["train:count=1000", "test:count=200"],
    "TEXT": [
      "tokens:word(char,word)=char", "steps:count=35", "partition:word(sequential,random)=random",
    ],
  ]

  private static let texts: [String: String] = [
    "layers": """
    dense units:count activation:activations? bias:flag=true PARAMETERS
    conv2d channels:count kernel_size:size stride:size=1 padding:size=0 activation:activations? bias:flag=true PARAMETERS
    max_pool2d POOL
    avg_pool2d POOL
    flatten
    dropout p:share=0.5
    embedding size:count PARAMETERS
    rnn hidden_size:count activation:word(tanh,relu)+=tanh RECURRENT PARAMETERS
    gru hidden_size:count reset_after:flag+=true RECURRENT PARAMETERS
    lstm hidden_size:count forget_bias:real?+ RECURRENT PARAMETERS
    last_step
    rows_as_sequence
    batch_norm momentum:share=0.1 epsilon:real=1e-05 PARAMETERS
    layer_norm epsilon:real=1e-05 PARAMETERS
    residual body:layers shortcut:layers?
    branches paths:named combine:word(concat,add)=concat
    global_avg_pool2d
    reshape shape:counts
    resize size:size mode:word(bilinear,nearest)=bilinear
    """,
    "activations": """
    relu
    sigmoid
    tanh
    identity
    leaky_relu slope:real=0.01
    elu alpha:real=1
    selu
    gelu approximate:word(none,tanh)=none
    silu
    softplus beta:real=1 threshold:real=20
    hard_sigmoid
    softmax
    """,
    "losses": """
    cross_entropy label_smoothing:share+=0 class_weights:reals?+
    binary_cross_entropy
    mse
    half_mse
    mae
    huber delta:real=1
    hinge margin:real=1
    """,
    "optimizers": """
    sgd learning_rate:real momentum:share=0 nesterov:flag=false weight_decay:real=0 schedule:schedules?+
    adam weight_decay:real=0 ADAM
    adamw weight_decay:real=0.01 ADAM
    rmsprop learning_rate:real alpha:share=0.99 epsilon:real=1e-08 centered:flag=false momentum:share=0 weight_decay:real=0 epsilon_inside_root:flag+=false schedule:schedules?+
    adagrad learning_rate:real initial_accumulator:real=0 epsilon:real=1e-10 weight_decay:real=0 epsilon_inside_root:flag+=false schedule:schedules?+
    adadelta learning_rate:real=1 rho:share=0.9 epsilon:real=1e-06 weight_decay:real=0 schedule:schedules?+
    """,
    "schedules": """
    constant WARM
    step every:count gamma:real=0.1 WARM
    multi_step milestones:counts gamma:real=0.1 WARM
    exponential gamma:real minimum:real=0 WARM
    square_root WARM
    cosine end:count? minimum:real=0 WARM
    one_cycle end:count? rise:share=0.3 divisor:real=25 final_divisor:real=10000 per:word(epoch,update)=update
    """,
    "initializers": """
    default
    zeros
    normal sd:real
    uniform low:real high:real
    truncated_normal sd:real
    constant value:real
    xavier_uniform
    xavier_normal
    kaiming_uniform fan:word(in,out)=in gain:real=1.4142135623730951
    kaiming_normal fan:word(in,out)=in gain:real=1.4142135623730951
    orthogonal gain:real=1
    """,
    "datasets": """
    fashion_mnist
    fashion_mnist_mini
    mnist
    time_machine TEXT max_tokens:count=10000
    airfoil standardized:flag=false
    house_prices log_target:flag=false
    npy train:arrays test:arrays?
    csv train:path test:path? target:text header:flag=true separator:text drop:texts? missing:texts categorical:texts? numeric:texts? log_target:flag=false
    images folder:path color:word(gray,rgb)=rgb size:size?
    text train:path TEXT max_tokens:count?
    glyphs EXAMPLES noise:share=0.1
    spirals classes:count=2 EXAMPLES noise:share=0.1
    grammar steps:count=32 EXAMPLES
    moons EXAMPLES noise:share=0.1
    xor EXAMPLES noise:share=0.1
    linear weights:reals bias:real=4.2 EXAMPLES noise:real=0.01
    polynomial degree:count=3 EXAMPLES noise:real=0.1
    high_dimensional_linear inputs:count=200 weight:real=0.01 bias:real=0.05 EXAMPLES noise:real=0.01
    sine steps:count=20 EXAMPLES noise:share=0.1
    copy symbols:count=8 length:count=5 lag:count=10 targets:word(all,symbols)+=all EXAMPLES
    adding lag:count=50 EXAMPLES
    noise_images height:count=32 width:count=32 channels:count=3 classes:count=10 EXAMPLES
    """,
  ]
}
