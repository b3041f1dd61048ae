/* SPDX-License-Identifier: MIT */
/* iommusim-oracle: options, the QEMU that is there, and the processes that share the programs. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/oracle/oracle.h"

enum {
	BATCH = 128, /* programs between two looks at whether it is enough */
	JOBS_MAX = 64,
	VERSION_LEAST = 10000000, /* 10.0: first-stage VT-d, nested SMMUv3 */
	WHOLE = 10000,		  /* comparisons from which on shares and rows are asked for */
};

static const struct {
	const char *binary, *package, *option;
} boards[] = {
	[ORC_BOARD_Q35] = { "qemu-system-x86_64", "qemu-system-x86", "--qemu-x86" },
	[ORC_BOARD_VIRT] = { "qemu-system-aarch64", "qemu-system-arm", "--qemu-arm" },
};

static void help(void)
{
	printf("Usage: iommusim-oracle [OPTION...]\n\n"
	       "Gives the same random programs to QEMU and to this project's models, and compares.\n\n"
	       "  --vendor NAME      one vendor; default: all that there are\n"
	       "  --seed N           default 1\n"
	       "  --comparisons N    at least so many for each vendor; default 20000\n"
	       "  --program K        this program alone\n"
	       "  --jobs N           processes, one QEMU each; default: one a core\n"
	       "  --qemu-x86 PATH    default qemu-system-x86_64\n"
	       "  --qemu-arm PATH    default qemu-system-aarch64\n"
	       "  -v                 with --program: its steps\n\n"
	       "Exit codes: 0 they agree, 1 they do not, 2 an error, 77 QEMU is missing.\n");
}

/* ---- workers ---- */

static unsigned config_of(const struct orc_vendor *v, uint64_t seed, uint32_t number)
{
	struct orc_program p;
	unsigned sum = 0, at;

	orc_program_init(&p, seed ^ 0x5eed, number);
	for (unsigned i = 0; i < v->configs_count; i++)
		sum += v->configs[i].share;
	at = orc_below(&p, sum);
	for (unsigned i = 0; i < v->configs_count; i++) {
		if (at < v->configs[i].share)
			return i;
		at -= v->configs[i].share;
	}
	return 0;
}

static void run_program(const struct orc_options *o, uint32_t number, struct orc_qemu **qemus,
			struct orc_stats *s)
{
	struct orc_program p;
	char why[1024];

	orc_program_init(&p, o->seed, number);
	p.config = config_of(o->vendor, o->seed, number);
	p.pool = o->vendor->ram + ORC_AT_POOL;
	o->vendor->generate(&p);
	if (!qemus[p.config])
		qemus[p.config] = orc_qemu_start(o, p.config, why, sizeof(why));
	if (qemus[p.config]) {
		orc_run(o, &p, qemus[p.config], s);
	} else {
		s->broken = true;
		snprintf(s->text, sizeof(s->text), "%s: %s\n", o->binary, why);
	}
	orc_program_free(&p);
}

/* Programs first + job, first + job + jobs, ... of a batch. */
static void work(const struct orc_options *o, uint32_t first, unsigned job, struct orc_stats *s)
{
	struct orc_qemu *qemus[8] = { 0 };

	for (uint32_t n = first + job; n < first + BATCH; n += o->jobs) {
		run_program(o, n, qemus, s);
		if (s->differences || s->broken)
			break;
	}
	for (unsigned i = 0; i < 8; i++)
		orc_qemu_end(qemus[i]);
}

static bool batch(const struct orc_options *o, uint32_t first, struct orc_stats *shared,
		  struct orc_stats *all)
{
	pid_t pids[JOBS_MAX];
	int status;

	fflush(stdout);
	memset(shared, 0, o->jobs * sizeof(*shared));
	for (unsigned job = 0; job < o->jobs; job++) {
		pids[job] = fork();
		if (!pids[job]) {
			work(o, first, job, &shared[job]);
			_exit(0);
		}
	}
	for (unsigned job = 0; job < o->jobs; job++) {
		if (pids[job] < 0 || waitpid(pids[job], &status, 0) < 0 || status) {
			shared[job].broken = true;
			snprintf(shared[job].text, ORC_TEXT, "a worker ended with status 0x%x\n",
				 pids[job] < 0 ? 0 : (unsigned)status);
		}
		orc_stats_add(all, &shared[job]);
	}
	return !all->differences && !all->broken;
}

static int finish(const struct orc_options *o, const struct orc_stats *s, double seconds)
{
	bool good = orc_report(o->vendor, s, o->version, o->program < 0 && o->comparisons >= WHOLE,
			       seconds);

	if (s->text[0])
		printf("%s", s->text);
	if (s->broken)
		return ORC_EXIT_ERROR;
	return good && !s->differences ? ORC_EXIT_OK : ORC_EXIT_DIFFERS;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int run_vendor(const struct orc_options *o)
{
	struct orc_stats *shared = mmap(NULL, (o->jobs + 1) * sizeof(*shared),
					PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	double from = now();
	int code;

	if (shared == MAP_FAILED)
		return ORC_EXIT_ERROR;
	if (o->program >= 0) {
		struct orc_qemu *qemus[8] = { 0 };

		run_program(o, (uint32_t)o->program, qemus, &shared[o->jobs]);
		for (unsigned i = 0; i < 8; i++)
			orc_qemu_end(qemus[i]);
	}
	for (uint32_t first = 0; o->program < 0 && shared[o->jobs].comparisons < o->comparisons;
	     first += BATCH)
		if (!batch(o, first, shared, &shared[o->jobs]))
			break;
	code = finish(o, &shared[o->jobs], now() - from);
	munmap(shared, (o->jobs + 1) * sizeof(*shared));
	return code;
}

/* ---- options ---- */

static bool number(const char *text, uint64_t *ret)
{
	char *end;

	*ret = strtoull(text, &end, 0);
	return *text && *text != '-' && !*end;
}

static int missing(const struct orc_vendor *v, const char *binary, unsigned version)
{
	if (version)
		printf("skipped %s: '%s' is QEMU %u.%u, 10.0 or later is needed. ", v->name, binary,
		       version / 1000000, version / 1000 % 1000);
	else
		printf("skipped %s: '%s' is not here, or is no QEMU. ", v->name, binary);
	printf("On Debian 12:\npackage %s of bookworm-backports, which `tools/setup --oracle` installs; "
	       "or name another with %s PATH\n",
	       boards[v->board].package, boards[v->board].option);
	return ORC_EXIT_SKIPPED;
}

/* Error, then difference, then skipped. */
static int worse(int a, int b)
{
	static const int order[] = { ORC_EXIT_ERROR, ORC_EXIT_DIFFERS, ORC_EXIT_SKIPPED };

	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return ORC_EXIT_OK;
}

static int run_all(struct orc_options *o, const char *vendor, const char *const *binaries)
{
	int code = ORC_EXIT_OK;
	bool any = false;

	for (unsigned i = 0; orc_vendors[i]; i++) {
		const struct orc_vendor *v = orc_vendors[i];

		if (vendor && strcmp(vendor, v->name))
			continue;
		any = true;
		o->vendor = v;
		snprintf(o->binary, sizeof(o->binary), "%s",
			 binaries[v->board] ? binaries[v->board] : boards[v->board].binary);
		o->version = orc_qemu_version(o->binary);
		code = worse(code, o->version >= VERSION_LEAST ? run_vendor(o) :
								 missing(v, o->binary, o->version));
	}
	if (any)
		return code;
	fprintf(stderr, "iommusim-oracle: there is no vendor '%s'\n", vendor);
	return ORC_EXIT_ERROR;
}

int main(int argc, char **argv)
{
	enum { VENDOR = 1, SEED, COMPARISONS, PROGRAM, JOBS, QEMU_X86, QEMU_ARM, HELP };
	static const struct option options[] = {
		{ "vendor", required_argument, NULL, VENDOR },
		{ "seed", required_argument, NULL, SEED },
		{ "comparisons", required_argument, NULL, COMPARISONS },
		{ "program", required_argument, NULL, PROGRAM },
		{ "jobs", required_argument, NULL, JOBS },
		{ "qemu-x86", required_argument, NULL, QEMU_X86 },
		{ "qemu-arm", required_argument, NULL, QEMU_ARM },
		{ "help", no_argument, NULL, HELP },
		{ NULL, 0, NULL, 0 },
	};
	struct orc_options o = { .seed = 1, .comparisons = 20000, .program = -1 };
	const char *vendor = NULL, *binaries[2] = { NULL, NULL };
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t value = cores < 1 ? 1 : (uint64_t)cores;
	int c;

	o.jobs = value > JOBS_MAX ? JOBS_MAX : (unsigned)value;
	while ((c = getopt_long(argc, argv, "v", options, NULL)) >= 0) {
		if (c >= SEED && c <= JOBS && !number(optarg, &value)) {
			fprintf(stderr, "iommusim-oracle: '%s' is no number\n", optarg);
			return ORC_EXIT_ERROR;
		}
		if (c == HELP) {
			help();
			return ORC_EXIT_OK;
		} else if (c == VENDOR) {
			vendor = optarg;
		} else if (c == SEED) {
			o.seed = value;
		} else if (c == COMPARISONS) {
			o.comparisons = value;
		} else if (c == PROGRAM && value < UINT32_MAX) {
			o.program = (int64_t)value;
		} else if (c == JOBS && value && value <= JOBS_MAX) {
			o.jobs = (unsigned)value;
		} else if (c == QEMU_X86 || c == QEMU_ARM) {
			binaries[c == QEMU_ARM] = optarg;
		} else if (c == 'v') {
			o.verbose = true;
		} else {
			fprintf(stderr, "see 'iommusim-oracle --help'\n");
			return ORC_EXIT_ERROR;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "iommusim-oracle: what is '%s'? see 'iommusim-oracle --help'\n",
			argv[optind]);
		return ORC_EXIT_ERROR;
	}
	return run_all(&o, vendor, binaries);
}
