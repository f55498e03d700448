// Fields of system calls. tsfalco reads no kernel events, but rules files hold rules for them beside others, and
// those must load as they do in Falco. So the source `syscall` has these names, and all of them are always missing.

import type { ByteString } from '../bytes.js';
import type { Field, FieldClass } from './field.js';

// The names in use today, for listing. Whatever stands under one of their prefixes is accepted: newer versions and
// other plugins (container, k8smeta) add names, and nothing is ever read.
const NAMES: Readonly<Record<string, string>> = {
  evt: `type dir type.is category cpu args arg rawarg info buffer buflen res rawres failed is_io is_io_read is_io_write
    io_dir is_wait wait_latency is_syslog latency latency.s latency.ns deltatime deltatime.s deltatime.ns outputtime
    count abspath is_open_read is_open_write is_open_exec is_open_create`,
  proc: `name exe exepath args cmdline cwd env pid ppid vpid pvpid sid sname tty loginshellid pname pexe pexepath
    pcmdline aname aexe aexepath acmdline aargs apid aenv cmdnargs cmdlenargs exeline duration ppid.duration pid.ts
    ppid.ts sid.exe sid.exepath vpgid vpgid.name vpgid.exe vpgid.exepath pgid pgid.name pgid.exe pgid.exepath
    is_exe_writable is_exe_upper_layer is_exe_lower_layer is_exe_from_memfd is_sid_leader is_vpgid_leader
    is_pgid_leader exe_ino exe_ino.ctime exe_ino.mtime pidns_init_start_ts fdopencount fdlimit fdusage vmsize vmrss
    vmswap nthreads nchilds stdin.type stdout.type stderr.type stdin.name stdout.name stderr.name`,
  thread: `tid vtid nametid ismain exectime totexectime cgroups cgroup cpu cpu.user cpu.system vmsize vmrss pfmajor
    pfminor cap_permitted cap_inheritable cap_effective`,
  user: 'uid name homedir shell loginuid loginname',
  group: 'gid name',
  fd: `num type typechar name nameraw directory filename ip cip sip lip rip port cport sport lport rport l4proto
    sockfamily is_server uid types containername containerdirectory proto cproto sproto lproto rproto net cnet snet
    lnet rnet connected name_changed cip.name sip.name lip.name rip.name dev dev.major dev.minor ino is_upper_layer
    is_lower_layer`,
  fs: 'path.name path.nameraw path.source path.sourceraw path.target path.targetraw',
  fdlist: 'nums names cips sips cports sports',
};

const KERNEL =
  /^(?:evt|syscall|proc|thread|user|group|fd|fs|fdlist|container|k8s|k8smeta|syslog|tuple|mesos|util|span)\.[a-zA-Z][a-zA-Z0-9_.]*$/;

/** The classes as `--list` groups them. */
export const KERNEL_CLASSES: readonly FieldClass[] = Object.entries(NAMES).map(([name, keys]) => ({
  name,
  description: '',
  plugin: false,
  fields: keys.split(/\s+/).map((key) => missingField(`${name}.${key}`)),
}));

const LISTED: ReadonlySet<string> = new Set(
  KERNEL_CLASSES.flatMap(({ fields }) => fields.map(({ name }) => name)),
);
const BY_OTHER_PLUGINS =
  /^(?:container\.[a-z]|k8s\.(?:ns|pod|rc|rs|svc|deployment)\.[a-z]|k8smeta\.[a-z])[a-zA-Z0-9_.]*$/;

/** Whether a name is surely meant for system calls, not only under one of their prefixes. */
export const isKernelName = (name: ByteString): boolean => LISTED.has(name) || BY_OTHER_PLUGINS.test(name);

/** The field that a name (without brackets) under the kernel's prefixes stands for; undefined for other names. */
export function kernelField(name: ByteString): Field | undefined {
  return KERNEL.test(name) ? missingField(name) : undefined;
}

function missingField(name: ByteString): Field {
  return {
    name,
    type: 'CHARBUF',
    isList: false,
    argument: { required: false, index: true, key: true },
    description: '',
    bind: () => () => undefined,
  };
}
