/*
 * no_exec MEANS COMMAND...: runs a command that may not make memory executable, as systemd's
 * MemoryDenyWriteExecute=yes does it: by "prctl" (Linux 6.3), or by "seccomp", as it did before.
 * Exit code 77: the kernel has no such means.
 */

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_SET_MDWE
#    define PR_SET_MDWE 65
#    define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

/* The low half of the third argument of a system call; little-endian machines only. */
#define PROTECTION (offsetof(struct seccomp_data, args) + 2 * sizeof(__u64))

static int deny_by_filter(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mprotect, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_pkey_mprotect, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, PROTECTION),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: no_exec prctl|seccomp COMMAND...\n");
        return 1;
    }

    int denied = strcmp(argv[1], "prctl") == 0
                     ? prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0
                     : deny_by_filter();

    if (!denied) {
        perror(argv[1]);
        return 77;
    }

    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 1;
}
