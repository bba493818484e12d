def application(environ, start_response):
    """Reads the whole request body and answers with its size."""
    body = b'%d\n' % len(environ['wsgi.input'].read())
    start_response('200 OK', [('Content-Type', 'text/plain; charset=utf-8'), ('Content-Length', str(len(body)))])
    return [body]
