megabyte = b'TSGI' * (256 * 1024)


def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'application/octet-stream'), ('Content-Length', str(len(megabyte)))])
    return [megabyte]
