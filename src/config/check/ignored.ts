// In: the merged configuration. Out: its keys that concern system calls and have no effect, and those among them that
// someone has changed from the values Falco ships (spec: cli-and-config.md §2.8).

import type { ByteString } from '../../bytes.js';
import { keyText, type Tree } from '../read/tree.js';

/** Keys without effect, with the values of Falco's own falco.yaml. */
const SHIPPED: ReadonlyMap<ByteString, ByteString> = new Map([
  ['engine.kmod.buf_size_preset', '4'],
  ['engine.kmod.drop_failed_exit', 'false'],
  ['engine.modern_ebpf.cpus_for_each_buffer', '2'],
  ['engine.modern_ebpf.buf_size_preset', '4'],
  ['engine.modern_ebpf.drop_failed_exit', 'false'],
  ['engine.modern_ebpf.disable_iterators', 'false'],
  ['buffer_format_base64', 'false'],
  ['capture.path_prefix', '/tmp/falco'],
  ['capture.mode', 'rules'],
  ['capture.default_duration', '5000'],
  ['capture.max_file_size_mb', '0'],
  ['base_syscalls.custom_set', '[]'],
  ['base_syscalls.repair', 'false'],
  ['base_syscalls.all', 'false'],
  ['falco_libs.thread_table_size', '262144'],
  ['falco_libs.thread_table_auto_purging_interval_s', '300'],
  ['falco_libs.thread_table_auto_purging_thread_timeout_s', '300'],
  ['falco_libs.snaplen', '80'],
  ['syscall_event_timeouts.max_consecutives', '1000'],
  ['syscall_event_drops.threshold', '.1'],
  ['syscall_event_drops.actions', '[log,alert]'],
  ['syscall_event_drops.rate', '.03333'],
  ['syscall_event_drops.max_burst', '1'],
  ['syscall_event_drops.simulate_drops', 'false'],
  ['metrics.state_counters_enabled', 'true'],
  ['metrics.kernel_event_counters_enabled', 'true'],
  ['metrics.kernel_event_counters_per_cpu_enabled', 'false'],
  ['metrics.libbpf_stats_enabled', 'true'],
  ['metrics.kernel_iter_event_counters_enabled', 'true'],
  ['metrics.jemalloc_stats_enabled', 'false'],
]);

/** Whether a key concerns system calls only. */
export function isIgnored(key: ByteString): boolean {
  return SHIPPED.has(key);
}

export interface IgnoredKeys {
  readonly given: readonly ByteString[];
  readonly changed: readonly ByteString[];
}

export function findIgnoredKeys(tree: Tree): IgnoredKeys {
  const values = [...leaves(tree, '')].filter(([key]) => isIgnored(key));
  const changed = values.filter(([key, value]) => SHIPPED.get(key) !== value);
  return { given: values.map(([key]) => key), changed: changed.map(([key]) => key) };
}

/** Dotted keys with the texts of their values. */
function* leaves(tree: Tree, key: ByteString): Generator<readonly [ByteString, ByteString]> {
  if (tree.kind !== 'mapping') {
    yield [key, textOf(tree)];
    return;
  }
  for (const entry of tree.entries) {
    const name = keyText(entry.key);
    yield* leaves(entry.value, key === '' ? name : `${key}.${name}`);
  }
}

function textOf(tree: Tree): ByteString {
  switch (tree.kind) {
    case 'scalar':
      return tree.isNull ? '' : tree.text;
    case 'sequence':
      return `[${tree.items.map(textOf).join(',')}]`;
    case 'mapping':
      return '{}';
  }
}
