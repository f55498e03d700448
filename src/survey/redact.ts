// An event → the same without names and addresses, so that a log can be handed on. Names, addresses and free texts become
// pseudonyms: equal ones for equal values, under one key. What is the same on every cluster stays: verbs, kinds, API groups,
// system users and namespaces, codes, times. Numbers, order and spelling of everything else stay as they were written.

import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import type { Event } from '../event.js';
import { type JsonDocument, NODE_SIZE } from '../json/document.js';
import {
  children,
  isArray,
  isObject,
  isString,
  keyText,
  nodeEnd,
  nodeStart,
  stringText,
} from '../json/read.js';

export interface Redactor {
  /** Compact JSON of the event. */
  redact(event: Event): ByteString;
}

type Kind = 'user' | 'group' | 'name' | 'ns' | 'text';

const SYSTEM_NAMESPACES = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/** Keys whose texts say nothing about anybody, wherever they stand. */
const KEPT = new Set([
  ...[
    'kind',
    'apiVersion',
    'apiGroup',
    'apiGroups',
    'level',
    'auditID',
    'stage',
    'verb',
    'verbs',
    'resource',
    'resources',
  ],
  ...[
    'subresource',
    'requestReceivedTimestamp',
    'stageTimestamp',
    'status',
    'reason',
    'code',
    'type',
    'op',
    'operator',
  ],
  ...[
    'effect',
    'protocol',
    'phase',
    'restartPolicy',
    'imagePullPolicy',
    'creationTimestamp',
    'deletionTimestamp',
    'time',
  ],
  ...[
    'authorization.k8s.io/decision',
    'userAgent',
    'fieldsType',
    'operation',
    'propagationPolicy',
    'conditionType',
  ],
  ...[
    'audit.k8s.io/truncated',
    'pod-security.kubernetes.io/enforce-policy',
    'nonResourceURLs',
    'mountPropagation',
  ],
]);

/** @param key whoever has it can make the same pseudonyms; nobody can go back from them */
export function createRedactor(key: string): Redactor {
  const known = new Map<string, string>();
  /** Of the event under way: names that it says, and what stands for them. */
  let said: ReadonlyMap<ByteString, ByteString> = new Map();

  function digest(kind: string, value: ByteString): Buffer {
    return createHmac('sha256', key).update(`${kind}\0`).update(Buffer.from(value, 'latin1')).digest();
  }

  function remembered(kind: string, value: ByteString, make: () => string): string {
    const id = `${kind}\0${value}`;
    const before = known.get(id);
    if (before !== undefined) return before;
    const made = make();
    if (known.size < MOST_KNOWN) known.set(id, made);
    return made;
  }

  function pseudonym(kind: Kind, value: ByteString): ByteString {
    if (value === '') return value;
    const address = isIP(value);
    if (address !== 0) return remembered('ip', value, () => addressOf(digest('ip', value), address));
    if (kind === 'ns' && SYSTEM_NAMESPACES.has(value)) return value;
    return remembered(kind, value, () => `${kind}-${digest(kind, value).toString('hex', 0, 5)}`);
  }

  /** Users and groups of the system keep what is the same everywhere. */
  function principal(kind: Kind, value: ByteString): ByteString {
    const account = /^(system:serviceaccount:)([^:]+):(.+)$/s.exec(value);
    if (account !== null) {
      const [, head, namespace = '', name = ''] = account;
      const isSystem = SYSTEM_NAMESPACES.has(namespace) && namespace !== 'default';
      return `${head}${pseudonym('ns', namespace)}:${isSystem ? name : pseudonym('name', name)}`;
    }
    const group = /^(system:serviceaccounts:)(.+)$/s.exec(value);
    if (group !== null) return `${group[1]}${pseudonym('ns', group[2]!)}`;
    const node = /^(system:node:)(.+)$/s.exec(value);
    if (node !== null) return `${node[1]}${pseudonym('name', node[2]!)}`;
    return /^(?:system|eks):/.test(value) ? value : pseudonym(kind, value);
  }

  function uri(value: ByteString): ByteString {
    const [path = '', query] = split(value, '?');
    const parts = path.split('/');
    const at = parts.indexOf('namespaces');
    const shown = parts.map((part, n) => {
      if (at > 0 && n === at + 1) return pseudonym('ns', part);
      // Behind group, version and resource: a name, and then a subresource.
      const names =
        at > 0 ? at + 3 : parts[1] === 'api' ? 4 : parts[1] === 'apis' ? 5 : Number.POSITIVE_INFINITY;
      return n === names || (n > names + 1 && part !== '') ? pseudonym('name', part) : part;
    });
    const pairs = query?.split('&').map((pair) => {
      const [name = '', text] = split(pair, '=');
      return text === undefined || /^(?:true|false|\d*)$/.test(text)
        ? pair
        : `${name}=${pseudonym('text', text)}`;
    });
    return shown.join('/') + (pairs === undefined ? '' : `?${pairs.join('&')}`);
  }

  /** Messages for people quote names, and some say them without quotes. */
  function message(value: ByteString): ByteString {
    const quoted = value.replace(/"([^"]*)"/g, (_all, text: ByteString) => `"${principal('name', text)}"`);
    const named = quoted.replace(/[\w.@:-]+/g, (word) => said.get(word) ?? word);
    return named.replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, (address) => pseudonym('text', address));
  }

  function textOf(path: readonly ByteString[], value: ByteString): ByteString {
    const [top, second] = path;
    const last = path.at(-1) ?? '';
    if (top === 'requestURI') return uri(value);
    if (top === 'user' || top === 'impersonatedUser') {
      if (second === 'username') return principal('user', value);
      return second === 'groups' ? principal('group', value) : pseudonym('text', value);
    }
    // Reasons are a word, or a sentence about somebody (SelfSubjectAccessReview).
    if (last === 'reason' && /\W/.test(value)) return message(value);
    if (KEPT.has(last)) return value;
    if (last === 'namespace') return pseudonym('ns', value);
    if (last === 'name' || top === 'objectRef') return principal('name', value);
    if (last === 'message' || last === 'authorization.k8s.io/reason') return message(value);
    return pseudonym('text', value);
  }

  /** Keys say what something is, but for those of managedFields, which repeat values: `k:{"ip":"10.1.2.3"}`. */
  const keyOf = (value: ByteString): ByteString =>
    value.replace(/:"([^"]*)"/g, (_all, text: ByteString) => `:"${pseudonym('name', text)}"`);

  function redact({ document, root }: Event): ByteString {
    const out: ByteString[] = [];
    const { text } = document;
    let from = nodeStart(document, root);
    const texts = [...textsOf(document, root)].map((each) => ({
      ...each,
      value: stringText(document, each.node),
    }));
    said = new Map(
      texts
        .filter(({ path, isKey }) => !isKey && isName(path))
        .map(({ path, value }) => [value, textOf(path, value)]),
    );
    for (const { node, path, value, isKey } of texts) {
      const shown = isKey ? keyOf(value) : textOf(path, value);
      if (shown === value) continue;
      out.push(text.slice(from, nodeStart(document, node)), toBytes(JSON.stringify(fromBytes(shown))));
      from = nodeEnd(document, node);
    }
    out.push(text.slice(from, nodeEnd(document, root)));
    return out.join('');
  }

  return { redact };
}

/** Who acts, and on what. */
const isName = ([top, second, third]: readonly ByteString[]): boolean =>
  third === undefined &&
  ((second === 'username' && (top === 'user' || top === 'impersonatedUser')) ||
    (top === 'objectRef' && (second === 'name' || second === 'namespace')));

const MOST_KNOWN = 200_000;

function split(text: ByteString, mark: string): readonly [ByteString, ByteString?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** An address that belongs to nobody: of the reserved 240.0.0.0/4, or of fd00::/8. */
function addressOf(bytes: Buffer, version: number): string {
  if (version === 4) return `${240 + (bytes[0]! % 16)}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  const groups = [1, 3, 5, 7].map((at) => bytes.readUInt16BE(at).toString(16));
  return `fd00::${groups.join(':')}`;
}

interface TextNode {
  readonly node: number;
  /** Keys that lead there; elements of arrays have none of their own. */
  readonly path: readonly ByteString[];
  readonly isKey: boolean;
}

/** All texts in document order. Iterates, so that depth costs no stack. */
function* textsOf(document: JsonDocument, root: number): Generator<TextNode> {
  const open: TextNode[] = [{ node: root, path: [], isKey: false }];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const { node, path } = part;
    if (part.isKey || isString(document, node)) yield part;
    else if (isObject(document, node) || isArray(document, node))
      open.push(...inside(document, node, path).toReversed());
  }
}

function inside(document: JsonDocument, node: number, path: readonly ByteString[]): readonly TextNode[] {
  const hasKeys = isObject(document, node);
  return children(document, node).flatMap((child): readonly TextNode[] => {
    if (!hasKeys) return [{ node: child, path, isKey: false }];
    const key = keyText(document, child);
    const below = { node: child, path: path.length < DEEPEST ? [...path, key] : path, isKey: false };
    return key.startsWith(MANAGED) ? [{ node: child - NODE_SIZE, path, isKey: true }, below] : [below];
  });
}

const MANAGED = 'k:{';

/** Below, keys mean nothing to us. */
const DEEPEST = 64;
