// One process at a time uses a checkpoint. In: its path. Out: a turn, which may take until another process ends: a
// rolling update starts the next one before it stops the last one.
//
// A file beside the checkpoint says who has it, and changes with every beat. Process numbers and clocks of other hosts
// and containers say nothing here, so whoever waits looks by his own clock whether the file still changes. Only where he
// can see that its process is gone (same machine, same start of it, same processes) he need not wait for that.

import { randomUUID } from 'node:crypto';
import { link, open, readFile, readlink, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Clock } from '../cloudwatch/clock.js';
import { errorCode } from '../go-error.js';
import { SourceError, type SourceLog } from '../source.js';
import { makeFolder } from './file.js';
import { type CheckpointLock, nameOf } from './store.js';

/** Who has it. All but `id` and `beat` is only for processes that share what they see with this one, and for people. */
interface Owner {
  readonly id: string;
  readonly host: string;
  readonly pid?: string | undefined;
  /** When the process started, in the machine's ticks. */
  readonly started?: string | undefined;
  /** The machine's start, the space in which process numbers count, and the user: others' processes may be hidden. */
  readonly boot?: string | undefined;
  readonly space?: string | undefined;
  readonly user?: string | undefined;
}

const BEAT_MS = 1000;
const LOOK_MS = 250;
/** So long a file must stay as it is before its owner counts as gone. */
const STALE_MS = 10_000;
const SAY_MS = 60_000;
const DIGITS = 15;

/** @param path of the checkpoint @param log gets whole lines */
export function createLock(path: string, clock: Clock, log: SourceLog): CheckpointLock {
  const file = `${path}.lock`;
  const id = randomUUID();
  let me: Owner = { id, host: hostname() };
  let beats = 0;
  let confirmed = Number.NEGATIVE_INFINITY;
  let lost: SourceError | undefined;
  let held = new AbortController();

  // Always of the same length, so that a beat needs no room on the disk.
  const text = (): string => `${JSON.stringify({ ...me, beat: String(beats).padStart(DIGITS, '0') })}\n`;

  async function create(): Promise<boolean> {
    try {
      const made = await open(file, 'wx', 0o600);
      try {
        await made.writeFile(text());
      } catch (error) {
        await rm(file, { force: true });
        throw error;
      } finally {
        await made.close();
      }
      confirmed = clock.elapsed();
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    }
  }

  // Ours, and changed for those who look at it.
  async function beat(): Promise<void> {
    const handle = await open(file, 'r+').catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
      return undefined;
    });
    // Someone has removed it; where nobody was quicker it is ours again.
    if (handle === undefined) {
      if (!(await create())) lost = takenBy(await ownerIn(file));
      return;
    }
    try {
      const owner = parse(await handle.readFile('utf8'));
      if (owner?.id !== id) lost = takenBy(owner);
      else {
        beats++;
        await handle.write(text(), 0);
        confirmed = clock.elapsed();
      }
    } finally {
      await handle.close();
    }
  }

  function takenBy(owner: Owner | undefined): SourceError {
    return new SourceError(
      `checkpoint ${path} has been taken over by ${nameOf(owner)} since this process stood still for too long: it ends here`,
    );
  }

  async function keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && lost === undefined) {
      await clock.sleep(BEAT_MS, signal);
      // What cannot be written now may be with the next beat; confirm() tells if it is too late.
      if (!signal.aborted) await beat().catch(() => {});
    }
  }

  // Takes a file away whose owner is gone, unless another one has come in its place just now.
  async function clear(stale: string): Promise<void> {
    const aside = `${file}.${id}`;
    try {
      await rename(file, aside);
      if ((await readFile(aside, 'utf8')) !== stale) await link(aside, file);
      await rm(aside, { force: true });
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EEXIST') throw error;
    }
  }

  async function wait(signal: AbortSignal): Promise<boolean> {
    let seen = '';
    let quiet = 0;
    let looked = clock.elapsed();
    let said = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      if (await create()) {
        if (said > Number.NEGATIVE_INFINITY) log('info', `checkpoint ${path} is free; going on`);
        return true;
      }
      const now = clock.elapsed();
      const found = await readFile(file, 'utf8').catch(() => '');
      // Only time that was watched counts: this process may have stood still itself.
      quiet = found === seen ? quiet + Math.min(now - looked, 2 * LOOK_MS) : 0;
      seen = found;
      looked = now;
      const owner = parse(found);
      if (quiet >= STALE_MS || (owner !== undefined && (await isGone(owner, me)))) {
        await clear(found);
        quiet = 0;
        continue;
      }
      if (now - said >= SAY_MS) {
        log('warning', `checkpoint ${path} is in use by ${nameOf(owner)}; waiting for it to end`);
        said = now;
      }
      await clock.sleep(LOOK_MS, signal);
    }
    return false;
  }

  return {
    async acquire(signal) {
      me = { id, host: hostname(), ...(await self()) };
      try {
        await makeFolder(dirname(path));
        if (!(await wait(signal))) return false;
      } catch (error) {
        if (!FULL.has(errorCode(error) ?? '')) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new SourceError(`cannot write checkpoint ${path}: ${reason}`, { cause: error });
        }
        log('warning', `the disk is full: nothing keeps another process from checkpoint ${path}`);
        confirmed = Number.POSITIVE_INFINITY;
        return true;
      }
      held = new AbortController();
      void keep(held.signal);
      return true;
    },
    async confirm() {
      if (lost === undefined && clock.elapsed() - confirmed > STALE_MS / 2) await beat().catch(() => {});
      if (lost !== undefined) throw lost;
    },
    rest: () => held.abort(),
    async release() {
      held.abort();
      if (lost !== undefined || confirmed === Number.NEGATIVE_INFINITY) return;
      const owner = await ownerIn(file);
      if (owner?.id === id) await rm(file, { force: true }).catch(() => {});
      confirmed = Number.NEGATIVE_INFINITY;
    },
  };
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

async function ownerIn(file: string): Promise<Owner | undefined> {
  return parse(await readFile(file, 'utf8').catch(() => ''));
}

function parse(text: string): Owner | undefined {
  try {
    const json = JSON.parse(text) as Partial<Owner> | null;
    return typeof json?.id === 'string' ? { ...json, id: json.id, host: String(json.host) } : undefined;
  } catch {
    return undefined;
  }
}

/** What Linux tells of this process; nothing elsewhere. */
async function self(): Promise<Omit<Owner, 'id' | 'host'>> {
  const stat = await statOf('self');
  if (stat === undefined) return {};
  const read = (path: string): Promise<string | undefined> =>
    readFile(path, 'latin1').then(
      (text) => text.trim(),
      () => undefined,
    );
  return {
    pid: stat.pid,
    started: stat.started,
    boot: await read('/proc/sys/kernel/random/boot_id'),
    space: await readlink('/proc/self/ns/pid').catch(() => undefined),
    user: /^Uid:\t(\d+)/m.exec((await read('/proc/self/status')) ?? '')?.[1],
  };
}

/** Whether the owner's process can be seen to have ended. */
async function isGone(owner: Owner, me: Owner): Promise<boolean> {
  const { pid, boot, space, user } = owner;
  if (pid === undefined || !/^\d+$/.test(pid) || boot === undefined || space === undefined) return false;
  if (owner.host !== me.host || boot !== me.boot || space !== me.space || user !== me.user) return false;
  if (pid === me.pid) return owner.id !== me.id && owner.started !== me.started;
  const found = await statOf(pid);
  return found === undefined || found.started !== owner.started || ENDED.has(found.state);
}

/** States of processes that are over and wait for their parent to notice. */
const ENDED: ReadonlySet<string> = new Set(['Z', 'X']);

interface Process {
  readonly pid: string;
  readonly state: string;
  readonly started: string;
}

async function statOf(process: string): Promise<Process | undefined> {
  const text = await readFile(`/proc/${process}/stat`, 'latin1').catch(() => undefined);
  if (text === undefined) return undefined;
  // The name of the program, in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid: text.slice(0, text.indexOf(' ')), state: fields[0] ?? '', started: fields[19] ?? '' };
}
