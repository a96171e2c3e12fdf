/* Files of the source tree that stand in the program, so that it makes an installation wherever it lies. */
#pragma once

extern const char embedded_schema[];                                           /* schema.sql */
extern const char embedded_user[], embedded_privacy[], embedded_certificate[]; /* deploy/agreements */
