// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A server of files on the loopback interface that misbehaves on request, as no well-made server would.
///
/// HTTP/1.1, one request a connection. It knows ranges (`bytes=N-`) and notes every request.
final class FileServer: Sendable {
  /// What is done when a path is asked for.
  enum Answer: Sendable {
    /// These bytes, or the range of them that was asked for.
    case bytes([UInt8])
    /// These bytes from the start, whatever range was asked for.
    case wholeBytes([UInt8])
    /// Promises all bytes and closes the connection after the first `sent`; the rest of a range is sent whole.
    case broken([UInt8], sent: Int)
    /// Another place.
    case redirect(String)
    /// That status.
    case status(Int)
  }

  private let descriptor: Int32
  /// The port that the system chose.
  let port: UInt16
  private let state: Mutex<(answers: [String: Answer], requests: [String])>

  init(_ answers: [String: Answer]) throws {
    state = Mutex((answers, []))
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    descriptor = socket(AF_INET, kind, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = descriptor
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(socket, pointer, size) == 0 && listen(socket, 8) == 0
          && getsockname(socket, pointer, &size) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else { return }
        guard let self else {
          _ = close(connection)
          return
        }
        self.serve(connection)
        _ = close(connection)
      }
    }
  }

  deinit {
    _ = shutdown(descriptor, Int32(SHUT_RDWR))
    _ = close(descriptor)
  }

  /// The address of a path.
  func address(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

  /// The paths that were asked for, each with its range if it had one.
  var requests: [String] { state.withLock { $0.requests } }

  /// Answers otherwise from now on.
  func answer(_ path: String, _ answer: Answer) {
    state.withLock { $0.answers[path] = answer }
  }

  private func serve(_ connection: Int32) {
    let lines = head(connection).split(separator: "\r\n").map(String.init)
    let path = lines.first?.split(separator: " ").dropFirst().first.map { String($0.dropFirst()) }
    guard let path else { return }
    let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
    let start = range.flatMap { Int($0.dropFirst(13).prefix { $0 != "-" }) } ?? 0
    let answer = state.withLock { state in
      state.requests.append(range == nil ? path : "\(path) from \(start)")
      return state.answers[path]
    }
    switch answer {
    case .bytes(let bytes): send(bytes, from: start, sent: bytes.count, connection)
    case .wholeBytes(let bytes): send(bytes, from: 0, sent: bytes.count, connection)
    case .broken(let bytes, let sent):
      send(bytes, from: start, sent: start == 0 ? sent : bytes.count, connection)
    case .redirect(let address):
      end("302 Found\r\nLocation: \(address)", connection)
    case .status(let status):
      end("\(status) No", connection)
    case nil: end("404 Not Found", connection)
    }
  }

  /// An answer without a body. It says that the connection ends, for a client that sent its next request on it would be
  /// reset.
  private func end(_ status: String, _ connection: Int32) {
    write("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", connection)
  }

  private func send(_ bytes: [UInt8], from start: Int, sent: Int, _ connection: Int32) {
    let last = bytes.count - 1
    let line = start > 0 ? "206 Partial Content" : "200 OK"
    let range = start > 0 ? "Content-Range: bytes \(start)-\(last)/\(bytes.count)\r\n" : ""
    let length = "Content-Length: \(bytes.count - start)\r\n"
    write("HTTP/1.1 \(line)\r\n\(range)\(length)Connection: close\r\n\r\n", connection)
    write(Array(bytes[start..<max(start, sent)]), connection)
  }

  private func head(_ connection: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe read(connection, $0.baseAddress, $0.count)
      }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(_ text: String, _ connection: Int32) { write(Array(text.utf8), connection) }

  private func write(_ bytes: [UInt8], _ connection: Int32) {
    #if canImport(Glibc)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
    #endif
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe Foundation.send(connection, buffer.baseAddress, buffer.count, flags)
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
