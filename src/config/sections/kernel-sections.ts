// In: a reader of the merged configuration. Out: the engine's kind, and whether captures are wanted. Nothing else of the
// sections for system calls has an effect, but their values are checked as in Falco (spec: cli-and-config.md §2.8).

import type { ByteString } from '../../bytes.js';
import type { EngineConfig, EngineKind } from '../config.js';
import { fileFault, oneOf } from '../fault.js';
import { MAX_UINT32, type Reader } from '../read/read.js';
import { ConfigError } from '../read/tree.js';

const ENGINE_KINDS: readonly EngineKind[] = ['kmod', 'modern_ebpf', 'replay', 'nodriver'];
/** @throws ConfigError */
export function readEngine(reader: Reader, file: ByteString): EngineConfig {
  const text = reader.text('engine.kind', 'kmod');
  const kind = oneOf(ENGINE_KINDS, text);
  if (kind === undefined) throw fileFault(file, `engine.kind '${text}' is not a valid kind.`);
  const captureFile = kind === 'replay' ? reader.text('engine.replay.capture_file', '') : '';
  if (kind === 'replay' && captureFile === '') {
    throw fileFault(file, "engine.kind is 'replay' but no engine.replay.capture_file specified.");
  }
  // Falco reads what it needs for the engine, and refuses a section that is a scalar.
  if (kind === 'kmod') reader.node('engine.kmod.buf_size_preset');
  if (kind === 'modern_ebpf') reader.node('engine.modern_ebpf.cpus_for_each_buffer');
  return { kind, given: reader.node('engine.kind') !== undefined, captureFile };
}

/** Sections for system calls have no effect, but Falco refuses these values even where it reads none. */
export function checkSyscalls(reader: Reader, file: ByteString): void {
  checkDropActions(reader, file);
  const threshold = reader.decimal('syscall_event_drops.threshold', 0.1);
  if (threshold < 0 || threshold > 1) {
    throw fileFault(file, 'syscall event drops threshold must be a double in the range [0, 1]');
  }
  if (reader.unsigned('syscall_event_timeouts.max_consecutives', 1000, MAX_UINT32) === 0) {
    throw new ConfigError(
      `Error reading config file(${file}): the maximum consecutive timeouts without an event must be an unsigned integer > 0`,
    );
  }
  reader.node('falco_libs.thread_table_size');
  reader.texts('base_syscalls.custom_set');
}

function checkDropActions(reader: Reader, file: ByteString): void {
  let ignore = false;
  for (const action of reader.texts('syscall_event_drops.actions')) {
    if (!['ignore', 'log', 'alert', 'exit'].includes(action)) {
      throw fileFault(
        file,
        'available actions for syscall event drops are "ignore", "log", "alert", and "exit"',
      );
    }
    if (action === 'ignore') ignore = true;
    else if (ignore && action !== 'exit') {
      throw fileFault(
        file,
        `syscall event drop action "${action}" does not make sense with the "ignore" action`,
      );
    }
  }
}

/** Whether captures are wanted. @throws ConfigError for an unknown mode */
export function readCapture(reader: Reader, file: ByteString): boolean {
  const mode = reader.text('capture.mode', 'rules');
  if (mode !== 'rules' && mode !== 'all_rules') {
    throw fileFault(file, `capture.mode '${mode}' is not a valid mode.`);
  }
  return reader.flag('capture.enabled', false);
}
