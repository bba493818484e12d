
#ifndef _NGX_HTTP_TSGI_LIBRARY_H_INCLUDED_
#define _NGX_HTTP_TSGI_LIBRARY_H_INCLUDED_


/*
 * Finds and loads libtsgi; only after the last fork, and once a process: the
 * library is never closed.  NULL has been logged.
 */
const tsgi_api *ngx_http_tsgi_load(ngx_log_t *log);


#endif /* _NGX_HTTP_TSGI_LIBRARY_H_INCLUDED_ */
