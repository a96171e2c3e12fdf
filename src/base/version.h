/* The version of the programs, as pages and yinxinctl name it. */
#pragma once

#define YINXIN_VERSION "0.1.0"
