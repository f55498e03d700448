// Names of all events that Falco knows, in the order in which `-L` shows them for macros: a macro has no source, so
// that upstream counts it as one for system calls, which may see any of them (spec: cli-and-config.md §1.7).

export const EVENT_NAMES: readonly string[] = `
  scapevent useradded groupadded NA k8s notification cpu_hotplug task_file_regular task_file_directory
  listmount pciconfig_iobase rt_sigreturn subpage_prot set_thread_area faccessat vm86 pciconfig_write
  spu_run ssetmask oldfstat oldlstat multiplexer oldstat riscv_hwprobe ftruncate s390_runtime_instr
  readdir sync_file_range faccessat2 rseq nfsservctl sigsuspend getpmsg set_mempolicy_home_node
  io_pgetevents epoll_ctl_old move_pages futex_waitv landlock_restrict_self msgget memfd_secret getrandom
  sigaltstack fallocate waitpid tee nice mq_getsetattr tracer olduname sgetmask map_shadow_stack
  sys_debug_setcontext socketcall fstatat64 fstatfs64 msgctl bdflush process_mrelease msgrcv
  perf_event_open epoll_pwait2 mq_open ipc task_file_memfd sync_file_range2 timerfd_settime mesos
  rt_sigpending rt_sigsuspend sched_get_priority_min sched_getscheduler kcmp open_tree mseal setpriority
  sched_setscheduler sched_getparam futex_wake getrusage fdatasync procinfo pkey_mprotect clock_nanosleep
  statmount signal sched_yield getpgid wait4 rt_sigaction rt_sigprocmask alarm _sysctl vhangup io_destroy
  getppid asyncevent exit pivot_root cachestat mincore msgsnd acct sysfs io_getevents pluginevent
  clock_adjtime getxattrat sched_setparam pause landlock_create_ruleset infra lremovexattr
  remap_file_pages create_module rt_sigtimedwait vmsplice process_madvise times ioprio_set fanotify_mark
  statfs readahead pkey_free uname ioprio_get io_cancel pselect6 set_mempolicy listxattr file_setattr
  get_robust_list userdeleted syncfs readlink sched_rr_get_interval timer_gettime futimesat reboot
  riscv_flush_icache ioperm fstatfs syslog lsm_set_self_attr task_file_socket_unix select getitimer
  accept4 futex_wait fchmodat brk pkey_alloc mkdirat restart_syscall fchownat seccomp mknod capset uselib
  keyctl semget pidfd_open getdents64 statfs64 mlock getdents openat2 _newselect set_tid_address
  signaldeliver getresgid task_file_socket_inet6 utime renameat2 geteuid s390_sthyi getresuid
  task_file_pipe gettimeofday setresgid setuid migrate_pages modify_ldt msync setresuid vfork futex link
  read rseq_slice_yield task_file_socket_netlink mbind sendfile ptrace io_setup inotify_add_watch munmap
  container poll name_to_handle_at lseek chmod epoll_pwait get_kernel_syms dup3 quotactl sysinfo
  setdomainname mmap2 chdir statx lchown fgetxattr sigpending fchdir mmap futex_requeue pwritev2 fcntl
  landlock_add_rule mq_timedreceive switch prlimit mount fsmount fork newfstatat capget procexit getrlimit
  inotify_init time shmctl timerfd_create setsid add_key swapoff settimeofday s390_guarded_storage fchmod
  fchmodat2 kill setxattrat page_fault fstat64 sendmmsg setns writev sendmsg munlockall recv tgkill
  getsockopt socketpair pread clone3 getpriority creat preadv2 lstat rt_tgsigqueueinfo pipe renameat
  semtimedop chroot mprotect execve task_file_socket_inet timer_getoverrun getpeername lstat64 sendto
  setfsgid oldolduname sched_get_priority_max setpgid clone sync dup clock_getres bind shutdown stime
  linkat nanosleep userfaultfd getgid kexec_load recvmsg open_by_handle_at semop lsm_list_modules
  copy_file_range listen fadvise64 symlink execveat socket pidfd_send_signal recvmmsg eventfd write accept
  removexattrat mount_setattr readlinkat swapcontext getsid iopl setrlimit sched_getattr pciconfig_read
  close io_uring_setup getcwd send switch_endian timerfd unshare connect umount stat getcpu setgroups
  flistxattr fstat sigreturn getsockname access exit_group listns shmget stat64 getpid setgid getegid
  flock unlink openat llseek uprobe setsockopt mkdir rmdir splice unlinkat setregid sigprocmask preadv
  task_file_anon_inode io_uring_register munlock kexec_file_load mlockall s390_pci_mmio_write mknodat
  mlock2 pwrite epoll_create semctl epoll_create1 rename finit_module chown epoll_wait_old ustat fchown
  umount2 pipe2 shmdt eventfd2 swapon mq_unlink signalfd4 getuid prctl llistxattr waitid arch_prctl
  recvfrom sigaction pidfd_getfd init_module process_vm_readv delete_module task fremovexattr setreuid
  close_range file_getattr open_tree_attr uretprobe lsm_get_self_attr inotify_rm_watch removexattr
  process_vm_writev getgroups mq_notify utimes set_robust_list fspick timer_delete sethostname
  clock_gettime io_uring_enter timerfd_gettime listxattrat ioctl epoll_ctl inotify_init1 get_thread_area
  setitimer io_submit groupdeleted sched_setaffinity fsconfig request_key fanotify_init fsopen
  sched_setattr sched_getaffinity memfd_create rt_sigqueueinfo tkill utimensat mq_timedsend setxattr
  lgetxattr fsync signalfd spu_create fsetxattr lsetxattr idle dup2 shmat query_module adjtimex
  timer_create gettid membarrier open madvise epoll_wait s390_pci_mmio_read setfsuid symlinkat getpgrp bpf
  personality getxattr ppoll move_mount pwritev get_mempolicy clock_settime readv umask lookup_dcookie
  quotactl_fd timer_settime truncate mremap drop rtas
`
  .trim()
  .split(/\s+/);
