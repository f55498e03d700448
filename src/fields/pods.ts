// Fields of pods: what a request says of containers and volumes (spec: fields-and-sources.md §1.5, D2–D4).
// In: the audit event's requestObject.spec. Out: texts, mostly one a container, in document order.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { NO_NODE } from '../json/document.js';
import {
  children,
  isArray,
  isObject,
  isString,
  keyText,
  member,
  nodeKind,
  stringText,
  valueText,
} from '../json/read.js';
import type { Semantics } from './field.js';
import { fieldText, type Nodes, untilNul } from './nodes.js';
import { elementTexts, indexed, keyed, type Shape, scalar } from './shape.js';
import { createWalk, EVERY, ITSELF, type Walk } from './walk.js';

/** The three lists of containers in a pod's spec. */
export type ContainerList = 'containers' | 'initContainers' | 'ephemeralContainers';

/** Readers of pod specs, for the table in k8saudit.ts. */
export interface PodFields {
  /** Text of a key of every container; missing if one container has none. */
  strict(list: ContainerList, key: ByteString): Shape;
  /** Text of a value in those containers that have one. */
  loose(list: ContainerList, ...keys: readonly ByteString[]): Shape;
  /** Arrays of strings, joined by blanks to one text a container. */
  joined(list: ContainerList, key: ByteString): Shape;
  /** Image names without tag and digest. */
  repository(list: ContainerList): Shape;
  /** Ports of the host, or of the container where no host port is asked for. */
  ports(list: ContainerList): Shape;
  /** Ids that containers run with: their own, else the pod's, else 0. */
  effective(list: ContainerList, key: ByteString): Shape;
  /** Added capabilities. */
  capabilities(list: ContainerList): Shape;
  /** Image of the first container, and that without tag and digest. */
  firstImage(): Shape;
  firstRepository(): Shape;
  /** Whether any container is privileged. */
  anyPrivileged(): Shape;
  /** A value in those volumes that have one. */
  volumes(...keys: readonly ByteString[]): Shape;
  volumeTypes(): Shape;
  /** Whether a volume mounts the path of the node that the argument names. */
  mountsHostPath(): Shape;
}

export function createPodFields(nodes: Nodes, semantics: Semantics): PodFields {
  const spec = (...keys: readonly ByteString[]): Walk =>
    createWalk(nodes, ['requestObject', 'spec', ...keys]);
  const cutImage = semantics === 'fixed' ? withoutTagAndDigest : beforeFirstColon;
  const looseTexts = (walk: Walk): Shape => indexed((event, index) => present(event, walk(event, index)));

  function strictTexts(walk: Walk): (event: Event, index: number) => readonly ByteString[] | undefined {
    return (event, index) => {
      const found = walk(event, index);
      if (found === undefined || found.includes(NO_NODE)) return undefined;
      return found.map((node) => fieldText(event, node));
    };
  }

  function effectiveAsFalco(list: ContainerList, key: ByteString): Shape {
    const pod = nodes.path(nodes.audit, ['requestObject', 'spec', key]);
    const walk = spec(list, key);
    return indexed((event, index) => {
      const found = walk(event, index);
      if (found === undefined) return undefined;
      const otherwise = nodes.text(event, pod) ?? '0';
      return found.map((node) => (node === NO_NODE ? otherwise : fieldText(event, node)));
    });
  }

  function effectiveAsMeant(list: ContainerList, key: ByteString): Shape {
    const pod = nodes.path(nodes.audit, ['requestObject', 'spec', 'securityContext', key]);
    const walk = spec(list, ITSELF);
    const given = (event: Event, node: number): ByteString | undefined =>
      node === NO_NODE || nodeKind(event.document, node) === 'null' ? undefined : fieldText(event, node);
    return indexed((event, index) => {
      const found = walk(event, index);
      if (found === undefined) return undefined;
      const otherwise = given(event, nodes.find(event, pod)) ?? '0';
      return found
        .filter((container) => container !== NO_NODE && isObject(event.document, container))
        .map((container) => given(event, below(event, container, ['securityContext', key])) ?? otherwise);
    });
  }

  const first = (texts: ReturnType<typeof strictTexts>, cut: (image: ByteString) => ByteString): Shape =>
    scalar((event) => {
      const image = texts(event, 0)?.[0];
      return image === undefined ? undefined : cut(image);
    });

  return {
    strict: (list, key) => indexed(strictTexts(spec(list, key))),
    loose: (list, ...keys) => looseTexts(spec(list, ...keys)),
    joined(list, key) {
      const walk = spec(list, key);
      return indexed((event, index) => joinedTexts(event, walk(event, index)));
    },
    repository(list) {
      const texts = strictTexts(spec(list, 'image'));
      return indexed((event, index) => texts(event, index)?.map(cutImage));
    },
    ports(list) {
      const walk = spec(list, 'ports');
      return indexed((event, index) => portTexts(event, walk(event, index)));
    },
    effective: semantics === 'fixed' ? effectiveAsMeant : effectiveAsFalco,
    capabilities(list) {
      const walk = spec(list, 'securityContext', 'capabilities', 'add');
      if (semantics === 'falco') return looseTexts(walk);
      return indexed((event, index) =>
        walk(event, index)?.flatMap((node) => elementTexts(event, node) ?? []),
      );
    },
    firstImage: () => first(strictTexts(spec('containers', 'image')), (image) => image),
    firstRepository: () => first(strictTexts(spec('containers', 'image')), cutImage),
    anyPrivileged() {
      const walk = spec('containers', 'securityContext', 'privileged');
      return scalar((event) => {
        const found = walk(event, EVERY);
        if (found === undefined) return undefined;
        return found.some((node) => node !== NO_NODE && nodeKind(event.document, node) === 'true')
          ? 'true'
          : 'false';
      });
    },
    volumes: (...keys) => looseTexts(spec('volumes', ...keys)),
    volumeTypes() {
      const walk = spec('volumes', ITSELF);
      return indexed((event, index) => walk(event, index)?.flatMap((node) => volumeTypes(event, node)));
    },
    mountsHostPath() {
      const walk = spec('volumes', 'hostPath', 'path');
      return keyed((argument) => {
        const prefix = argument.endsWith('*') ? argument.slice(0, -1) : undefined;
        const matches = (path: ByteString): boolean =>
          argument !== '' && (path === argument || (prefix !== undefined && path.startsWith(prefix)));
        return (event) => {
          const found = walk(event, EVERY);
          if (found === undefined) return undefined;
          const mounted = found.some((node) => node !== NO_NODE && matches(valueText(event.document, node)));
          return mounted ? 'true' : 'false';
        };
      });
    },
  };
}

function below(event: Event, from: number, keys: readonly ByteString[]): number {
  let node = from;
  for (const key of keys) {
    if (node !== NO_NODE) node = member(event.document, node, key);
  }
  return node;
}

// Texts of what a walk found, holes left out.
function present(event: Event, found: readonly number[] | undefined): readonly ByteString[] | undefined {
  return found?.filter((node) => node !== NO_NODE).map((node) => fieldText(event, node));
}

function joinedTexts(event: Event, found: readonly number[] | undefined): readonly ByteString[] | undefined {
  const { document } = event;
  const joined: ByteString[] = [];
  for (const node of found ?? []) {
    if (node === NO_NODE) continue;
    if (!isArray(document, node)) return undefined;
    const words = children(document, node);
    if (!words.every((word) => isString(document, word))) return undefined;
    joined.push(untilNul(words.map((word) => stringText(document, word)).join(' ')));
  }
  return joined;
}

function portTexts(event: Event, found: readonly number[] | undefined): readonly ByteString[] | undefined {
  const { document } = event;
  const ports: ByteString[] = [];
  for (const node of found ?? []) {
    if (node === NO_NODE) continue;
    if (!isArray(document, node)) return undefined;
    for (const port of children(document, node)) {
      const host = member(document, port, 'hostPort');
      const shown = host === NO_NODE ? member(document, port, 'containerPort') : host;
      if (shown !== NO_NODE) ports.push(fieldText(event, shown));
    }
  }
  return ports;
}

// The keys of a volume besides its name say what it is.
function volumeTypes(event: Event, node: number): readonly ByteString[] {
  if (node === NO_NODE || !isObject(event.document, node)) return [];
  return children(event.document, node)
    .map((value) => keyText(event.document, value))
    .filter((key) => key !== 'name')
    .map(untilNul);
}

// As Falco cuts: a registry's port counts as the tag.
function beforeFirstColon(image: ByteString): ByteString {
  return image.split(':', 1)[0]!.split('@', 1)[0]!;
}

function withoutTagAndDigest(image: ByteString): ByteString {
  const named = image.split('@', 1)[0]!;
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return colon < 0 ? named : named.slice(0, colon);
}
