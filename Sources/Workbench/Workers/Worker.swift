// SPDX-License-Identifier: Apache-2.0

import Codecs
package import Datasets
import Experiments
import Foundation
package import Storage
import Training
import Vocabulary

/// Claims runs, trains them and writes their results, until nothing is left to claim.
package struct Worker {
  /// How a worker ended.
  package enum Ending {
    /// Nothing was left to claim.
    case idle
    /// It was asked to stop.
    case stopped
  }

  package let store: RunStore
  package let scope: RunScope
  package let identity: WorkerIdentity
  package let environment: RunEnvironment
  package let stop: StopRequest
  package let library: DatasetLibrary
  /// Receives what happens.
  package let tell: (WorkerMessage) -> Void

  package init(
    store: RunStore,
    scope: RunScope,
    identity: WorkerIdentity,
    environment: RunEnvironment,
    stop: StopRequest,
    library: DatasetLibrary,
    tell: @escaping (WorkerMessage) -> Void
  ) {
    self.store = store
    self.scope = scope
    self.identity = identity
    self.environment = environment
    self.stop = stop
    self.library = library
    self.tell = tell
  }

  /// Works until there is nothing to claim or the worker is asked to stop.
  package func work() throws -> Ending {
    var data = PreparedDataCache(library: library, tell: tell)
    var outdated = Set<String>()
    while !stop.isAsked {
      // At the end of each run, and before it is too late for the next one.
      try store.checkPlace()
      guard
        let run = try store.claim(
          worker: identity,
          in: scope,
          excluding: outdated,
          environment: environment
        )
      else { return .idle }
      if try !perform(run, &data) { outdated.insert(run.claim.runID) }
    }
    return .stopped
  }

  /// One claimed run, to whatever end; only the store's refusal ends the worker.
  ///
  /// False if it went back into the queue, for this program trains it to other numbers.
  private func perform(_ run: ClaimedRun, _ data: inout PreparedDataCache) throws -> Bool {
    let id = run.claim.runID
    tell(
      .claimed(
        run: id,
        epochs: run.specification.train.epochs,
        resumedEpoch: run.resume?.epoch ?? 0
      )
    )
    do {
      let prepared = try data.data(for: run)
      let attempt = try Attempt(
        run,
        data: prepared,
        store: store,
        threads: environment.threads,
        stop: stop,
        tell: tell
      )
      try attempt.perform()
    } catch let error as StorageError {
      guard case .claimLost = error else { throw error }
      tell(.ended(run: id, state: "cancelled", reason: "\(error)"))
    } catch let error as OutdatedRun {
      try store.release(run.claim)
      tell(.ended(run: id, state: "queued", reason: "\(error)"))
      return false
    } catch let error as DivergedError {
      try end(run, error.reason)
    } catch {
      try end(run, failureReason(error))
    }
    return true
  }

  private func end(_ run: ClaimedRun, _ reason: String) throws {
    do {
      try store.fail(run.claim, reason: reason)
      tell(.ended(run: run.claim.runID, state: "failed", reason: reason))
    } catch let error as StorageError {
      guard case .claimLost = error else { throw error }
    }
  }
}

/// The data of the last run, for most runs of a sweep share them.
package struct PreparedDataCache {
  package let library: DatasetLibrary
  private var last: (key: Key, data: PreparedData)?

  /// Hears of data that are drawn.
  package let tell: (WorkerMessage) -> Void

  /// Generated data of more bytes take seconds to draw, which is told.
  private static let noticeableBytes = 200_000_000

  private struct Key: Hashable {
    var data: DataSpecification
    var seed: Int?
  }

  package init(library: DatasetLibrary, tell: @escaping (WorkerMessage) -> Void) {
    self.library = library
    self.tell = tell
  }

  /// The data a run was planned for; throws if they are other data now.
  package mutating func data(for run: ClaimedRun) throws -> PreparedData {
    let specification = run.specification.data
    let key = Key(data: specification, seed: specification.followsRunSeed ? run.seed : nil)
    if let last, last.key == key { return last.data }
    let request = DatasetRequest(specification, runSeed: run.seed)
    if let size = try library.generatedByteCount(request), size > Self.noticeableBytes {
      tell(.drawing(data: request.name, byteCount: size))
    }
    let data = try library.prepare(request, specification.options)
    if !specification.followsRunSeed, data.description.contentSHA256 != run.dataSHA256 {
      throw RunRefusal(
        "the data `\(specification.dataset.name)` changed since the run was planned: plan it again"
      )
    }
    last = (key, data)
    return data
  }
}

/// Why a run is left to the program that planned it: this one trains it to other numbers.
package struct OutdatedRun: Error, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}

/// Why a run cannot be trained here.
package struct RunRefusal: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
