// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Work cut into numbered pieces; the cut depends on sizes only, never on the number of threads.
protocol ParallelTask {
  /// Does piece `index`; `thread` < the pool's thread count names a private scratch area.
  func run(_ index: Int, thread: Int)
}

/// Multiplications that take about three times as long as handing out and joining a task.
private let worthSharing = 1 << 17

/// Two cache lines: threads do not disturb each other's cursors.
private let cursorSpacing = 16

/// Threads of our own that share out the pieces of one task at a time.
///
/// Each thread begins with a stretch of the pieces of its own, the same one in every task that is cut alike, so that it
/// finds near what it wrote in the task before; then it helps the others with theirs. Workers spin briefly for the next
/// task and then sleep; with more threads than cores they never spin. A pool of one thread has no workers and runs
/// everything in place.
package final class ThreadPool: @unchecked Sendable {
  // Safety: the job's fields are written by the owner before `generation` is released and read by workers after they
  // acquire it; the owner writes them again only after `active` fell to zero. One thread at a time calls `run`.

  /// Threads at work on a task, the caller among them; fewer than asked for if the system refuses more.
  package private(set) var threadCount: Int

  private let spins: Int
  private let generation = Atomic<Int>(0)
  /// The next piece of each thread's stretch, `cursorSpacing` apart.
  private let cursors: UnsafeMutablePointer<Atomic<Int>>
  private let active = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let stopping = Atomic<Bool>(false)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var workers: [pthread_t] = []

  private var count = 0
  private var context = UnsafeRawPointer(bitPattern: 1)
  private var invoke: (UnsafeRawPointer, Int, Int) -> Void = { _, _, _ in }

  /// Starts `threadCount − 1` workers, as far as the system allows.
  package init(threadCount: Int) {
    // No preconditions here: -Ounchecked would assume them.
    let wanted = max(1, threadCount)
    self.threadCount = wanted
    cursors = .allocate(capacity: wanted * cursorSpacing)
    for i in 0..<wanted * cursorSpacing { (cursors + i).initialize(to: Atomic(0)) }
    spins = wanted <= sysconf(Int32(_SC_NPROCESSORS_ONLN)) ? 100_000 : 0
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    while workers.count < wanted - 1, start(workers.count + 1) {}
    self.threadCount = workers.count + 1
  }

  deinit {
    stopping.store(true, ordering: .releasing)
    wakeAll()
    for worker in workers { pthread_join(worker, nil) }
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(wake)
    mutex.deallocate()
    wake.deallocate()
    cursors.deallocate()
  }

  /// Runs pieces 0 ..< `count`, on the calling thread alone if all of them together are only so many multiplications:
  /// waking others would cost more.
  func run<Task: ParallelTask>(_ count: Int, _ task: Task, multiplications: Int) {
    if multiplications < worthSharing {
      for index in 0..<count { task.run(index, thread: 0) }
    } else {
      run(count, task)
    }
  }

  /// Runs pieces 0 ..< `count` and returns when all are done.
  func run<Task: ParallelTask>(_ count: Int, _ task: Task) {
    if threadCount == 1 || count <= 1 {
      for index in 0..<count { task.run(index, thread: 0) }
      return
    }
    withUnsafePointer(to: task) { pointer in
      self.count = count
      context = UnsafeRawPointer(pointer)
      invoke = { raw, index, thread in
        raw.assumingMemoryBound(to: Task.self).pointee.run(index, thread: thread)
      }
      for thread in 0..<threadCount {
        cursors[thread &* cursorSpacing].store(stretch(thread), ordering: .relaxed)
      }
      active.store(threadCount - 1, ordering: .relaxed)
      generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
      work(0)
      var waited = 0
      while active.load(ordering: .acquiring) > 0 {
        waited += 1
        if waited > spins { sched_yield() }
      }
    }
  }

  /// The first piece of a thread's stretch.
  private func stretch(_ thread: Int) -> Int { count &* thread / threadCount }

  private func work(_ thread: Int) {
    guard let context else { return }
    var owner = thread
    repeat {
      let end = stretch(owner &+ 1)
      while true {
        let index = cursors[owner &* cursorSpacing].wrappingAdd(1, ordering: .relaxed).oldValue
        if index >= end { break }
        invoke(context, index, thread)
      }
      owner = owner &+ 1 == threadCount ? 0 : owner &+ 1
    } while owner != thread
  }

  /// Whether the system gave the thread.
  private func start(_ thread: Int) -> Bool {
    let entry = Unmanaged.passRetained(WorkerEntry(pool: self, thread: thread))
    #if canImport(Glibc)
      var id = pthread_t()
      let isRunning = pthread_create(&id, nil, workerMain, entry.toOpaque()) == 0
      if isRunning { workers.append(id) }
    #else
      var id: pthread_t?
      let isRunning = pthread_create(&id, nil, workerMain, entry.toOpaque()) == 0
      if let id { workers.append(id) }
    #endif
    if !isRunning { entry.release() }
    return isRunning
  }

  fileprivate func workerLoop(_ thread: Int) {
    var seen = 0
    while true {
      seen = waitForWork(after: seen)
      if stopping.load(ordering: .acquiring) { return }
      work(thread)
      active.wrappingSubtract(1, ordering: .releasing)
    }
  }

  private func waitForWork(after seen: Int) -> Int {
    for _ in 0..<spins {
      let now = generation.load(ordering: .acquiring)
      if now != seen { return now }
      if stopping.load(ordering: .relaxed) { return seen }
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    while true {
      let now = generation.load(ordering: .sequentiallyConsistent)
      if now != seen || stopping.load(ordering: .acquiring) { return now }
      pthread_cond_wait(wake, mutex)
    }
  }

  private func wakeAll() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }
}

/// What a new thread is told; the pool is unowned, for its `deinit` joins the thread.
private final class WorkerEntry {
  unowned(unsafe) let pool: ThreadPool
  let thread: Int
  init(pool: ThreadPool, thread: Int) {
    self.pool = pool
    self.thread = thread
  }
}

#if canImport(Glibc)
  private func workerMain(_ raw: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let raw else { return nil }
    return enter(raw)
  }
#else
  private func workerMain(_ raw: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? { enter(raw) }
#endif

private func enter(_ raw: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  let entry = Unmanaged<WorkerEntry>.fromOpaque(raw).takeRetainedValue()
  entry.pool.workerLoop(entry.thread)
  return nil
}
