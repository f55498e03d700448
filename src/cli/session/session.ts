// Session: the run, from opened outputs to the closing block, with signals and restarts
// (spec: cli-and-config.md §1.3 step 8, §4.3, §5). Answers to falco's process_events and its teardown.

import type { ByteString } from '../../bytes.js';
import { correlationSummary } from '../../correlation/series.js';
import { Failure } from '../host.js';
import { runningRules } from '../load/correlations.js';
import { createRunCorrelator } from './correlations.js';
import { createDeadline } from './deadline.js';
import { handleSignals, watchFiles } from './handlers.js';
import { createIncarnation, type Incarnation } from './incarnation.js';
import { endIfIdle, startSources, stopSources } from './live-sources.js';
import { checkMetrics, checkOutputs, finishDryRun, type Loaded } from './loaded.js';
import { writePidFile } from './pid-file.js';
import type { Session } from './state.js';

/** Runs until every source has ended. @returns the exit code. @throws Failure */
export async function runSession(loaded: Loaded): Promise<number> {
  if (loaded.options.dryRun) {
    finishDryRun(loaded);
    return 0;
  }
  checkOutputs(loaded);
  const running = runningRules(loaded.rules.outcome, loaded.rules.selected, loaded.config, loaded.engine);
  const correlator = createRunCorrelator(loaded, running.set);
  const incarnation = createIncarnation(loaded, { running, correlator });
  await incarnation.openOutputs();
  const session: Session = {
    incarnation,
    running: new Map(),
    faults: [],
    stopHandlers: [],
    webserver: undefined,
    watcher: undefined,
    reloader: undefined,
    busy: true,
    stopping: false,
    deadline: createDeadline(loaded.options.stopTimeout * 1000),
    opened: false,
    finish: () => {},
  };
  const finished = new Promise<void>((resolve) => {
    session.finish = resolve;
  });
  let failure: unknown;
  try {
    handleSignals(session, () => begin(session));
    await session.deadline.before(begin(session));
    const ticking = setInterval(
      () => void session.incarnation.settleCorrelations().catch(() => {}),
      TICK_MS,
    ).unref();
    session.stopHandlers.push(() => clearInterval(ticking));
    session.busy = false;
    endIfIdle(session);
    await session.deadline.before(finished);
  } catch (error) {
    failure = error;
  }
  if (!(await session.deadline.before(tearDown(session, failure)))) {
    sayLosses(session);
    throw new Failure(TOO_LATE);
  }
  if (failure !== undefined) throw failure;
  if (session.faults.length > 0) throw new Failure(session.faults.join('\n'));
  return 0;
}

/** Correlations are asked for alerts that no event brings about. */
const TICK_MS = 5000;

const TOO_LATE =
  'Not everything ended in time after the signal: alerts that had not left by then are lost, or come again where a source has a checkpoint';

/** The part of a start that every restart repeats. @throws Failure */
async function begin(session: Session): Promise<void> {
  const { loaded } = session.incarnation;
  const { config, options, host, log } = loaded;
  watchFiles(session);
  if (options.pidFile !== '') writePidFile(options.pidFile, host.pid, log);
  if (config.webserver.enabled) {
    const { openWebserver } = await import('./webserver.js');
    session.webserver ??= await openWebserver(
      () => session.incarnation,
      () => session.opened,
      () => [...session.running.values()].flatMap((source) => source.series()),
    );
  }
  logRules(loaded);
  const interval = checkMetrics(loaded);
  if (interval !== undefined) session.incarnation.startMetrics(interval);
  if (config.captureEnabled) {
    log.write('warning', 'Captures of system calls are not supported: the section capture has no effect');
  }
  if (config.engine.kind === 'replay') throw new Failure(replayFault(loaded));
  await startSources(session);
}

function replayFault({ config: { engine }, host }: Loaded): ByteString {
  const missing = host.files.kind(engine.captureFile) === undefined;
  const reason = missing ? 'No such file or directory' : 'captures of system calls are not supported';
  return `Could not open trace filename ${engine.captureFile} for reading: ${reason}`;
}

function logRules({ log, engine, rules }: Loaded): void {
  for (const source of engine.sources) {
    const names = rules.selected.filter(({ info }) => info.source === source).map(({ info }) => info.name);
    log.write('debug', 'Enabled rules:');
    for (const name of names) log.write('debug', `   ${name}`);
    log.write('debug', `(${names.length}) enabled rules in total`);
  }
}

function sayLosses({ incarnation: { losses, loaded } }: Session): void {
  losses.settle();
  for (const line of losses.summary()) loaded.log.write('error', line);
}

/** What waits is decided, unless the next run goes on with it. */
async function endCorrelations(incarnation: Incarnation, isStopped: boolean): Promise<void> {
  const { correlator, loaded } = incarnation;
  if (!correlator.isActive()) return;
  await incarnation.endCorrelations(isStopped && correlator.isKept());
  await correlator.close();
  const line = correlationSummary(correlator);
  if (line !== undefined) loaded.log.write('info', line);
}

async function tearDown(session: Session, failure: unknown): Promise<void> {
  const { incarnation, running } = session;
  const isStopped = session.stopping || failure !== undefined;
  const { host, log } = incarnation.loaded;
  if (failure !== undefined) stopSources(session);
  session.stopping = true;
  await Promise.all([...running.values()].map((source) => source.done));
  for (const stop of session.stopHandlers) stop();
  session.watcher?.close();
  await session.reloader?.close();
  await session.webserver?.close();
  await endCorrelations(session.incarnation, isStopped);
  await session.incarnation.close();
  const silent = failure instanceof Failure && failure.kind !== 'error';
  sayLosses(session);
  if (!silent) await host.stdout.write(session.incarnation.summary());
  log.write('debug', 'closing inspectors');
}
