// Fields of roles and bindings: whom a binding names, and what a role's rules allow (spec: fields-and-sources.md §1.5).

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { NO_NODE } from '../json/document.js';
import { children, isArray, member, valueText } from '../json/read.js';
import { fieldText, type Nodes, untilNul } from './nodes.js';
import { elementTexts, indexed, list, type Shape } from './shape.js';
import { createWalk } from './walk.js';

/** Names of the subjects of one kind in the binding of the request. */
export function subjectNames(nodes: Nodes, kind: 'User' | 'Group' | 'ServiceAccount'): Shape {
  return list(subjects(nodes, kind, (event, _subject, name) => fieldText(event, name)));
}

/** The service accounts in the binding of the request, as namespace:name. */
export function namespacedServiceAccounts(nodes: Nodes): Shape {
  return list(
    subjects(nodes, 'ServiceAccount', (event, subject, name) => {
      const namespace = member(event.document, subject, 'namespace');
      if (namespace === NO_NODE) return undefined;
      return untilNul(`${valueText(event.document, namespace)}:${valueText(event.document, name)}`);
    }),
  );
}

/** All values that the rules of the request's role have under `key`; an index picks a rule. */
export function ruleValues(nodes: Nodes, key: ByteString): Shape {
  const walk = createWalk(nodes, ['requestObject', 'rules', key]);
  return indexed((event, index) => walk(event, index)?.flatMap((node) => elementTexts(event, node) ?? []));
}

function subjects(
  nodes: Nodes,
  kind: ByteString,
  show: (event: Event, subject: number, name: number) => ByteString | undefined,
): (event: Event) => readonly ByteString[] | undefined {
  const path = nodes.path(nodes.audit, ['requestObject', 'subjects']);
  return (event) => {
    const { document } = event;
    const array = nodes.find(event, path);
    if (array === NO_NODE || !isArray(document, array)) return undefined;
    const shown: ByteString[] = [];
    for (const subject of children(document, array)) {
      const kindNode = member(document, subject, 'kind');
      const name = member(document, subject, 'name');
      if (kindNode === NO_NODE || name === NO_NODE || valueText(document, kindNode) !== kind) continue;
      const text = show(event, subject, name);
      if (text !== undefined) shown.push(text);
    }
    return shown;
  };
}
