// Audit events and the scope to read them with, for tests of what rules print.

import { toBytes } from '../../../src/bytes.js';
import { createScope, type Scope } from '../../../src/engine/condition/compile/scope.js';
import type { Event } from '../../../src/event.js';
import { AUDIT_ENVELOPE } from '../../../src/plugins/audit-log.js';
import { createFieldTable, type FieldTableOptions } from '../../../src/plugins/field-table.js';
import { createUnwrapper } from '../../../src/sources/unwrap.js';

/** 2024-02-03T04:05:06.007008Z, a create by `admin`, with these properties in addition. */
export function auditEvent(properties: object = {}, num = 1): Event {
  const event = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: '1',
    stage: 'ResponseComplete',
    verb: 'create',
    requestURI: '/api/v1/pods?command=ls',
    user: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
    stageTimestamp: '2024-02-03T04:05:06.007008Z',
    ...properties,
  };
  return auditEvents(JSON.stringify(event), num)[0]!;
}

/** The events of one payload. Borrowed: not kept beyond the next call. */
export function auditEvents(payload: string, num = 1): readonly Event[] {
  const events: Event[] = [];
  const log = (_level: string, message: string): void => {
    throw new Error(message);
  };
  const unwrap = createUnwrapper({
    envelope: AUDIT_ENVELOPE,
    source: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: 1e7,
    log,
  });
  unwrap(toBytes(payload), (event) => events.push({ ...event, num }));
  return events;
}

export function auditScope(options: FieldTableOptions = {}): Scope {
  return createScope(createFieldTable('k8s_audit', { hostname: () => 'host', ...options }));
}
