#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"

static void load_filter(int fd) {
  static struct sock_filter instructions[BPF_MAXINSNS];
  size_t length = 0;
  for (;;) {
    ssize_t count = pread(fd, (char *)instructions + length, sizeof instructions - length,
                          (off_t)length);
    if (count < 0) die_errno("system call filter");
    if (count == 0) break;
    length += (size_t)count;
  }
  struct sock_fprog program = {
      .len = (unsigned short)(length / sizeof *instructions),
      .filter = instructions,
  };
  if (length % sizeof *instructions != 0) die("system call filter: half an instruction");
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) {
    die_errno("system call filter");
  }
}

static void bound_capabilities(uint64_t allowed) {
  for (unsigned long number = 0; number < 64; number++) {
    // The kernel has no more.
    if (prctl(PR_CAPBSET_READ, number) < 0) break;
    if ((allowed >> number & 1) != 0) continue;
    if (prctl(PR_CAPBSET_DROP, number) < 0) die_errno("capabilities");
  }
}

static void become(uid_t uid, gid_t gid) {
  if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0) {
    die_errno("user");
  }
  // Those that a program inherits stay over a change of user.
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
  if (syscall(SYS_capset, &header, none) < 0) die_errno("capabilities");
  // The change of user has undone it, and whoever started the box must be able to end it.
  if (getpid() == 1 && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) die_errno("prctl");
}

void privileges_drop(const struct options *options) {
  if (options->seccomp >= 0) load_filter(options->seccomp);
  if (options->bounded) bound_capabilities(options->capabilities);
  if (options->change_user) become(options->uid, options->gid);
}
