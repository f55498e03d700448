// json.* and jevt.*: any value of an event by JSON pointer, the whole event indented, its time (spec:
// fields-and-sources.md §2).

import { beginsAsJson, fieldText, isContainer, type Nodes, untilNul } from '../../fields/nodes.js';
import { createPointer, placeOf, tokensOf } from '../../fields/pointer.js';
import { keyed, type Shape, scalar } from '../../fields/shape.js';
import { NO_NODE } from '../../json/document.js';
import { prettyText } from '../../json/read.js';
import { isStrictJson } from '../../json/strict.js';
import { unsignedNanos } from '../../time.js';
import type { FieldKit, PluginFields } from '../plugin.js';
import { ownValue } from './own-pointers.js';

/** The fields; each has an older spelling. */
export function jsonFields({ nodes, own, time }: FieldKit): PluginFields {
  return {
    'json.value': {
      description:
        'Value found at a JSON pointer inside the event payload, as text; the bracket argument is the pointer, and an empty one gives the whole payload.',
      shape: pointedValue(nodes, own),
    },
    'json.obj': {
      description: 'Whole event payload re-indented with two spaces.',
      shape: indentedEvent(),
    },
    'json.rawtime': {
      description: 'Event timestamp as decimal nanoseconds since the epoch (text).',
      shape: rawTime(time),
    },
    'jevt.value': { description: 'Older spelling of json.value.', shape: pointedValue(nodes, own) },
    'jevt.obj': { description: 'Older spelling of json.obj.', shape: indentedEvent() },
    'jevt.rawtime': { description: 'Older spelling of json.rawtime.', shape: rawTime(time) },
  };
}

/**
 * json.value: the argument is a pointer; its first slash may be left out, an empty one is the whole event.
 * @param own fields that pointers may name (own-pointers.ts)
 */
function pointedValue(nodes: Nodes, own: FieldKit['own']): Shape {
  const shape = keyed((pointer) => {
    const extract = ownValue(nodes, own, pointer);
    if (extract !== undefined) return extract;
    if (pointer === '')
      return (event) => (isContainer(event, event.root) ? fieldText(event, event.root) : undefined);
    const find = createPointer(nodes, tokensOf(pointer));
    return (event) => {
      const node = find(event);
      return node === NO_NODE || !beginsAsJson(event) ? undefined : fieldText(event, node);
    };
  });
  return {
    ...shape,
    place: (pointer = '') =>
      ownValue(nodes, own, pointer) === undefined ? placeOf(tokensOf(pointer)) : undefined,
  };
}

/** json.obj: the event indented by two spaces. */
function indentedEvent(): Shape {
  return scalar((event) => {
    const { document, root } = event;
    // Falco's plugin prints with a stricter parser than it reads with.
    if (!isContainer(event, root) || !isStrictJson(document, root)) return undefined;
    return untilNul(prettyText(document, root));
  });
}

/**
 * json.rawtime: the event's time in nanoseconds since the epoch.
 * @param at where it stands in the event
 */
function rawTime(at: FieldKit['time']): Shape {
  const shape = scalar((event) =>
    isContainer(event, event.root) ? String(unsignedNanos(event)) : undefined,
  );
  return at === undefined ? shape : { ...shape, place: () => ({ ...placeOf(tokensOf(at))!, time: true }) };
}
