/* SPDX-License-Identifier: MIT */
/* A QEMU of our own: the process, its board without firmware, and the `edu` devices on it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/oracle/oracle.h"
#include "tools/oracle/qtest.h"

enum { ANSWER_SECONDS = 30, ARGS_MAX = 64, POLLS_MAX = 200000 };

/* Where things stand on a board whose firmware halts at once. */
static const struct board {
	uint64_t ecam; /* 0: ports 0xcf8 and 0xcfc */
	uint64_t bars; /* first device's BAR; the others follow, 1 MiB each */
} boards[] = {
	[ORC_BOARD_Q35] = { 0, 0xfe000000 },
	[ORC_BOARD_VIRT] = { 0x3f000000, 0x10000000 },
};

/* Registers of `edu`, hw/misc/edu.c. */
enum { EDU_SRC = 0x80, EDU_DST = 0x88, EDU_COUNT = 0x90, EDU_CMD = 0x98, EDU_BUFFER = 0x40000 };
enum { EDU_RUN = 1, EDU_OUT = 2, EDU_BAR = 0x100000 };

struct orc_qemu {
	struct orc_side side;
	struct qtest qtest;
	const struct orc_vendor *vendor;
	pid_t pid;
	char dir[64];
	char why[1024];
};

/* ---- firmware that halts ---- */

static bool write_file(const char *path, const void *bytes, size_t count)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	bool good = fd >= 0 && write(fd, bytes, count) == (ssize_t)count;

	if (fd >= 0)
		close(fd);
	return good;
}

static bool write_firmware(enum orc_board board, const char *path)
{
	static const uint8_t x86[] = { 0xfa, 0xf4, 0xeb, 0xfd }; /* cli; hlt; jmp */
	static const uint8_t arm[] = { 0x7f, 0x20, 0x03, 0xd5, 0xff, 0xff, 0xff, 0x17 }; /* wfi; b */
	size_t bytes = 0x10000;
	uint8_t *image = calloc(1, bytes);
	bool good;

	if (!image)
		return false;
	if (board == ORC_BOARD_Q35)
		memcpy(image + 0xfff0, x86, sizeof(x86));
	else
		for (size_t i = 0; i < bytes; i += sizeof(arm))
			memcpy(image + i, arm, sizeof(arm));
	good = write_file(path, image, bytes);
	free(image);
	return good;
}

/* ---- the process ---- */

static void in_dir(const struct orc_qemu *q, const char *name, char *ret, size_t bytes)
{
	snprintf(ret, bytes, "%s/%s", q->dir, name);
}

static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (fd >= 0 && (bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 1))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void child(const struct orc_qemu *q, const struct orc_options *o, unsigned config)
{
	static const char *const common[] = {
		"-accel",      "tcg",	     "-icount",	 "shift=0,sleep=off",
		"-m",	       "256",	     "-display", "none",
		"-monitor",    "none",	     "-serial",	 "none",
		"-nodefaults", "-qtest-log", "none",	 NULL
	};
	char bios[128], sock[128], err[128], device[ORC_DEVICES][96], slots[ORC_DEVICES];
	char *argv[ARGS_MAX];
	unsigned n = 0;
	int fd;

	(void)slots;
	in_dir(q, "bios", bios, sizeof(bios));
	in_dir(q, "stderr", err, sizeof(err));
	snprintf(sock, sizeof(sock), "unix:%s/qtest", q->dir);
	argv[n++] = (char *)(uintptr_t)o->binary;
	for (unsigned i = 0; common[i]; i++)
		argv[n++] = (char *)(uintptr_t)common[i];
	argv[n++] = (char *)(uintptr_t) "-bios";
	argv[n++] = bios;
	argv[n++] = (char *)(uintptr_t) "-qtest";
	argv[n++] = sock;
	for (unsigned i = 0; o->vendor->configs[config].args[i]; i++)
		argv[n++] = (char *)(uintptr_t)o->vendor->configs[config].args[i];
	for (unsigned i = 0; i < ORC_DEVICES; i++) {
		snprintf(device[i], sizeof(device[i]),
			 "edu,addr=%02x.0,dma_mask=0xffffffffffffffff", o->vendor->slots[i]);
		argv[n++] = (char *)(uintptr_t) "-device";
		argv[n++] = device[i];
	}
	argv[n] = NULL;
	fd = open(err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd >= 0) {
		dup2(fd, 1);
		dup2(fd, 2);
	}
	execvp(o->binary, argv);
	_exit(127);
}

/* QEMU connects to us, unless it ends first. */
static int accept_from(int listener, pid_t pid)
{
	struct timeval patience = { .tv_usec = 100000 };
	int fd = -1, status;

	setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	for (unsigned i = 0; fd < 0 && i < ANSWER_SECONDS * 10; i++) {
		fd = accept(listener, NULL, NULL);
		if (fd < 0 && waitpid(pid, &status, WNOHANG | __WALL) == pid)
			return -1;
	}
	if (fd >= 0) {
		patience = (struct timeval){ .tv_sec = ANSWER_SECONDS };
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	}
	return fd;
}

/* The end of what QEMU said. */
static void last_words(const struct orc_qemu *q, char *ret, size_t bytes)
{
	char path[128];
	FILE *f;
	size_t n = 0;

	in_dir(q, "stderr", path, sizeof(path));
	f = fopen(path, "r");
	if (f) {
		long end;

		fseek(f, 0, SEEK_END);
		end = ftell(f);
		fseek(f, end > 400 ? end - 400 : 0, SEEK_SET);
		n = fread(ret, 1, bytes - 1, f);
		fclose(f);
	}
	ret[n] = '\0';
}

void orc_qemu_end(struct orc_qemu *q)
{
	static const char *const files[] = { "bios", "stderr", "qtest" };
	char path[128];
	int status;

	if (!q)
		return;
	if (q->qtest.fd >= 0)
		close(q->qtest.fd);
	if (q->pid > 0 && waitpid(q->pid, &status, WNOHANG) == 0) {
		kill(q->pid, SIGTERM);
		for (unsigned i = 0; i < 100 && waitpid(q->pid, &status, WNOHANG) == 0; i++)
			usleep(10000);
		kill(q->pid, SIGKILL);
		waitpid(q->pid, &status, 0);
	}
	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		in_dir(q, files[i], path, sizeof(path));
		unlink(path);
	}
	rmdir(q->dir);
	free(q);
}

const char *orc_qemu_broken(const struct orc_qemu *q)
{
	return q->qtest.broken ? q->qtest.why : NULL;
}

/* ---- registers and memory ---- */

static struct orc_qemu *of(struct orc_side *s)
{
	return (struct orc_qemu *)(void *)s;
}

static uint64_t reg_read(struct orc_side *s, uint32_t offset, unsigned bytes)
{
	struct orc_qemu *q = of(s);
	uint64_t at = q->vendor->mmio + offset;

	return qtest_ask(&q->qtest, bytes == 8 ? "readq 0x%llx" : "readl 0x%llx",
			 (unsigned long long)at);
}

static void reg_write(struct orc_side *s, uint32_t offset, unsigned bytes, uint64_t value)
{
	struct orc_qemu *q = of(s);

	qtest_line(&q->qtest, bytes == 8 ? "writeq 0x%llx 0x%llx" : "writel 0x%llx 0x%llx",
		   (unsigned long long)(q->vendor->mmio + offset), (unsigned long long)value);
}

static uint64_t mem_read(struct orc_side *s, uint64_t pa)
{
	return qtest_ask(&of(s)->qtest, "readq 0x%llx", (unsigned long long)pa);
}

static void mem_write(struct orc_side *s, uint64_t pa, uint64_t value)
{
	qtest_line(&of(s)->qtest, "writeq 0x%llx 0x%llx", (unsigned long long)pa,
		   (unsigned long long)value);
}

struct orc_side *orc_qemu_side(struct orc_qemu *q)
{
	return &q->side;
}

/* ---- PCI and the devices ---- */

static void config_write(struct orc_qemu *q, unsigned device, unsigned offset, uint32_t value)
{
	const struct board *b = &boards[q->vendor->board];
	unsigned devfn = q->vendor->slots[device] << 3;

	if (b->ecam) {
		qtest_line(&q->qtest, "writel 0x%llx 0x%x",
			   (unsigned long long)(b->ecam + (devfn << 12) + offset), value);
		return;
	}
	qtest_line(&q->qtest, "outl 0xcf8 0x%x", 0x80000000u | devfn << 8 | offset);
	qtest_line(&q->qtest, "outl 0xcfc 0x%x", value);
}

static uint64_t bar(const struct orc_qemu *q, unsigned device)
{
	return boards[q->vendor->board].bars + (uint64_t)device * EDU_BAR;
}

static void edu_write(struct orc_qemu *q, unsigned device, unsigned reg, uint64_t value)
{
	qtest_line(&q->qtest, "writeq 0x%llx 0x%llx", (unsigned long long)(bar(q, device) + reg),
		   (unsigned long long)value);
}

void orc_qemu_dma(struct orc_qemu *q, unsigned device, uint64_t iova, bool write)
{
	edu_write(q, device, EDU_SRC, write ? EDU_BUFFER : iova);
	edu_write(q, device, EDU_DST, write ? iova : EDU_BUFFER);
	edu_write(q, device, EDU_COUNT, 8);
	edu_write(q, device, EDU_CMD, EDU_RUN | (write ? EDU_OUT : 0));
	for (unsigned i = 0; i < POLLS_MAX && !q->qtest.broken; i++)
		if (!(qtest_ask(&q->qtest, "readq 0x%llx",
				(unsigned long long)(bar(q, device) + EDU_CMD)) &
		      EDU_RUN))
			return;
	if (q->qtest.broken)
		return;
	q->qtest.broken = true;
	snprintf(q->qtest.why, sizeof(q->qtest.why),
		 "a DMA does not end: QEMU's virtual clock stands still");
}

static bool devices_set(struct orc_qemu *q)
{
	for (unsigned i = 0; i < ORC_DEVICES; i++) {
		config_write(q, i, 0x10, (uint32_t)bar(q, i));
		config_write(q, i, 0x04, 6); /* memory, bus master */
	}
	for (unsigned i = 0; i < ORC_DEVICES; i++)
		if ((qtest_ask(&q->qtest, "readl 0x%llx", (unsigned long long)bar(q, i)) & 0xff) !=
		    0xed)
			return false;
	return true;
}

/* ---- start ---- */

static struct orc_qemu *fail(struct orc_qemu *q, const char *what, char *ret_why, size_t bytes)
{
	char words[512];

	last_words(q, words, sizeof(words));
	snprintf(ret_why, bytes, "%s%s%s%s%s", what, q->qtest.broken ? ": " : "",
		 q->qtest.broken ? q->qtest.why : "", words[0] ? "; QEMU said: " : "", words);
	orc_qemu_end(q);
	return NULL;
}

struct orc_qemu *orc_qemu_start(const struct orc_options *o, unsigned config, char *ret_why,
				size_t bytes)
{
	const char *tmp = getenv("TMPDIR");
	struct orc_qemu *q = calloc(1, sizeof(*q));
	char path[128];
	int listener;

	if (!q) {
		snprintf(ret_why, bytes, "no memory");
		return NULL;
	}
	q->vendor = o->vendor;
	q->qtest.fd = -1;
	q->side = (struct orc_side){ reg_read, reg_write, mem_read, mem_write };
	snprintf(q->dir, sizeof(q->dir), "%s/iommusim-oracle-XXXXXX",
		 tmp && strlen(tmp) < 30 ? tmp : "/tmp");
	if (!mkdtemp(q->dir)) {
		snprintf(ret_why, bytes, "%s: %s", q->dir, strerror(errno));
		free(q);
		return NULL;
	}
	in_dir(q, "bios", path, sizeof(path));
	if (!write_firmware(o->vendor->board, path))
		return fail(q, "the firmware image cannot be written", ret_why, bytes);
	in_dir(q, "qtest", path, sizeof(path));
	listener = listen_at(path);
	if (listener < 0)
		return fail(q, "no socket", ret_why, bytes);
	q->pid = fork();
	if (!q->pid)
		child(q, o, config);
	if (q->pid > 0)
		q->qtest.fd = accept_from(listener, q->pid);
	close(listener);
	if (q->qtest.fd < 0)
		return fail(q, "QEMU does not start", ret_why, bytes);
	if (!devices_set(q))
		return fail(q, "the edu devices do not answer", ret_why, bytes);
	return q;
}

unsigned orc_qemu_version(const char *binary)
{
	unsigned major = 0, minor = 0, patch = 0;
	char line[256] = "", *at;
	int ends[2];
	pid_t pid;
	ssize_t n;

	if (pipe(ends))
		return 0;
	pid = fork();
	if (!pid) {
		dup2(ends[1], 1);
		close(ends[0]);
		close(ends[1]);
		execlp(binary, binary, "--version", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	n = read(ends[0], line, sizeof(line) - 1);
	close(ends[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	line[n > 0 ? n : 0] = '\0';
	at = strstr(line, "version ");
	if (!at || sscanf(at + 8, "%u.%u.%u", &major, &minor, &patch) < 2)
		return 0;
	return major * 1000000 + minor * 1000 + patch;
}
