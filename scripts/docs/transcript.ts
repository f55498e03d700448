// A page with transcripts → the same page with the output that its commands give now. In blocks without a language,
// lines with `$ ` run in a shell and lines with `> ` in the REPL that the last `$ tsfalco repl` opened; what stands
// below them is their output. Blocks whose first line is `# name.yaml` are files, and a block behind the comment
// `<!-- name -->` shows one.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLAIN } from '../../src/authoring/explain-text.js';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { createSession, type Session } from '../../src/repl/session.js';

export interface Place {
  /** Folder in which everything runs. */
  readonly folder: string;
  /** The project's folder; its command is built. */
  readonly project: string;
}

const BLOCK = /^(?:<!-- (\S+) -->\n)?```(\w*)\n([\s\S]*?)^```$/gm;
// It differs from run to run.
const TIMES = /\([\d.]+ us an event\)/g;
const TIME = '(5.1 us an event)';

/** Renders a page anew. */
export async function renderTranscripts(page: string, place: Place): Promise<string> {
  const runner = createRunner(place);
  const out: string[] = [];
  let from = 0;
  for (const match of page.matchAll(BLOCK)) {
    const [whole, shown, language = '', body = ''] = match;
    out.push(page.slice(from, match.index));
    from = match.index + whole.length;
    const name = /^# (\S+\.yaml)\n/.exec(body)?.[1];
    if (shown !== undefined)
      out.push(
        `<!-- ${shown} -->\n\`\`\`${language}\n${readFileSync(join(place.folder, shown), 'utf8')}\`\`\``,
      );
    else if (language === '') out.push(`\`\`\`\n${await runBlock(runner, body)}\`\`\``);
    else out.push(whole);
    if (name !== undefined) writeFileSync(join(place.folder, name), body);
  }
  return [...out, page.slice(from)].join('');
}

interface Runner {
  shell(command: string): Promise<string>;
  line(line: string): Promise<string>;
}

async function runBlock(runner: Runner, body: string): Promise<string> {
  const out: string[] = [];
  for (const line of body.split('\n')) {
    const output = line.startsWith('$ ')
      ? await runner.shell(line.slice(2))
      : line.startsWith('> ')
        ? await runner.line(line.slice(2))
        : undefined;
    if (output !== undefined) out.push(`${line}\n`, output === '' ? '' : `${output.trimEnd()}\n`);
  }
  return out.join('').replace(TIMES, TIME);
}

function createRunner({ folder, project }: Place): Runner {
  let session: Session | undefined;
  return {
    async shell(command) {
      if (command === 'tsfalco repl') {
        session = openSession(folder, project);
        return '60 sample events; rules of …/rules/k8s_audit_rules.yaml. Type help.';
      }
      const script = `tsfalco() { node ${join(project, 'bin/tsfalco.js')} "$@"; }\n${command}`;
      const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
      return stdout + stderr;
    },
    async line(line) {
      if (session === undefined) throw new Error(`no REPL is open for: ${line}`);
      return fromBytes((await session.run(toBytes(line))).text);
    },
  };
}

/** As `tsfalco repl` without arguments. */
function openSession(folder: string, project: string): Session {
  const name = 'rules/k8s_audit_rules.yaml';
  const session = createSession({
    files: [{ name, content: readFileSync(join(project, name), 'latin1') }],
    readFile: (path) => readFileSync(join(folder, path), 'latin1'),
    fileExists: (path) => existsSync(join(folder, path)),
    writeFile: (path, content) => writeFileSync(join(folder, path), content, 'latin1'),
    style: PLAIN,
  });
  session.addEvents(readFileSync(join(project, 'examples/events.jsonl'), 'latin1'));
  return session;
}
