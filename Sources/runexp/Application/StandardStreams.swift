// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a program must see to before it opens its first file.
enum StandardStreams {
  /// Opens what was closed of descriptors 0–2, and makes a reader that went away an error instead of death.
  ///
  /// Without the first, the next pipe or database would get such a number and be written into by talk; without the
  /// second, closing a terminal or a pipe would end a training in the middle of a run. A closed standard output refuses
  /// data, as it did before: only talk may vanish.
  static func prepare() {
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free number is taken, and all below are open by now.
      _ = unsafe open("/dev/null", descriptor == 2 ? O_WRONLY : O_RDONLY)
    }
    signal(SIGPIPE, SIG_IGN)
  }
}
