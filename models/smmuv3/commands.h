/* SPDX-License-Identifier: MIT */
/* Commands and queues: commands.c, queue.c, events.c, stalls.c, priq.c. */
#ifndef MODELS_SMMUV3_COMMANDS_H
#define MODELS_SMMUV3_COMMANDS_H

#include "iommusim/model.h"

enum { SMMU_ROWS = 26, SMMU_ORDERS = 18, SMMU_QUEUE_ERRORS = 3 };

/* CMDQ_CONS.ERR, section 7.1. */
enum smmu_queue_error { SMMU_CERROR_ILL = 1, SMMU_CERROR_ABT, SMMU_CERROR_ATC_INV_SYNC };

/* GERROR, section 6.3.19. */
#define SMMU_GERROR_CMDQ       IMS_BIT(0)
#define SMMU_GERROR_EVENTQ_ABT IMS_BIT(2)
#define SMMU_GERROR_PRIQ_ABT   IMS_BIT(3)
#define SMMU_GERROR_CMDQP      IMS_BIT(9)
/* IRQ_CTRL, section 6.3.17. */
#define SMMU_IRQ_GERROR IMS_BIT(0)
#define SMMU_IRQ_PRIQ	IMS_BIT(1)
#define SMMU_IRQ_EVENTQ IMS_BIT(2)

/* What interrupt messages are of. */
enum smmu_signal { SMMU_SIGNAL_GERROR, SMMU_SIGNAL_EVENTQ, SMMU_SIGNAL_PRIQ, SMMU_SIGNAL_SYNC };

extern const struct ims_cmd_row smmu_rows[SMMU_ROWS];
extern const uint8_t smmu_rows_from[8];
extern const struct ims_order smmu_orders[SMMU_ORDERS];
extern const struct ims_fault_def smmu_queue_errors[SMMU_QUEUE_ERRORS];

void smmu_derive_commands(struct ims_state *s);
uint16_t smmu_accept(const struct ims_state *s, const struct ims_cmd_row *row,
		     const uint64_t *words);
void smmu_decode(const struct ims_state *state, const struct ims_cmd_row *row,
		 const uint64_t *words, struct ims_cmd *cmd);
void smmu_encode(const struct ims_cmd_row *row, const struct ims_cmd_args *args, uint64_t *words);

/* queue.c */
void smmu_derive_queue(struct ims_state *s);
uint16_t smmu_ready(struct ims_state *s, uint64_t root);
void smmu_queue_stopped(struct ims_hw *hw, unsigned ring, uint16_t error);
/* The words of a ring by a register of its base. */
void smmu_ring_base(struct ims_hw *hw, unsigned ring, uint64_t value);
void smmu_wait_signalled(struct ims_hw *hw);
void smmu_fetch(struct ims_hw *hw, const struct ims_cmd *cmd);
/* After a write of CR0, which held @was. */
void smmu_queue_control(struct ims_hw *hw, uint64_t was);
/* One of the bits of GERROR; absorbed if it is active already. */
void smmu_gerror(struct ims_hw *hw, uint64_t bit);
bool smmu_gerror_active(struct ims_hw *hw, uint64_t bit);
uint64_t smmu_cmdq_base_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t smmu_cmdq_prod_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t smmu_cmdq_cons_value(const struct ims_hw *hw, const struct ims_reg *r);
void smmu_cmdq_base_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void smmu_cmdq_prod_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void smmu_cmdq_cons_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void smmu_gerrorn_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);

/* ecmdq.c: the rings behind the first, section 3.5.6. */
/* PROD.EN, section 6.3.108: how a unit is found. */
#define SMMU_ECMDQ_EN IMS_BIT(31)
void smmu_derive_ecmdq(struct ims_state *s);
/* One of them stopped. */
void smmu_ecmdq_stopped(struct ims_hw *hw, unsigned ring, uint16_t error);
uint64_t smmu_ecmdq_page_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t smmu_ecmdq_base_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t smmu_ecmdq_prod_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t smmu_ecmdq_cons_value(const struct ims_hw *hw, const struct ims_reg *r);
void smmu_ecmdq_base_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void smmu_ecmdq_prod_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void smmu_ecmdq_cons_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);

/* A queue that hardware writes: events.c. */
struct smmu_out {
	uint8_t base, prod, cons; /* enum smmu_reg */
	uint8_t cfg0;		  /* the first of three, for its interrupt */
	uint8_t size;		  /* the parameter that bounds its length */
	uint8_t entry_lg2;
	uint8_t signal;	  /* enum smmu_signal */
	bool stops;	  /* an overflow that is not acknowledged keeps every entry out */
	uint64_t on, irq; /* in CR0 and in IRQ_CTRL */
	uint64_t aborted; /* in GERROR */
};
extern const struct smmu_out smmu_eventq, smmu_priq;
enum smmu_put { SMMU_PUT, SMMU_PUT_OFF, SMMU_PUT_FULL, SMMU_PUT_ABORTED };
/* May it be written: on, and no abort of it active. */
bool smmu_out_writable(struct ims_hw *hw, const struct smmu_out *q);
bool smmu_out_full(struct ims_hw *hw, const struct smmu_out *q);
/* @overflow: a full one is told of. */
enum smmu_put smmu_out_put(struct ims_hw *hw, const struct smmu_out *q, const uint64_t *words,
			   bool overflow);
void smmu_fault(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		uint16_t code);
/* Puts a record, merged with the last one if that may be. */
bool smmu_event_put(struct ims_hw *hw, const uint64_t *record, bool mergeable);
void smmu_eventq_cons_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);

/* stalls.c: transactions that wait for RESUME or STALL_TERM, section 3.12.2. */
bool smmu_stalls(const struct ims_req *req, const struct ims_path *path, uint16_t code);
/* Records one, or tells that there is no room: it is terminated then. */
bool smmu_stall_add(struct ims_hw *hw, const struct ims_req *req, uint64_t *record);
void smmu_stalls_tell(struct ims_hw *hw);
void smmu_stalls_free(struct ims_hw *hw);
void smmu_act(struct ims_hw *hw, const struct ims_cmd *cmd);

enum ims_page_fate smmu_page_request(struct ims_hw *hw, const struct ims_page_req *req,
				     uint8_t *ret_code);

#endif
