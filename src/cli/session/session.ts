// Session: the run, from opened outputs to the closing block, with signals and restarts
// (spec: cli-and-config.md §1.3 step 8, §4.3, §5). Answers to falco's process_events and its teardown.

import { type ByteString, toBytes } from '../../bytes.js';
import { createReloader, type Reloader } from '../../reload/reloader.js';
import { createWatcher, type Watcher } from '../../reload/watcher.js';
import type { Webserver } from '../../webserver/server.js';
import { Failure } from '../host.js';
import { SYSCALL } from '../plugins.js';
import { createIncarnation, type Incarnation } from './incarnation.js';
import { type LoadedAgain, loadAgain } from './load-again.js';
import { checkMetrics, checkOutputs, describeError, finishDryRun, type Loaded } from './loaded.js';
import { writePidFile } from './pid-file.js';
import { type RunningSource, type SourceEnd, startSource } from './source-runner.js';
import { openSources, planSources, type SourcePlan } from './sources.js';
import { openWebserver } from './webserver.js';

const CRITICAL = 2;
const RESTART_RULE = 'Falco internal: hot restart failure';

/** What changes in the course of a run. */
interface Session {
  incarnation: Incarnation;
  readonly running: Map<string, RunningSource>;
  readonly faults: ByteString[];
  readonly stopHandlers: (() => void)[];
  webserver: Webserver | undefined;
  watcher: Watcher | undefined;
  reloader: Reloader | undefined;
  /** Sources are being opened or exchanged: that none runs means nothing. */
  busy: boolean;
  /** All sources are to end. */
  stopping: boolean;
  /** Sources are open: /metrics may answer. */
  opened: boolean;
  /** Ends the run. */
  finish: () => void;
}

/** Runs until every source has ended. @returns the exit code. @throws Failure */
export async function runSession(loaded: Loaded): Promise<number> {
  if (loaded.options.dryRun) {
    finishDryRun(loaded);
    return 0;
  }
  checkOutputs(loaded);
  const incarnation = createIncarnation(loaded);
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
    opened: false,
    finish: () => {},
  };
  const finished = new Promise<void>((resolve) => {
    session.finish = resolve;
  });
  let failure: unknown;
  try {
    handleSignals(session);
    await begin(session);
    session.busy = false;
    endIfIdle(session);
    await finished;
  } catch (error) {
    failure = error;
  }
  await tearDown(session, failure);
  if (failure !== undefined) throw failure;
  if (session.faults.length > 0) throw new Failure(session.faults.join('\n'));
  return 0;
}

/** The part of a start that every restart repeats. @throws Failure */
async function begin(session: Session): Promise<void> {
  const { loaded } = session.incarnation;
  const { config, options, host, log } = loaded;
  watch(session);
  if (options.pidFile !== '') writePidFile(options.pidFile, host.pid, log);
  session.webserver = config.webserver.enabled
    ? await openWebserver(
        () => session.incarnation,
        () => session.opened,
      )
    : undefined;
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

async function startSources(session: Session): Promise<void> {
  const { incarnation, running } = session;
  const { loaded } = incarnation;
  const { log, engine, enabled } = loaded;
  log.write('info', `Loaded event sources: ${engine.sources.join(', ')}`);
  log.write('info', `Enabled event sources: ${enabled.join(', ')}`);
  if (enabled.includes(SYSCALL)) {
    log.write(
      'warning',
      "Enabled event source 'syscall' will be opened with no driver, no event will be produced",
    );
  }
  for (const plan of planSources(loaded)) {
    log.write('debug', `Opening event source '${plan.name}'`);
    log.write('info', `Opening '${plan.name}' source with ${plan.how}`);
    log.libs('info', 'Trying to open the right engine!');
    if (session.stopping) return;
    if (running.has(plan.name)) continue;
    try {
      await start(session, plan);
    } catch (error) {
      fail(session, error, true);
      return;
    }
  }
  session.opened = true;
}

async function start(session: Session, plan: SourcePlan): Promise<void> {
  const { incarnation, running } = session;
  const { loaded } = incarnation;
  const cpuStart = loaded.host.cpuSeconds();
  const source = startSource({
    sources: await openSources(plan, loaded),
    identity: plan.identity,
    target: incarnation.target(plan.name),
    log: (_level, message) => loaded.log.plugin(plan.plugin, message),
    report: (line) => loaded.log.write('info', toBytes(line)),
    seconds: loaded.options.duration,
  });
  running.set(plan.name, source);
  void source.done.then((end) => onEnd(session, plan.name, source, end, cpuStart));
}

function onEnd(
  session: Session,
  name: string,
  source: RunningSource,
  end: SourceEnd,
  cpuStart: number,
): void {
  const { incarnation, running } = session;
  const { log, options, host } = incarnation.loaded;
  if (options.verbose) {
    const seconds = host.cpuSeconds() - cpuStart;
    const events = incarnation.events(name);
    const rate = (events / seconds).toFixed(2);
    host.error(`(${name}) Elapsed time: ${seconds.toFixed(3)}, Captured Events: ${events}, ${rate} eps`);
  }
  if (name === SYSCALL) {
    host.error('Syscall event drop monitoring:');
    host.error('   - event drop detected: 0 occurrences');
    host.error('   - num times actions taken: 0');
  }
  log.write('debug', `Stopping capture for event source '${name}'`);
  if (!end.ok) fail(session, end.error, false);
  if (running.get(name) === source) running.delete(name);
  endIfIdle(session);
}

/** One source's fault ends them all. */
function fail(session: Session, error: unknown, whileOpening: boolean): void {
  const { loaded } = session.incarnation;
  session.faults.push(describeError(error));
  if (whileOpening || loaded.enabled.length > 1) {
    loaded.log.write('info', 'An error occurred in an event source, forcing termination...');
  }
  stopSources(session);
}

function stopSources(session: Session): void {
  session.stopping = true;
  session.incarnation.stop();
  for (const source of session.running.values()) source.stop();
}

function endIfIdle(session: Session): void {
  if (session.running.size === 0 && !session.busy) session.finish();
}

function handleSignals(session: Session): void {
  const { host, log, options } = session.incarnation.loaded;
  const terminate = (): void => {
    if (session.stopping) return;
    log.write('info', 'SIGINT received, exiting...');
    stopSources(session);
    endIfIdle(session);
  };
  session.reloader = createReloader<LoadedAgain>({
    dryRun: () => loadAgain(options, host, log),
    swap: (again) => restart(session, again),
    onFailure: (error) =>
      session.incarnation.send({
        rule: RESTART_RULE,
        priority: CRITICAL,
        message: `${RESTART_RULE}: ${error}`,
        fields: {},
      }),
  });
  session.stopHandlers.push(
    host.onSignal('SIGINT', terminate),
    host.onSignal('SIGTERM', terminate),
    host.onSignal('SIGHUP', () => session.reloader?.trigger()),
    host.onSignal('SIGUSR1', () => {
      log.write('info', 'SIGUSR1 received, reopening outputs...');
      session.incarnation.reopen().catch(() => {});
    }),
  );
}

/** @throws Failure */
function watch(session: Session): void {
  const { config, rules, log } = session.incarnation.loaded;
  session.watcher?.close();
  session.watcher = undefined;
  if (!config.watchConfigFiles) return;
  try {
    session.watcher = createWatcher({
      files: [...config.files.map(({ name }) => name), ...rules.files.map(({ name }) => name)],
      directories: [...config.folders, ...rules.folders],
      onChange: () => session.reloader?.trigger(),
      log: (level, message) => log.write(level, message),
    });
  } catch (error) {
    throw new Failure(describeError(error));
  }
}

/** What was loaded anew takes over. Sources that stay as they are go on reading; their next event meets the new rules. */
async function restart(session: Session, { loaded, repeatLog }: LoadedAgain): Promise<void> {
  if (session.stopping) return;
  session.busy = true;
  try {
    loaded.log.write('info', 'SIGHUP received, restarting...');
    const fresh = createIncarnation(loaded);
    const plans = new Map(planSources(loaded).map((plan) => [plan.name, plan.identity]));
    const leaving = [...session.running].filter(([name, { identity }]) => plans.get(name) !== identity);
    for (const [, source] of leaving) source.stop();
    await Promise.all(leaving.map(([, source]) => source.done));
    const old = session.incarnation;
    session.incarnation = fresh;
    for (const [name, source] of session.running) source.use(fresh.target(name));
    session.opened = false;
    await session.webserver?.close();
    session.webserver = undefined;
    await old.close();
    await loaded.host.stdout.write(old.summary());
    repeatLog();
    checkOutputs(loaded);
    await fresh.openOutputs();
    await begin(session);
  } catch (error) {
    session.faults.push(error instanceof Failure ? error.message : describeError(error));
    stopSources(session);
  }
  session.busy = false;
  endIfIdle(session);
}

async function tearDown(session: Session, failure: unknown): Promise<void> {
  const { incarnation, running } = session;
  const { host, log } = incarnation.loaded;
  stopSources(session);
  await Promise.all([...running.values()].map((source) => source.done));
  for (const stop of session.stopHandlers) stop();
  session.watcher?.close();
  await session.reloader?.close();
  await session.webserver?.close();
  await session.incarnation.close();
  const silent = failure instanceof Failure && failure.kind !== 'error';
  if (!silent) await host.stdout.write(session.incarnation.summary());
  log.write('debug', 'closing inspectors');
}
