// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Experiments
import Foundation
import Kernels
import Plotting
import Storage
import Training
import Vocabulary

/// What a user needs to know of the machine, and what would help.
package struct Checkup {
  /// One fact.
  package struct Finding {
    package let name: String
    package let text: String
    package var advice: String?
  }

  package let databasePath: String

  package init(
    databasePath: String
  ) {
    self.databasePath = databasePath
  }

  package var findings: [Finding] {
    [version, processor, memory, fonts, data, database] + [numerics, disk].compactMap(\.self)
  }

  private var version: Finding {
    Finding(
      name: "version",
      text: "runexp \(runexpVersion), numeric version \(newestNumericVersion), "
        + Machine.systemName
    )
  }

  private var processor: Finding {
    let built = compiledVectorBits
    let offered = Machine.vectorBits
    let cores = Machine.usableCores
    var text = "\(Machine.cpuName), \(counted(cores, "usable core")), "
    text += "kernels built for \(built)-bit vectors"
    guard let offered, offered > built else { return Finding(name: "cpu", text: text) }
    return Finding(
      name: "cpu",
      text: text,
      advice: "this processor has \(offered)-bit vectors; build with RUNEXP_CPU=native for speed"
    )
  }

  private var memory: Finding {
    Finding(name: "memory", text: byteText(Int(clamping: ProcessInfo.processInfo.physicalMemory)))
  }

  private var fonts: Finding {
    let scripts = [
      ("Latin", "Loss"), ("Greek", "λ μ σ"), ("Chinese", "激活函数"), ("Japanese", "ひらがな"),
    ]
    let missing = scripts.filter { !Fonts.canRender($0.1) }.map(\.0)
    let found = scripts.map(\.0).filter { !missing.contains($0) }
    let text =
      found.isEmpty ? "no usable font" : "pictures can show \(found.joined(separator: ", "))"
    guard !missing.isEmpty else { return Finding(name: "fonts", text: text) }
    return Finding(
      name: "fonts",
      text: text + "; not \(missing.joined(separator: ", "))",
      advice: found.isEmpty ? FontWarning.latin : FontWarning.han
    )
  }

  private var data: Finding {
    let library = DatasetLibrary.standard
    let sets = DatasetLibrary.catalogue.filter { $0.folder != nil }
    let found = sets.filter { library.folder(of: $0) != nil }.map(\.name)
    let searched = library.locations.searched.joined(separator: ", ")
    guard !found.isEmpty else {
      return Finding(
        name: "data",
        text: "no public data set in \(searched)",
        advice: "set RUNEXP_DATA to the folder that holds fashion-mnist/ and the like; "
          + "generated sets need no files"
      )
    }
    return Finding(name: "data", text: "\(found.joined(separator: ", ")); searched \(searched)")
  }

  private var database: Finding {
    guard FileManager.default.fileExists(atPath: databasePath) else {
      return Finding(
        name: "database",
        text: "none yet; a sweep here creates \(databasePath)"
      )
    }
    do {
      let store = try RunStore.reading(path: databasePath).store
      let counts = try store.counts(in: .all)
      let damage = try store.findDamage()
      return Finding(
        name: "database",
        text: "\(databasePath): \(counted(counts.total, "run")), \(byteText(fileSize))"
          + (damage.isEmpty ? ", sound" : ", damaged: \(damage[0])"),
        advice: damage.isEmpty ? nil : "copy the file away before you go on"
      )
    } catch {
      let text = (error as? StorageError)?.advised ?? "\(error)"
      return Finding(name: "database", text: text)
    }
  }

  /// Stored runs that a fault of an earlier program met; nil where there are none.
  private var numerics: Finding? {
    guard FileManager.default.fileExists(atPath: databasePath),
      let runs = try? RunStore.reading(path: databasePath).store.runs()
    else { return nil }
    let sentences = NumericDoubt.sentences(of: runs)
    guard !sentences.isEmpty else { return nil }
    return Finding(
      name: "numerics",
      text: sentences.joined(separator: "; "),
      advice: "`runexp runs --where 'doubt != null'` lists them; "
        + "`runexp sweep` on their manifests trains anew what is wrong"
    )
  }

  private var fileSize: Int {
    // What was written last lies in the journal beside it until it is copied over.
    ["", "-wal"].reduce(0) { sum, suffix in
      let attributes = try? FileManager.default.attributesOfItem(atPath: databasePath + suffix)
      return sum + ((attributes?[.size] as? Int) ?? 0)
    }
  }

  private var disk: Finding {
    let folder = URL(fileURLWithPath: databasePath).deletingLastPathComponent().path
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue else {
      return Finding(name: "disk", text: "the free space beside the database is not known")
    }
    return Finding(
      name: "disk",
      text: "\(byteText(free)) free beside the database",
      advice: free < 1_000_000_000 ? "less than 1 GB: large sweeps may fill the disk" : nil
    )
  }
}
