//! seccomp: system calls that evaluation has no use for fail.
//!
//! A list of what is denied rather than of what is allowed: the engine, the bundler and the C library may change what
//! they use with every version, and the other layers stand behind this one. What is denied fails with EPERM, so that
//! code which merely tries goes on. Threads are allowed and processes are not; files are opened for reading only.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, apply_filter,
};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;
type Fault = Box<dyn std::error::Error>;

/// Always denied.
const DENIED: &[i64] = &[
    // The network. A pair of sockets, which the runtime uses for itself, leads nowhere.
    libc::SYS_socket,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    // Other programs and other processes.
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_kcmp,
    libc::SYS_setpgid,
    libc::SYS_setsid,
    // Large and young parts of the kernel.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_seccomp,
    libc::SYS_personality,
    libc::SYS_vmsplice,
    libc::SYS_memfd_create,
    // File systems, namespaces and the machine.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_setrlimit,
    // Changes to files.
    libc::SYS_mkdirat,
    libc::SYS_mknodat,
    libc::SYS_unlinkat,
    libc::SYS_symlinkat,
    libc::SYS_linkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_truncate,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
];

/// What younger architectures have no number for.
#[cfg(target_arch = "x86_64")]
const DENIED_OF_OLD: &[i64] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    libc::SYS_kexec_file_load,
    libc::SYS_creat,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_mknod,
    libc::SYS_unlink,
    libc::SYS_symlink,
    libc::SYS_link,
    libc::SYS_rename,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
];
#[cfg(not(target_arch = "x86_64"))]
const DENIED_OF_OLD: &[i64] = &[];

/// The second set of numbers on x86-64, by which some kernels can be asked for the same things; those from 512 on are
/// of calls that differ there.
#[cfg(target_arch = "x86_64")]
const OTHER_NUMBERS: i64 = 0x4000_0000;

/// Confines this process; what holds it now.
pub(super) fn confine() -> Result<String, String> {
    install().map_err(|error| error.to_string())?;
    Ok("no sockets, no other programs, no processes, no signals to others, no changes to files, no tracing, no io_uring, bpf, mounts"
        .to_owned())
}

fn install() -> Result<(), Fault> {
    let denied = rules()?;
    // The flags of these two are in memory, where a filter cannot look. Without them the C library takes the older
    // ones, whose flags it can see.
    let unknown = BTreeMap::from([(libc::SYS_clone3, Vec::new()), (libc::SYS_openat2, Vec::new())]);
    for (rules, error) in [(unknown, libc::ENOSYS), (denied, libc::EPERM)] {
        let error = u32::try_from(error)?;
        let arch = TargetArch::try_from(std::env::consts::ARCH)?;
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(error), arch)?;
        apply_filter(&BpfProgram::try_from(filter)?)?;
    }
    Ok(())
}

fn rules() -> Result<Rules, Fault> {
    let mut rules: Rules = DENIED.iter().chain(DENIED_OF_OLD).map(|number| (*number, Vec::new())).collect();
    let bits = |argument, mask: i32, value: i32| -> Result<SeccompRule, Fault> {
        let (mask, value) = (u64::try_from(mask)?, u64::try_from(value)?);
        let is = SeccompCmpOp::MaskedEq(mask);
        Ok(SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Dword, is, value)?])?)
    };
    let differs = |argument, value: u64| -> Result<SeccompRule, Fault> {
        let is = SeccompCmpOp::Ne;
        Ok(SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Qword, is, value)?])?)
    };
    let writes = |argument| -> Result<Vec<SeccompRule>, Fault> {
        Ok(vec![
            bits(argument, libc::O_ACCMODE, libc::O_WRONLY)?,
            bits(argument, libc::O_ACCMODE, libc::O_RDWR)?,
            bits(argument, libc::O_CREAT, libc::O_CREAT)?,
            bits(argument, libc::O_TRUNC, libc::O_TRUNC)?,
        ])
    };
    rules.insert(libc::SYS_openat, writes(2)?);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, writes(1)?);
    rules.insert(libc::SYS_clone, vec![bits(0, libc::CLONE_THREAD, 0)?]);
    // An abort is a signal to oneself.
    rules.insert(libc::SYS_tgkill, vec![differs(0, u64::from(std::process::id()))?]);
    rules.insert(libc::SYS_prlimit64, vec![differs(2, 0)?]);
    rules.insert(libc::SYS_socketpair, vec![differs(0, u64::try_from(libc::AF_UNIX)?)?]);
    // What is typed for a terminal may not come from here.
    rules.insert(libc::SYS_ioctl, vec![bits(1, i32::MAX, i32::try_from(libc::TIOCSTI)?)?]);
    #[cfg(target_arch = "x86_64")]
    {
        let others: Rules =
            rules.iter().map(|(number, rules)| (number | OTHER_NUMBERS, rules.clone())).collect();
        rules.extend(others);
        rules.extend((512..=547).map(|number| (number | OTHER_NUMBERS, Vec::new())));
    }
    Ok(rules)
}
