// In: /proc of the host and of this process. Out: what metrics say about them (spec: cli-and-config.md §6.3). Files that
// are missing give zeros. Answers to libs' linux_resource_utilization and machine info.

import { readFileSync } from 'node:fs';
import { cpus, networkInterfaces, release } from 'node:os';
import { type ByteString, toBytes } from '../bytes.js';

type Env = Readonly<Record<string, string | undefined>>;

export interface HostFacts {
  readonly kernelRelease: ByteString;
  /** Nanoseconds since the epoch. */
  readonly bootTime: bigint;
  readonly cpus: number;
}

/** CPU shares in percent with one decimal; memory in KiB or bytes, as named. */
export interface Utilization {
  readonly cpuPercent: number;
  readonly rssKb: number;
  readonly vszKb: number;
  readonly pssKb: number;
  readonly containerBytes: number;
  readonly hostCpuPercent: number;
  readonly hostMemoryKb: number;
  readonly hostProcsRunning: number;
  readonly hostOpenFds: number;
}

/** Linux shows processor times in hundredths of a second, whatever the kernel uses. */
const TICKS_PER_SECOND = 100;
const CONTAINER_MEMORY = '/sys/fs/cgroup/memory/memory.usage_in_bytes';

/** What does not change while the host is up. */
export function readHostFacts(env: Env): HostFacts {
  const boot = /^btime (\d+)/m.exec(text(`${hostRoot(env)}/proc/stat`))?.[1] ?? '0';
  return { kernelRelease: toBytes(release()), bootTime: BigInt(boot) * 1_000_000_000n, cpus: cpus().length };
}

/** CPU and memory, now. */
export function readUtilization(env: Env): Utilization {
  const root = hostRoot(env);
  const memory = text(`${root}/proc/meminfo`);
  const stat = text(`${root}/proc/stat`);
  const jiffies = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '').split(' ').slice(0, 7).map(Number);
  const all = jiffies.reduce((sum, n) => sum + n, 0);
  const status = text('/proc/self/status');
  return {
    cpuPercent: ownCpuPercent(text(`${root}/proc/uptime`)),
    rssKb: field(status, 'VmRSS'),
    vszKb: field(status, 'VmSize'),
    pssKb: field(text('/proc/self/smaps_rollup'), 'Pss'),
    containerBytes: Number.parseInt(text(containerPath(env)), 10) || 0,
    hostCpuPercent: all > 0 ? oneDecimal(100 - ((jiffies[3] ?? 0) * 100) / all) : 0,
    hostMemoryKb:
      field(memory, 'MemTotal') -
      field(memory, 'MemFree') -
      field(memory, 'Buffers') -
      field(memory, 'Cached'),
    hostProcsRunning: Number(/^procs_running (\d+)/m.exec(stat)?.[1] ?? 0),
    hostOpenFds: Number.parseInt(text(`${root}/proc/sys/fs/file-nr`), 10) || 0,
  };
}

/** Addresses of the interfaces except `lo`, by name and family, joined by commas. */
export function readAddresses(): readonly {
  readonly name: string;
  readonly family: string;
  readonly list: string;
}[] {
  const found: { name: string; family: string; list: string }[] = [];
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (name === 'lo') continue;
    for (const family of ['IPv4', 'IPv6'] as const) {
      const list = (addresses ?? []).filter((address) => address.family === family);
      const texts = list.map(({ address }) => (family === 'IPv6' ? inFull(address) : address));
      if (texts.length > 0) found.push({ name, family: family.toLowerCase(), list: texts.join(',') });
    }
  }
  return found;
}

// `fd00::2` → `fd00:0:0:0:0:0:0:2`
function inFull(address: string): string {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...middle, ...right].join(':');
}

// Processor time of this process in relation to its age. The second field, the command's name, may hold blanks.
function ownCpuPercent(uptime: string): number {
  const stat = text('/proc/self/stat');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const seconds = ((fields[11] ?? 0) + (fields[12] ?? 0)) / TICKS_PER_SECOND;
  const age = Number.parseFloat(uptime) - (fields[19] ?? 0) / TICKS_PER_SECOND;
  return age > 0 ? oneDecimal((100 * seconds) / age) : 0;
}

function hostRoot(env: Env): string {
  return env['HOST_ROOT'] ?? '';
}

function containerPath(env: Env): string {
  const path = env['FALCO_CGROUP_MEM_PATH'];
  return path === undefined || path === '' || path.includes('..') ? CONTAINER_MEMORY : path;
}

function field(table: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(table)?.[1] ?? 0);
}

function oneDecimal(n: number): number {
  return Number.isFinite(n) ? Math.round(n * 10) / 10 : 0;
}

function text(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
