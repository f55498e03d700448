// Payloads of plugins that decode: told by the payload as it stands that no rule can match its event, or what its alert is, so
// that most are never decoded. In: the envelope's word on which values decoding leaves as they are (`carries`), then payloads.
// A payload counts where it holds each key on the way to those values once, as written there.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import type { JsonDocument } from '../json/document.js';
import type { Envelope } from '../plugins/plugin.js';
import type { Place, Prefilter } from '../prefilter/prefilter.js';
import type { EventForm, OnAlert } from '../prefilter/reader/event-reader.js';
import { createEventReader } from '../prefilter/reader/fastest.js';
import { createTeacher } from '../prefilter/reader/teacher.js';
import type { Written } from '../prefilter/self-check.js';
import { MALFORMED, NOTHING, PASSED, UNSURE } from '../prefilter/shared.js';
import { createCarried } from './carried.js';
import { keysOf, type OpenEnvelope } from './envelope.js';
import type { EventOrigin } from './event-origin.js';

export interface Standing {
  /** Before payloads are judged. @returns whether they can be by this prefilter */
  use(prefilter: Prefilter | undefined, writes: boolean): boolean;
  /** What is known of a payload; undefined: it has to be decoded. */
  judge(payload: ByteString): Judged | undefined;
}

export interface Judged {
  /** Its event, with the number 0: what rules and state read of it is what they would read when it was decoded. */
  readonly event: Event;
  /** The prefilter's final state; NOTHING: nobody needs to see it but who has to see all such. */
  readonly state: number;
  /** Its alert, which needs no evaluation, if there is one. */
  readonly written: readonly Written[];
  readonly isSeen: boolean;
}

export interface StandingOptions {
  readonly envelope: Envelope;
  readonly form: EventForm | undefined;
  readonly timeOf: OpenEnvelope['timeOf'];
  readonly source: string;
  readonly plugin: string;
  readonly origin: EventOrigin | undefined;
  readonly clusterName?: ByteString | undefined;
  readonly maxEventSize: number;
}

/** @returns undefined where payloads always have to be decoded */
export function createStanding(options: StandingOptions): Standing | undefined {
  const { envelope, form, origin, maxEventSize } = options;
  const touches = origin?.touches;
  if (envelope.carries === undefined || form === undefined) return undefined;
  if (origin?.see !== undefined && touches === undefined) return undefined;
  const carried = createCarried(envelope.carries);
  const needed = [envelope.time?.at, envelope.id, touches?.at].filter((at) => at !== undefined);
  if (!needed.every((at) => carried.covers(textAt(at)))) return undefined;
  const seesAsItStands =
    origin?.see === undefined || touches?.reads?.every((at) => carried.covers(textAt(at))) === true;
  const reader = createEventReader(form);
  const teacher = createTeacher(reader, ({ parts }) =>
    parts.every((part) => !('place' in part) || carried.covers(part.place)),
  );
  let current: Prefilter | undefined;
  let isCovered = false;
  let isWhole = false;
  let written: Written[] = [];
  const onAlert: OnAlert = (rule, line) => void written.push([rule, line]);

  // Values where the event's fields look for them are those of the payload.
  function eventOf(document: JsonDocument): Event | undefined {
    const time = options.timeOf(document, 0);
    if (typeof time === 'string') return undefined;
    const { source, plugin, clusterName } = options;
    return { source, plugin, num: 0, ...time, document, root: 0, clusterName, origin };
  }

  return {
    use(prefilter, writes) {
      if (!teacher.use(prefilter)) return false;
      if (current !== prefilter) {
        isCovered = prefilter!.places.every(carried.covers);
        // Who takes alerts as lines wants nothing of events but what rules read.
        isWhole = writes && seesAsItStands && prefilter!.reads?.every(carried.covers) === true;
      }
      current = prefilter;
      reader.writeTo(writes ? onAlert : undefined);
      return isCovered;
    },
    judge(payload) {
      written = [];
      const verdict = reader.readText(payload, maxEventSize, true);
      if (verdict === UNSURE || verdict === MALFORMED || (verdict >= 0 && !isWhole)) return undefined;
      const document = reader.document();
      if (!carried.isPlain(document)) return undefined;
      const isSeen = touches?.holds(document, 0) === true;
      const event = isSeen && !seesAsItStands ? undefined : eventOf(document);
      if (event === undefined) return undefined;
      // What the reader was not taught so far, it is now.
      const state = verdict === PASSED ? NOTHING : teacher.stateOf(verdict, event);
      return state === undefined || (state !== NOTHING && !isWhole)
        ? undefined
        : { event, state, written, isSeen };
    },
  };
}

const textAt = (pointer: string): Place => ({
  keys: keysOf(pointer).map(({ text }) => text),
  audit: false,
  as: 'string',
  absent: '',
});
