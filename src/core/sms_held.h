/* The built-in way of sending an SMS (CON-2): it stays in the outbox, where an operator or `make run` reads it. */
#pragma once
#include "connect/sms.h"

struct sms_way *sms_held(struct arena *);
