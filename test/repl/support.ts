// A session over three events and two rules, driven line by line as a terminal drives it.

import { PLAIN } from '../../src/authoring/explain-text.js';
import { type ByteString, fromBytes, toBytes } from '../../src/bytes.js';
import { createSession, type Session, type SessionOptions } from '../../src/repl/session.js';
import { eventText, RULES } from '../authoring/support.js';

const EVENTS = [
  eventText(),
  eventText({ objectRef: { resource: 'pods', namespace: 'shop', subresource: 'exec' } }),
  eventText({ verb: 'create', user: { username: 'system:node:a' }, objectRef: { resource: 'pods' } }),
].join('\n');

export interface Driven {
  readonly session: Session;
  /** What files hold; written ones, too. */
  readonly files: Map<string, ByteString>;
  /** The answer to a line, with the time an event taken out. */
  run(line: string): Promise<string>;
  lines(line: string): Promise<string[]>;
}

export function drive(options: Partial<SessionOptions> = {}, events = EVENTS): Driven {
  const files = new Map([['rules.yaml', toBytes(RULES)]]);
  const session = createSession({
    files: [{ name: 'rules.yaml', content: toBytes(RULES) }],
    readFile: (path) => {
      const content = files.get(path);
      if (content === undefined) throw new Error(`there is no file ${path}`);
      return content;
    },
    fileExists: (path) => files.has(path),
    writeFile: (path, content) => files.set(path, content),
    style: PLAIN,
    ...options,
  });
  session.addEvents(toBytes(events));
  const run = async (line: string): Promise<string> => {
    const { text } = await session.run(toBytes(line));
    return fromBytes(text).replace(/\([\d.]+ us an event\)/, '(…)');
  };
  return { session, files, run, lines: async (line) => (await run(line)).split('\n') };
}
