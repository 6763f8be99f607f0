// SPDX-License-Identifier: Apache-2.0

/// Version of the program, as it is stored with plans and runs.
package let runexpVersion = "0.1.0"
