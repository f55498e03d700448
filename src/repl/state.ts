// State: what a session remembers between two lines. The commands, one file a concern, read and change it.

import type { CorrelationRun } from '../authoring/correlate.js';
import type { Style } from '../authoring/explain-text.js';
import type { Flip } from '../authoring/fuzz/fuzz.js';
import type { Workspace } from '../authoring/workspace.js';
import { type ByteString, fromBytes } from '../bytes.js';
import type { Diagnostic } from '../engine/diagnostic.js';
import type { LoadedRule, RulesFile } from '../engine/rules/loader.js';
import type { FieldTable } from '../fields/field.js';
import type { EventSources } from '../plugins/event-sources.js';
import { type Addition, load, typedFile } from './definitions.js';
import { type AddPayload, createEventStore, type EventStore, type ReadEvents } from './events.js';
import type { NotedTest } from './noted.js';

export interface SessionOptions {
  readonly files: readonly RulesFile[];
  /** Reads a file named in a command. @throws Error with a line for people */
  readonly readFile: (path: string) => ByteString;
  /** Reads the events of a file, packed or not, or of a folder. If left out: the text of `readFile`. */
  readonly readEvents?: (path: string, ...to: Parameters<ReadEvents>) => Promise<void>;
  /** Writes a file. @throws Error with a line for people */
  readonly writeFile: (path: string, content: ByteString) => void;
  readonly fileExists: (path: string) => boolean;
  /** Reads payloads from elsewhere (`load eks …`); `add` is false when there are enough. Errors: with a line for people. */
  readonly readSource?: (words: string, add: AddPayload) => Promise<void>;
  readonly style: Style;
  /** Columns of the screen; where there is none, lines are as long as they need. */
  readonly width?: () => number;
  /** Default: Kubernetes audit events. */
  readonly sources?: EventSources;
}

export interface ReplState {
  readonly options: SessionOptions;
  readonly events: EventStore;
  files: readonly RulesFile[];
  /** What was typed; the steps before, for undo. */
  additions: readonly Addition[];
  readonly undone: { readonly additions: readonly Addition[]; readonly what: ByteString }[];
  workspace: Workspace;
  /** Event source that conditions and fields are about. */
  source: string;
  /** Somebody has chosen it. */
  isChosen: boolean;
  /** Index of the event that commands are about. */
  current: number;
  /** What `why`, `near` and `fuzz` are about: the last condition or rule that was typed. */
  last: LoadedRule | undefined;
  /** Index of the first event that met it, until an event is chosen. */
  offered: number | undefined;
  /** Correlations as they were worked out last, for these rules and this version of the events. */
  correlated:
    | { readonly workspace: Workspace; readonly version: number; readonly run: CorrelationRun }
    | undefined;
  /** What the last `fuzz` found. */
  flips: readonly Flip[];
  tests: readonly NotedTest[];
  /** What was in additions and tests when they were last saved. */
  saved: Pick<ReplState, 'additions' | 'tests'>;
  /** Files that the session has written: what stood there before it, and what it wrote. */
  readonly written: Map<string, { readonly before: ByteString | undefined; readonly now: ByteString }>;
  /** Inputs compiled since the workspace was opened. */
  tried: number;
  /** Set from outside to end what runs at its next pause. */
  interrupted: boolean;
}

/** @throws Error with the first fault of the files */
export function createState(options: SessionOptions): ReplState {
  const { files } = options;
  const workspace = open(options, files, []);
  const state: ReplState = {
    options,
    events: createEventStore(() => state.workspace),
    files,
    additions: [],
    undone: [],
    workspace,
    source: workspace.sources.names[0]!,
    isChosen: false,
    current: 0,
    last: undefined,
    offered: undefined,
    correlated: undefined,
    flips: [],
    tests: [],
    saved: { additions: [], tests: [] },
    written: new Map(),
    tried: 0,
    interrupted: false,
  };
  return state;
}

/** Puts other files or definitions in place, or throws and leaves what was. @throws Error with the first fault */
export function reopen(state: ReplState, files: readonly RulesFile[], additions: readonly Addition[]): void {
  state.workspace = open(state.options, files, additions);
  state.files = files;
  state.additions = additions;
  state.tried = 0;
}

/** Takes one more definition. @throws Error with the first fault, and leaves what was */
export function extend(state: ReplState, addition: Addition): void {
  const { files, additions, workspace } = state;
  const extended = workspace.extended(typedFile([addition]));
  if ('readEvents' in extended) {
    state.workspace = extended;
    state.additions = [...additions, addition];
    return;
  }
  reopen(state, files, additions);
  throw loadError(extended);
}

function open(
  { sources }: SessionOptions,
  files: readonly RulesFile[],
  additions: readonly Addition[],
): Workspace {
  const opened = load(files, additions, sources && { sources });
  if (opened.unmet !== undefined) throw new Error(fromBytes(opened.unmet));
  if (opened.workspace !== undefined) return opened.workspace;
  throw loadError(opened.results.flatMap(({ errors }) => errors)[0]!);
}

function loadError({ message, place: { file, line, column } }: Diagnostic): Error {
  return new Error(fromBytes(`${file}:${line}:${column}: ${message}`));
}

/** The rule of a name, as commands find it: what is enabled. */
export function ruleNamed({ workspace }: ReplState, name: ByteString): LoadedRule | undefined {
  return workspace.rules.find(({ info }) => info.name === name);
}

export function fieldNames(table: FieldTable): readonly ByteString[] {
  return table.classes.flatMap(({ fields }) => fields.map(({ name }) => name));
}
