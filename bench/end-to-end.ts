// The command itself, in a process of its own, on a file: from its start to its closing block.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Workload, writeWorkload } from './workload.js';

// From .bench/bench/, where this file is built and runs.
const COMMAND = fileURLToPath(new URL('../../bin/tsfalco.js', import.meta.url));

export interface Run {
  readonly wallMs: number;
  /** User and system time of all threads. */
  readonly cpuMs: number;
  /** Largest resident set. */
  readonly peakMb: number;
  readonly alerts: number;
}

/**
 * Runs the command over a workload and reads its counts.
 * @param more options of the command
 * @throws Error if it fails
 */
export function runCommand(
  workload: Workload,
  rulesPaths: readonly string[],
  more: readonly string[] = [],
): Run {
  const folder = mkdtempSync(join(tmpdir(), 'tsfalco-bench-'));
  try {
    writeWorkload(workload, join(folder, 'events.jsonl'));
    writeFileSync(join(folder, 'falco.yaml'), configuration(join(folder, 'events.jsonl')));
    writeFileSync(join(folder, 'usage.mjs'), USAGE);
    const usage = join(folder, 'usage.json');
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        '--import',
        join(folder, 'usage.mjs'),
        COMMAND,
        '-c',
        join(folder, 'falco.yaml'),
        ...rulesPaths.flatMap((path) => ['-r', path]),
        '--disable-source',
        'syscall',
        ...more,
      ],
      { encoding: 'latin1', maxBuffer: 1 << 30, env: { ...process.env, BENCH_USAGE: usage } },
    );
    const wallMs = performance.now() - start;
    if (status !== 0) throw new Error(`tsfalco ended with ${status}: ${stderr.slice(-2000)}`);
    const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(
      readFileSync(usage, 'utf8'),
    ) as NodeJS.ResourceUsage;
    const alerts = Number(/^Events detected: (\d+)$/m.exec(stdout)?.[1] ?? 'NaN');
    return { wallMs, cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb: maxRSS / 1024, alerts };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Best of some starts of the command, and of a bare node, milliseconds. */
export function startUp(rounds: number): { readonly version: number; readonly node: number } {
  const start = (args: readonly string[]): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round++) {
      const from = performance.now();
      spawnSync(process.execPath, args, { stdio: 'ignore' });
      best = Math.min(best, performance.now() - from);
    }
    return best;
  };
  return { node: start(['-e', '0']), version: start([COMMAND, '--version']) };
}

// Written by the measured process itself as it exits. Where the system tells it, the largest memory is that since the
// program began: resourceUsage() counts what was copied from this process at the fork as well.
const USAGE = `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const STATUS = '/proc/self/status';
process.on('exit', () => {
  const usage = process.resourceUsage();
  const peak = existsSync(STATUS) ? /^VmHWM:\\s+(\\d+) kB/m.exec(readFileSync(STATUS, 'utf8'))?.[1] : undefined;
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ ...usage, maxRSS: Number(peak ?? usage.maxRSS) }));
});
`;

function configuration(events: string): string {
  return `plugins:
  - name: k8saudit
    library_path: libk8saudit.so
    open_params: ${events}
  - name: json
    library_path: libjson.so
load_plugins: [k8saudit, json]
log_stderr: true
log_syslog: false
stdout_output: {enabled: true}
webserver: {enabled: false}
`;
}
