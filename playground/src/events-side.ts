// Events beside the rules: an editor for a few, files and samples for many, dropped or chosen. They are read here and go
// nowhere.

import { createEventGenerator } from '../../demo/endpoint/events.js';
import { byId, count, el, shown } from './dom.js';
import { createEditor } from './editor.js';
import { NO_EVENTS, type ReadEvents, readFile, readText } from './events.js';
import { AUDIT_PLUGIN, type GivenEvent } from './sources.js';

export interface EventsSide {
  text(): string;
  setText(text: string): void;
  events(): readonly GivenEvent[];
  /** Names of files, whose events no link holds. */
  files(): readonly string[];
}

/** What is longer than that is kept beside the editor. */
const MOST_TYPED = 512 * 1024;
const SAMPLES = 5000;

interface HeldFile {
  readonly name: string;
  readonly read: ReadEvents;
}

export function createEventsSide(onChange: () => void): EventsSide {
  let files: readonly HeldFile[] = [];
  let typed: { readonly text: string; readonly read: ReadEvents } = { text: '', read: NO_EVENTS };
  let all: readonly GivenEvent[] | undefined;
  const note = byId('events-note');
  const editor = createEditor(byId('events'), {
    label: 'Events, in JSON',
    hint: 'Paste events here, or drop a file: audit logs of Kubernetes, CloudTrail, Okta, GitHub or Google Cloud, in any form, packed or not.',
    wrap: false,
    extensions: [],
    onChange: changed,
  });

  function changed(): void {
    all = undefined;
    drawNote();
    onChange();
  }

  function read(): ReadEvents {
    const text = editor.text();
    if (text !== typed.text) typed = { text, read: text.trim() === '' ? NO_EVENTS : readText(text) };
    return typed.read;
  }

  function events(): readonly GivenEvent[] {
    all ??= [read(), ...files.map((file) => file.read)].flatMap((each) => each.events);
    return all;
  }

  function drawNote(problem = ''): void {
    const notes = [
      problem,
      read().note,
      ...files.map((file) => file.read.note && `${shown(file.name)}: ${file.read.note}`),
    ];
    note.textContent = [count(events().length, 'event'), ...notes.filter((each) => each !== '')].join('. ');
  }

  function hold(name: string, made: ReadEvents): void {
    files = [...files, { name, read: made }];
    drawFiles();
    changed();
  }

  function drawFiles(): void {
    byId('files').replaceChildren(
      ...files.map((file) =>
        el(
          'li',
          {},
          `${shown(file.name)}: ${count(file.read.events.length, 'event')} `,
          el(
            'button',
            { type: 'button', 'aria-label': `Remove ${shown(file.name)}`, onclick: () => remove(file) },
            'Remove',
          ),
        ),
      ),
    );
  }

  function remove(file: HeldFile): void {
    files = files.filter((each) => each !== file);
    drawFiles();
    changed();
    byId('open').focus();
  }

  async function take(file: File): Promise<void> {
    try {
      const made = readFile(new Uint8Array(await file.arrayBuffer()));
      const text = made.events.map((event) => `${event.text}\n`).join('');
      // What a plugin has made payloads of may look different from what it takes them for.
      const isTypable =
        text.length <= MOST_TYPED && editor.text().trim() === '' && isSame(readText(text), made);
      if (isTypable) setText(text);
      else hold(file.name, made);
      if (made.events.length === 0) drawNote(`${shown(file.name)}: there is no event in it. ${made.note}`);
    } catch (error) {
      drawNote(`${shown(file.name)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  function setText(text: string): void {
    editor.setText(text);
    changed();
  }

  takeFiles(byId('events-side'), async (given) => {
    for (const file of given) await take(file);
  });
  byId('many').addEventListener('click', () => {
    const next = createEventGenerator({ seed: Math.floor(Math.random() * 1e9) });
    const made = Array.from({ length: SAMPLES }, () => ({ text: next().message, plugin: AUDIT_PLUGIN }));
    hold('sample', { events: made, note: '' });
  });
  return {
    text: editor.text,
    setText(text) {
      files = [];
      drawFiles();
      setText(text);
    },
    events,
    files: () => files.map(({ name }) => name),
  };
}

const isSame = (one: ReadEvents, other: ReadEvents): boolean =>
  one.events.length === other.events.length &&
  one.events.every(
    ({ text, plugin }, at) => text === other.events[at]!.text && plugin === other.events[at]!.plugin,
  );

/** Files that are chosen, or dropped anywhere on the page. */
function takeFiles(target: HTMLElement, take: (files: readonly File[]) => Promise<void>): void {
  const input = byId<HTMLInputElement>('file');
  byId('open').addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    void take([...(input.files ?? [])]);
    input.value = '';
  });
  const over = (is: boolean) => (event: DragEvent) => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    target.classList.toggle('over', is);
  };
  window.addEventListener('dragover', over(true));
  window.addEventListener('dragleave', over(false));
  window.addEventListener(
    'drop',
    (event) => {
      over(false)(event);
      if (event.dataTransfer !== null && event.dataTransfer.files.length > 0)
        void take([...event.dataTransfer.files]);
    },
    true,
  );
}
