/* The one error enum of the project, and the words that carry it. A foreign library's code never crosses a module's
 * border: the module that calls the library turns it into one of these. */
#pragma once

enum err {
	OK,
	ERR_INVALID,     /* what was given breaks a rule of form; the caller can mend it */
	ERR_DENIED,      /* the actor may not */
	ERR_NOT_FOUND,   /* no such thing, or none of this actor's business */
	ERR_CONFLICT,    /* the thing is no longer in the state that the act needs */
	ERR_LIMITED,     /* too often, too many; later it may work */
	ERR_UNAVAILABLE, /* something outside does not answer now: database locked, disk full, service down */
	ERR_BROKEN,      /* a bug or damaged data: nothing the caller could do */
	ERR_UNSURE       /* it may have been done or not: look before doing it again */
};

#define CHECKED __attribute__((warn_unused_result))

/* Hands a callee's error to the caller. Only where nothing has to be released by hand. */
#define TRY(call)                                                                                                      \
	do {                                                                                                           \
		enum err try_ = (call);                                                                                \
		if (try_ != OK)                                                                                        \
			return try_;                                                                                   \
	} while (0)

/* The enum's name in lower case without ERR_, for logs: "ok", "not-found". Static. */
const char *err_name(enum err);
