/* States of a ticket (docs/ticket-states.md is printed from this table). */
#include "core/ticket.h"

const struct ticket_move ticket_moves[] = {
	{ TICKET_REQUESTED, EVENT_PRESENT, TICKET_WAITING },
	{ TICKET_REQUESTED, EVENT_EXPIRE, TICKET_EXPIRED },
	{ TICKET_WAITING, EVENT_CLAIM, TICKET_CLAIMED },
	{ TICKET_WAITING, EVENT_CANCEL, TICKET_REFUSED },
	{ TICKET_WAITING, EVENT_EXPIRE, TICKET_EXPIRED },
	{ TICKET_CLAIMED, EVENT_APPROVE, TICKET_APPROVED_UNCOLLECTED },
	{ TICKET_CLAIMED, EVENT_REFUSE, TICKET_REFUSED },
	{ TICKET_CLAIMED, EVENT_WRONG_NUMBER, TICKET_REFUSED },
	{ TICKET_CLAIMED, EVENT_CANCEL, TICKET_REFUSED },
	{ TICKET_CLAIMED, EVENT_EXPIRE, TICKET_EXPIRED },
	{ TICKET_APPROVED_UNCOLLECTED, EVENT_COLLECT, TICKET_COLLECTED },
	{ TICKET_APPROVED_UNCOLLECTED, EVENT_EXPIRE, TICKET_EXPIRED },
};
const size_t ticket_moves_count = sizeof ticket_moves / sizeof *ticket_moves;

enum err ticket_next(enum ticket_state from, enum ticket_event event, enum ticket_state *to)
{
	for (size_t i = 0; i < ticket_moves_count; i++) {
		if (ticket_moves[i].from == from && ticket_moves[i].event == event) {
			*to = ticket_moves[i].to;
			return OK;
		}
	}
	return ERR_CONFLICT;
}

const char *ticket_state_name(enum ticket_state state)
{
	static const char *const names[] = {
		[TICKET_REQUESTED] = "requested",
		[TICKET_WAITING] = "waiting",
		[TICKET_CLAIMED] = "claimed",
		[TICKET_APPROVED_UNCOLLECTED] = "approved",
		[TICKET_COLLECTED] = "collected",
		[TICKET_REFUSED] = "refused",
		[TICKET_EXPIRED] = "expired",
	};

	return names[state];
}

const char *ticket_event_name(enum ticket_event event)
{
	static const char *const names[] = {
		[EVENT_PRESENT] = "present",
		[EVENT_CLAIM] = "claim",
		[EVENT_APPROVE] = "approve",
		[EVENT_REFUSE] = "refuse",
		[EVENT_WRONG_NUMBER] = "wrong number",
		[EVENT_CANCEL] = "cancel",
		[EVENT_EXPIRE] = "expire",
		[EVENT_COLLECT] = "collect",
	};

	return names[event];
}
