#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Everything of one table in one sitting: sitting.sh ENVIRONMENTS RUNEXP [WORKLOADS] [THREADS]
# ENVIRONMENTS holds virtual environments called torch, jax and tf; README.md beside this says how to make them.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environments=${1:?usage: sitting.sh ENVIRONMENTS RUNEXP [WORKLOADS] [THREADS]}
runexp=${2:?usage: sitting.sh ENVIRONMENTS RUNEXP [WORKLOADS] [THREADS]}
workloads=${3:-resnet lstm-stack seq2seq transformer}
counts=${4:-1 2}

own() {
  taskset -c "$(seq -s, $(($(nproc) - $2)) $(($(nproc) - 1)))" \
    "$runexp" bench --workload "$1" --threads "$2" --seconds 1 --reps 3 2>/dev/null | grep "^$1 "
}

for threads in $counts; do
  for workload in $workloads; do
    echo "--- $workload, $threads"
    own "$workload" "$threads"
    for framework in torch jax tf; do
      case $framework in
        torch) modes="eager compile" ;;
        jax) modes="step scan" ;;
        tf) modes="graph xla" ;;
      esac
      # XLA is slow at convolutions inside a loop.
      case "$framework $workload" in
        "torch resnet") modes="$modes channels_last channels_last_compile" ;;
        "jax resnet") modes="step" ;;
      esac
      for mode in $modes; do
        timeout 300 "$environments/$framework/bin/python" "$here/run_$framework.py" "$workload" "$threads" "$mode" \
          2>/dev/null || echo "$workload $framework $mode $threads: failed"
      done
    done
    own "$workload" "$threads"
  done
done
