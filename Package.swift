// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PackageDescription

// MARK: - The CPU the kernels are built for

/// `RUNEXP_CPU` chooses it (`x86-64`, `haswell`, `skylake-avx512`, `znver4`, `apple-m1` …); without it, this machine's own.
let cpu = ProcessInfo.processInfo.environment["RUNEXP_CPU"] ?? "native"

/// This machine's instruction sets, in the words of Linux; empty elsewhere.
let ownFeatures: Set<String> = {
  let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
  let line = info.split(separator: "\n").first { $0.hasPrefix("flags") }
  return Set((line ?? "").split(separator: " ").map(String.init))
}()

/// The instruction sets that code for `cpu` may use: the program says so at start where one is missing.
let requiredFeatures: [String] = {
  let haswell = ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"]
  let skylake = haswell + ["avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"]
  switch cpu {
  case "native":
    let relevant = ["bmi1", "bmi2", "f16c", "fma", "gfni", "movbe", "vaes", "vpclmulqdq"]
    return ownFeatures.filter { $0.hasPrefix("avx") || relevant.contains($0) }.sorted()
  case "haswell", "skylake", "znver2", "znver3": return haswell
  case "skylake-avx512", "icelake-server", "sapphirerapids", "znver4", "znver5": return skylake
  default: return []
  }
}()

/// The register tile must fit the CPU, so the width of its vectors is a compile-time condition.
let vectorWidth =
  requiredFeatures.contains("avx512f")
  ? "VECTOR_512" : requiredFeatures.contains("fma") ? "VECTOR_256" : "VECTOR_128"

// MARK: - Settings

let language: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]
let checked: [SwiftSetting] = language + [.strictMemorySafety()]
/// A debug build asks for batches of files, which a whole module is not: without the last flag it warns of that.
let wholeModule = ["-wmo", "-num-threads", "2", "-disable-batch-mode"]
let optimization: [SwiftSetting] = [
  .unsafeFlags(["-O", "-enforce-exclusivity=unchecked"] + wholeModule)
]
/// Numeric modules and those that loop over pixels are optimised in every configuration, so that a debug build's tests
/// train and draw at full speed.
let optimized: [SwiftSetting] = checked + optimization
/// No body of a kernel may be inlined into other modules, which are built for any CPU and would call the C library for
/// each FMA. Without `errno` a square root is one instruction for a whole vector instead of a call per lane.
let kernels: [SwiftSetting] =
  language + [
    .unsafeFlags(
      ["-Ounchecked", "-target-cpu", cpu, "-disable-cmo", "-Xcc", "-fno-math-errno"] + wholeModule
    ),
    .define(vectorWidth),
  ]

// MARK: - Dependencies

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser",
  package: "swift-argument-parser"
)
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "runexp",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "runexp", targets: ["runexp"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // Both towers
    .target(name: "DeterministicMath", swiftSettings: optimized),
    .target(name: "Codecs", dependencies: ["CZlib", "CPNG", "CCrypto"], swiftSettings: optimized),

    // Numbers
    .target(
      name: "Kernels",
      dependencies: ["DeterministicMath", "CPrefetch"],
      swiftSettings: kernels
    ),
    .target(
      name: "Tensors",
      dependencies: ["Kernels", "DeterministicMath"],
      swiftSettings: optimized
    ),
    .target(
      name: "NeuralNetworks",
      dependencies: ["Tensors", "DeterministicMath"],
      swiftSettings: optimized
    ),
    .target(
      name: "ModelFiles",
      dependencies: ["NeuralNetworks", "Tensors", "Diagnostics", "Codecs"],
      swiftSettings: optimized
    ),
    .target(
      name: "Datasets",
      dependencies: ["Vocabulary", "Tensors", "Diagnostics", "DeterministicMath", "Codecs"],
      swiftSettings: optimized
    ),

    // Bookkeeping
    .target(name: "Vocabulary", dependencies: ["DeterministicMath"], swiftSettings: checked),
    .target(name: "Experiments", dependencies: ["Vocabulary"], swiftSettings: checked),
    .target(name: "Diagnostics", swiftSettings: checked),
    .target(
      name: "Manifests",
      dependencies: ["Experiments", "Vocabulary", "Diagnostics", "DeterministicMath", yams],
      swiftSettings: checked
    ),
    .target(
      name: "Storage",
      dependencies: ["Experiments", "Vocabulary", "Diagnostics", "Codecs", grdb, sqlite],

      swiftSettings: checked
    ),
    .target(
      name: "Scheduling",
      dependencies: ["Experiments", "Vocabulary"],
      swiftSettings: checked
    ),
    .target(
      name: "Plotting",
      dependencies: ["CCairo", "Codecs", "Diagnostics"],
      swiftSettings: language + optimization
    ),
    .target(
      name: "Reports",
      dependencies: ["Experiments", "Vocabulary", "Plotting", "Codecs", "Diagnostics"],
      swiftSettings: optimized
    ),

    // Bridge and roof
    .target(
      name: "Training",
      dependencies: [
        "Experiments", "Vocabulary", "ModelFiles", "NeuralNetworks", "Tensors", "Datasets",
        "Diagnostics",
        "DeterministicMath",
      ],
      swiftSettings: optimized
    ),
    .target(
      name: "Benchmarks",
      dependencies: [
        "CProcess", "Training", "NeuralNetworks", "Tensors", "Kernels", "Datasets",
        "Experiments", "Vocabulary", "Diagnostics", "DeterministicMath",
      ],
      swiftSettings: optimized
    ),
    .target(
      name: "Workbench",
      dependencies: [
        "Codecs", "Datasets", "Diagnostics", "Experiments", "Vocabulary", "Kernels", "Manifests",
        "ModelFiles",
        "NeuralNetworks", "DeterministicMath", "Plotting", "Reports", "Scheduling", "Storage",
        "Training",
        subprocess, system, "Tensors",
      ],
      swiftSettings: checked
    ),
    .executableTarget(
      name: "runexp",
      dependencies: [
        "Benchmarks", "CBuildFacts", "CProcess", "Codecs", "Datasets", "Diagnostics", "Experiments",
        "Vocabulary",
        "Kernels", "Manifests", "ModelFiles", "DeterministicMath", "Plotting",
        "Reports",
        "Scheduling", "Storage", "Training", "Workbench", argumentParser, "Tensors",
      ],
      swiftSettings: checked
    ),

    .target(
      name: "CBuildFacts",
      cSettings: [
        .define("RUNEXP_CPU_FEATURES", to: "\"\(requiredFeatures.joined(separator: " "))\""),
        .define("RUNEXP_KERNEL_CPU", to: "\"\(cpu)\""),
      ]
    ),

    // What Swift cannot tell the CPU
    .target(name: "CPrefetch"),

    // What Swift cannot ask of its own process
    .target(name: "CProcess"),

    // System libraries, one owner each
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CPNG",
      pkgConfig: "libpng",
      providers: [.apt(["libpng-dev"]), .brew(["libpng"])]
    ),
    .systemLibrary(
      name: "CCrypto",
      pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
    ),
    .systemLibrary(
      name: "CCairo",
      pkgConfig: "pangocairo",
      providers: [.apt(["libpango1.0-dev"]), .brew(["pango"])]
    ),

    // Tests
    .target(
      name: "TestSupport",
      dependencies: ["DeterministicMath"],
      path: "Tests/TestSupport",
      swiftSettings: optimized
    ),
    .testTarget(
      name: "DeterministicMathTests",
      dependencies: ["DeterministicMath"],
      swiftSettings: checked
    ),
    .testTarget(name: "CodecsTests", dependencies: ["Codecs"], swiftSettings: checked),
    .testTarget(
      name: "KernelsTests",
      dependencies: [
        "Kernels", "DeterministicMath", "Experiments", "Vocabulary", "NeuralNetworks", "Training",
        "TestSupport",
      ],
      swiftSettings: language
    ),
    .testTarget(
      name: "TensorsTests",
      dependencies: ["Tensors", "DeterministicMath", "TestSupport"],
      swiftSettings: checked
    ),
    .testTarget(
      name: "NeuralNetworksTests",
      dependencies: ["NeuralNetworks", "Tensors", "DeterministicMath", "TestSupport"],
      swiftSettings: checked
    ),
    .testTarget(name: "ModelFilesTests", dependencies: ["ModelFiles"], swiftSettings: checked),
    .testTarget(
      name: "DatasetsTests",
      dependencies: [
        "Vocabulary", "Datasets", "Tensors", "Diagnostics", "Codecs", "DeterministicMath",
      ],
      swiftSettings: checked
    ),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: ["Experiments", "Vocabulary"],
      swiftSettings: checked
    ),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"], swiftSettings: checked),
    .testTarget(
      name: "ManifestsTests",
      dependencies: ["Manifests", "Experiments", "Vocabulary", "Diagnostics"],
      swiftSettings: checked
    ),
    .testTarget(
      name: "StorageTests",
      dependencies: ["Storage", "Experiments", "Vocabulary", "Diagnostics", "Codecs", grdb],
      exclude: ["Fixtures/README.md"],
      resources: [.copy("Fixtures/v1.sql"), .copy("Fixtures/specifications.jsonl.gz")],
      swiftSettings: checked
    ),
    .testTarget(
      name: "SchedulingTests",
      dependencies: ["Scheduling", "Experiments", "Vocabulary"],
      swiftSettings: checked
    ),
    .testTarget(
      name: "PlottingTests",
      dependencies: ["Plotting", "Codecs", "TestSupport"],
      swiftSettings: checked
    ),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Reports", "Experiments", "Vocabulary", "Plotting", "Codecs", "Diagnostics", "TestSupport",
      ],
      swiftSettings: checked
    ),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Experiments", "Vocabulary", "ModelFiles", "NeuralNetworks", "Tensors",
        "Datasets",
        "Codecs",
      ],
      swiftSettings: checked
    ),
    .testTarget(
      name: "BenchmarksTests",
      dependencies: [
        "Benchmarks", "Training", "NeuralNetworks", "Tensors", "Datasets", "DeterministicMath",
        "Experiments", "Vocabulary",
      ],
      swiftSettings: checked
    ),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "runexp", "Diagnostics", "Training", "Scheduling", "Codecs", "Datasets", "Experiments",
        "Vocabulary", "Manifests", "Reports",
        "Storage",
        "TestSupport", "Workbench", grdb,
      ],
      resources: [.copy("Memory")],
      swiftSettings: checked
    ),
  ]
)

// MARK: - A part of it

/// `RUNEXP_ONLY=TensorsTests,TrainingTests` keeps these targets and what they import, none of which may need a foreign
/// package: a quick build of the numeric tower.
if let names = ProcessInfo.processInfo.environment["RUNEXP_ONLY"] {
  var needed: Set<String> = []
  var open = names.split(separator: ",").map(String.init)
  while let name = open.popLast() {
    guard needed.insert(name).inserted else { continue }
    for dependency in package.targets.first(where: { $0.name == name })?.dependencies ?? [] {
      if case .byNameItem(let name, _) = dependency { open.append(name) }
    }
  }
  package.targets.removeAll { !needed.contains($0.name) }
  package.products = []
  package.dependencies = []
}

/// READMEs inside the modules are for readers, not resources.
for target in package.targets {
  let folder = target.path ?? (target.type == .test ? "Tests/" : "Sources/") + target.name
  let readme = Context.packageDirectory + "/" + folder + "/README.md"
  if FileManager.default.fileExists(atPath: readme) { target.exclude.append("README.md") }
}
