
/*
 * How a worker process makes place for another one, before its time.
 */


#ifndef _NGX_HTTP_TSGI_RETIRE_H_INCLUDED_
#define _NGX_HTTP_TSGI_RETIRE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* of tsgi_host; on any thread */
void ngx_http_tsgi_retire(void *data);

/* after a wake: shuts the process down if that is wanted */
void ngx_http_tsgi_retire_turn(ngx_log_t *log);


#endif /* _NGX_HTTP_TSGI_RETIRE_H_INCLUDED_ */
