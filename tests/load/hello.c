/* The least that a FastCGI program can do: what our pages are measured against. */
#include <fcgiapp.h>

int main(void)
{
	FCGX_Request call;

	if (FCGX_Init() || FCGX_InitRequest(&call, 0, FCGI_FAIL_ACCEPT_ON_INTR))
		return 1;
	while (FCGX_Accept_r(&call) == 0) {
		FCGX_PutS("Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n", call.out);
		FCGX_Finish_r(&call);
	}
	return 0;
}
