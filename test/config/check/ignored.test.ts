import { describe, expect, it } from 'vitest';
import { findIgnoredKeys } from '../../../src/config/check/ignored.js';
import { loadConfig } from '../../../src/config/load.js';

function ignored(yaml: string) {
  const outcome = loadConfig({
    file: 'f',
    overrides: [],
    unbuffered: false,
    env: {},
    files: { read: () => yaml, kind: () => undefined, list: () => [], canOpen: () => true },
  });
  if (!outcome.ok) throw new Error(outcome.error);
  return findIgnoredKeys(outcome.config.tree);
}

describe('keys without effect', () => {
  it('are found, and those that were changed', () => {
    expect(
      ignored('falco_libs: {snaplen: 120}\nbase_syscalls: {custom_set: [], repair: false}\npriority: debug'),
    ).toEqual({
      given: ['falco_libs.snaplen', 'base_syscalls.custom_set', 'base_syscalls.repair'],
      changed: ['falco_libs.snaplen'],
    });
    expect(ignored('syscall_event_drops: {actions: [log, alert]}').changed).toEqual([]);
    expect(ignored('base_syscalls: {custom_set: [open]}').changed).toEqual(['base_syscalls.custom_set']);
    expect(ignored('')).toEqual({ given: [], changed: [] });
  });
});
