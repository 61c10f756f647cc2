#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"

// linux/mount.h has these, but not beside the sys/mount.h of every C library.
#define CLONE_TREE 1u
#define CLOSE_ON_EXEC ((unsigned)O_CLOEXEC)
#define RECURSIVE 0x8000u
#define EMPTY_PATH 0x1000u
#define FROM_EMPTY_PATH 0x4u
#define READ_ONLY 1u
#define NO_SETUID 2u

struct attributes {
  uint64_t set;
  uint64_t clear;
  uint64_t propagation;
  uint64_t user_namespace;
};

static const char *const DEVICES[] = {"null", "zero", "full", "random", "urandom", "tty"};
#define DEVICE_COUNT (sizeof DEVICES / sizeof *DEVICES)

static const char *const DEVICE_LINKS[][2] = {
    {"pts/ptmx", "/dev/ptmx"},          {"/proc/self/fd", "/dev/fd"},
    {"/proc/self/fd/0", "/dev/stdin"},  {"/proc/self/fd/1", "/dev/stdout"},
    {"/proc/self/fd/2", "/dev/stderr"},
};
#define DEVICE_LINK_COUNT (sizeof DEVICE_LINKS / sizeof *DEVICE_LINKS)

// A copy of a mount that stands nowhere yet.
static int open_tree_at(const char *path) {
  return (int)syscall(SYS_open_tree, AT_FDCWD, path, CLONE_TREE | CLOSE_ON_EXEC | RECURSIVE);
}

static int set_attributes(int tree, uint64_t set) {
  struct attributes attributes = {.set = set};
  return (int)syscall(SYS_mount_setattr, tree, "", EMPTY_PATH | RECURSIVE, &attributes,
                      sizeof attributes);
}

// A link at the end of the target is not followed.
static int place(int tree, const char *target) {
  int result =
      (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, target, FROM_EMPTY_PATH);
  close(tree);
  return result;
}

static void open_binds(const struct options *options, int *trees) {
  for (size_t i = 0; i < options->bind_count; i++) {
    trees[i] = open_tree_at(options->binds[i].source);
    if (trees[i] < 0 || set_attributes(trees[i], READ_ONLY | NO_SETUID) < 0) {
      die_errno(options->binds[i].source);
    }
  }
}

static void open_devices(int *trees) {
  char path[32];
  for (size_t i = 0; i < DEVICE_COUNT; i++) {
    snprintf(path, sizeof path, "/dev/%s", DEVICES[i]);
    trees[i] = open_tree_at(path);
    if (trees[i] < 0) die_errno(path);
  }
}

static void pivot(const char *root) {
  // What comes from the host's namespace is locked; a mount of this one's own can be the root.
  if (mount(root, root, NULL, MS_BIND, NULL) < 0) die_errno(root);
  if (chdir(root) < 0) die_errno(root);
  // The old root lies above the new one then, and `umount` takes it away.
  if (syscall(SYS_pivot_root, ".", ".") < 0) die_errno("pivot_root");
}

static void mount_new(const char *type, const char *target, unsigned long flags,
                      const char *options) {
  if (mount(type, target, type, flags | MS_NOSUID, options) < 0) die_errno(target);
}

static void mount_proc(void) {
  mount_new("proc", "/proc", MS_NODEV | MS_NOEXEC, NULL);
  // The box's root owns the settings of its own network.
  int settings = open_tree_at("/proc/sys");
  if (settings < 0 || set_attributes(settings, READ_ONLY) < 0 || place(settings, "/proc/sys") < 0) {
    die_errno("/proc/sys");
  }
}

static void mount_devices(const int *trees) {
  char path[32];
  mount_new("tmpfs", "/dev", MS_NOEXEC, "mode=755,size=1m");
  for (size_t i = 0; i < DEVICE_COUNT; i++) {
    snprintf(path, sizeof path, "/dev/%s", DEVICES[i]);
    int file = open(path, O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) die_errno(path);
    close(file);
    if (place(trees[i], path) < 0) die_errno(path);
  }
  for (size_t i = 0; i < DEVICE_LINK_COUNT; i++) {
    if (symlink(DEVICE_LINKS[i][0], DEVICE_LINKS[i][1]) < 0) die_errno(DEVICE_LINKS[i][1]);
  }
  if (mkdir("/dev/pts", 0755) < 0 || mkdir("/dev/shm", 0755) < 0) die_errno("/dev");
  mount_new("devpts", "/dev/pts", MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620");
  mount_new("tmpfs", "/dev/shm", MS_NODEV, "mode=1777");
}

// The box's root may have put anything where a bind belongs. It goes without it then.
static void place_binds(const struct options *options, const int *trees) {
  for (size_t i = 0; i < options->bind_count; i++) place(trees[i], options->binds[i].target);
}

// A new network namespace has it down.
static void raise_loopback(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq request = {.ifr_name = "lo"};
  if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0) die_errno("lo");
  request.ifr_flags |= IFF_UP;
  if (ioctl(fd, SIOCSIFFLAGS, &request) < 0) die_errno("lo");
  close(fd);
}

static void set_hostname(const char *name) {
  if (sethostname(name, strlen(name)) < 0) die_errno("hostname");
}

// All sources are opened before the root changes, and all targets looked up after: a link that a box
// left on its disk leads nowhere but into that disk.
void root_enter(const struct options *options) {
  int binds[BIND_LIMIT];
  int devices[DEVICE_COUNT];
  mode_t before = umask(0);
  open_binds(options, binds);
  open_devices(devices);
  pivot(options->root);
  // With the old root in sight: the kernel gives a new /proc only to who sees a whole one.
  mount_proc();
  mount_devices(devices);
  place_binds(options, binds);
  if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0) die_errno("the old root");
  if (options->hostname != NULL) set_hostname(options->hostname);
  raise_loopback();
  umask(before);
}
