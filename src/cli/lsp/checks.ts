// Checks and layouts of documents, on a thread of their own. In: which document. Out: the answer, for the document as it was
// when its turn came. A thread that dies is started again, with what it was at; a job that it dies of twice is given up.

import { Worker } from 'node:worker_threads';
import type { LintSettings } from '../../authoring/lint-settings.js';
import type { Project, RulesDocument } from '../../language/project.js';
import type { CheckerAnswer, CheckerInput, CheckerJob } from './checker.js';

export interface Checks {
  /** @returns undefined where it is not open, or cannot be checked, which has been said then */
  ask(kind: CheckerJob['kind'], uri: string): Promise<Answered | undefined>;
  end(): void;
}

export interface Answered extends CheckerAnswer {
  /** What the answer is about: if the project has another one of the name now, the answer is stale. */
  readonly document: RulesDocument;
}

export interface ChecksOptions {
  readonly project: Project;
  readonly input: CheckerInput;
  settings(): LintSettings;
  /** Hears of threads that died. */
  say(line: string): void;
}

interface Waiting {
  readonly kind: CheckerJob['kind'];
  readonly uri: string;
  readonly resolve: (answer: Answered | undefined) => void;
  tries: number;
}

const MOST_TRIES = 2;
/** Deaths with no answer in between: then it is not the documents. */
const MOST_DEATHS = 6;

export function createChecks({ project, input, settings, say }: ChecksOptions): Checks {
  const waiting: Waiting[] = [];
  let current: { readonly job: Waiting; readonly document: RulesDocument } | undefined;
  let worker: Worker | undefined;
  /** What the thread has of the documents. */
  let sent = new Map<string, RulesDocument>();
  let deaths = 0;

  function start(): Worker {
    const started = new Worker(CHECKER, { workerData: input });
    let reason = '';
    started.on('message', (answer: CheckerAnswer) => {
      deaths = 0;
      const done = current;
      current = undefined;
      done?.job.resolve({ ...answer, document: done.document });
      next();
    });
    started.on('error', ({ message }) => {
      reason = message;
    });
    started.on('exit', (code) => {
      if (worker === started) onDeath(reason || `exit code ${code}`);
    });
    // The editor's stream keeps the program alive.
    started.unref();
    sent = new Map();
    return started;
  }

  function onDeath(reason: string): void {
    worker = undefined;
    deaths++;
    const job = current?.job;
    current = undefined;
    const gaveUp = job !== undefined && ++job.tries >= MOST_TRIES;
    const left = gaveUp ? `; ${job.uri} is left until it changes` : '';
    const last = deaths >= MOST_DEATHS ? ': no more checks until the server is started again' : left;
    say(`the thread that checks rules ended (${reason.slice(0, LONGEST_REASON)})${last}`);
    if (gaveUp) job.resolve(undefined);
    else if (job !== undefined) waiting.unshift(job);
    next();
  }

  function next(): void {
    while (current === undefined && waiting.length > 0) {
      const job = waiting.shift()!;
      const document = deaths < MOST_DEATHS ? project.get(job.uri) : undefined;
      if (document === undefined) job.resolve(undefined);
      else {
        worker ??= start();
        current = { job, document };
        worker.postMessage(messageOf(job));
      }
    }
  }

  function messageOf({ kind, uri }: Waiting): CheckerJob {
    const documents = [...project.all()];
    const changed = documents.filter((document) => sent.get(document.uri) !== document);
    const gone = [...sent.keys()].filter((known) => project.get(known) === undefined);
    for (const document of changed) sent.set(document.uri, document);
    for (const known of gone) sent.delete(known);
    const texts = changed.map(({ uri: own, version, bytes }) => ({ uri: own, version, bytes }));
    return { kind, uri, settings: settings(), changed: texts, gone };
  }

  return {
    ask(kind, uri) {
      const same = waiting.findIndex((each) => each.kind === kind && each.uri === uri);
      // Whoever asked first is answered by what is asked now.
      if (same >= 0) waiting.splice(same, 1)[0]!.resolve(undefined);
      return new Promise((resolve) => {
        const job = { kind, uri, resolve, tries: 0 };
        // Somebody waits for a layout; checks come by themselves.
        if (kind === 'format') waiting.unshift(job);
        else waiting.push(job);
        next();
      });
    },
    end() {
      const ended = worker;
      worker = undefined;
      void ended?.terminate();
    },
  };
}

const LONGEST_REASON = 200;

// From the built command, where this code is.
const CHECKER = new URL('../launch/checker.js', import.meta.url);
