// EventReader: a scanner that goes through blocks of lines by itself, and judges events by a prefilter that it has been
// taught (prefilter.ts), so that events which no rule can match cost no more than their scan. The one in WebAssembly
// does so, and writes the alerts that are made of what stands in the text; the one in JavaScript hands over every line,
// and the answers are the same.

import type { ByteString } from '../../bytes.js';
import type { JsonDocument, JsonScanner } from '../../json/document.js';
import type { Key } from '../../json/keys.js';
import type { AlertLine, PrefilterPlace } from '../prefilter.js';

export interface EventReader extends JsonScanner {
  /**
   * Who takes the alerts that the reader writes, each before it comes to an event behind it; to their events it says PASSED.
   * undefined, as at first: it writes none.
   */
  writeTo(onAlert: OnAlert | undefined): void;
  /** The time of the events that come now is known, and not what stands in them. As at first: it is not. */
  knowTime(known: boolean): void;
  /** The name of the cluster that events are of, if they name none (ValuePart). As at first: none. */
  nameCluster(name: ByteString | undefined): void;
  /**
   * Begins a block of lines; it is copied.
   * @param largest longer lines are not judged, bytes
   * @param prefiltered whether lines are judged at all
   */
  openLines(block: Uint8Array, largest: number, prefiltered: boolean): void;
  /**
   * Reads one text, as a block of one line; it may hold newlines.
   * @returns a final state of the prefilter, or a verdict below 0; PASSED: nobody needs to see it
   */
  readText(text: ByteString, largest: number, prefiltered: boolean): number;
  /** Goes to the next line that has to be looked at. @returns a final state of the prefilter, or a verdict below 0 */
  nextLine(): number;
  /** That line, or the text that was read. */
  text(): ByteString;
  /** The document of that line, or of the text, unless it is MALFORMED. Borrowed, as after scan(). */
  document(): JsonDocument;
  /** Lines passed over since openLines(), those with alerts among them. */
  passed(): number;
  /** How many of those the API server had cut. */
  passedTruncated(): number;
  /** Whether it had cut the event that was judged last, where that was not UNSURE. */
  isTruncated(): boolean;
  /**
   * Judges an event in the text scanned last.
   * @param node its node
   */
  judge(node: number): number;
  /** Behind UNKNOWN: the state up to which the prefilter is known for the event. */
  reached(): number;
  /**
   * Time of the event that was passed over last, whole seconds since the epoch; in the text or block that was read last. Now, if it
   * does not stand there.
   */
  lastSeconds(): number;
  /** What it has been taught; undefined if it cannot learn. */
  readonly tables: PrefilterTables | undefined;
}

/** What events look like that a reader may judge. All keys stand at the top. */
export interface EventForm {
  /** What an object must have to be an event; all of these. */
  readonly tests: readonly FormTest[];
  /** A value must stand there, whatever makes it an event: the key on which places of audit events depend (Place.audit). */
  readonly audit: Key | undefined;
  /** RFC 3339 text; undefined: events have the time at which they are read. */
  readonly time: Key | undefined;
  /** Two keys that lead to what whoever cut the event sets; or none. */
  readonly truncated: readonly Key[];
  /** Nothing may stand before the event in its text. */
  readonly bare: boolean;
}

export interface FormTest {
  readonly key: Key;
  /** A value, a string, this text, or a string that is none of these. */
  readonly must: 'exist' | 'be a string' | { readonly be: ByteString } | { readonly notBe: ByteString };
}

/** Gets the number of a rule, and the line of its alert. */
export type OnAlert = (rule: number, line: ByteString) => void;

/** What a reader knows of a prefilter. `false`: there is no more room, and it must be taught anew. */
export interface PrefilterTables {
  /** Forgets everything, and learns where the places are. */
  reset(places: readonly PrefilterPlace[]): void;
  /** Forgets the values of those of the places that are told apart in another way than before. */
  renew(places: readonly PrefilterPlace[]): void;
  /** What a state looks at (Prefilter.placeOf). */
  learnState(state: number, place: number): void;
  learnStep(state: number, kind: number, next: number): boolean;
  /**
   * The class of the value that an event has at a place.
   * @param node the value in the text scanned last; NO_NODE if there is none
   */
  learnValue(place: number, document: JsonDocument, node: number, kind: number): boolean;
  /** The alert of all events that end in a state. It does without where there is no room. */
  learnAlert(state: number, alert: AlertLine): void;
}
