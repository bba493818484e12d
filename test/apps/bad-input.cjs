/**
 * What no application may pass to `startResponse`, by name: the arguments, and the rule that each breaks.
 *
 * The application under test makes the call, the suite knows what must follow; both read this one list.
 */

/** @typedef {{ status?: unknown, headers?: unknown, rule: string, quotes?: string }} BadInput */

/** @type {Record<string, BadInput>} */
exports.badStatuses = {
  'a number': { status: 200, rule: 'status-string', quotes: '200' },
  undefined: { status: undefined, rule: 'status-string', quotes: 'undefined' },
  null: { status: null, rule: 'status-string', quotes: 'null' },
  'an object': { status: { toString: () => '200 OK' }, rule: 'status-string' },
  'empty text': { status: '', rule: 'status-form', quotes: '""' },
  'no reason': { status: '200', rule: 'status-form', quotes: '"200"' },
  'an empty reason': { status: '200 ', rule: 'status-form' },
  'no number': { status: 'OK', rule: 'status-form', quotes: '"OK"' },
  'two digits': { status: '20 OK', rule: 'status-form' },
  'four digits': { status: '2000 OK', rule: 'status-form' },
  'a letter among the digits': { status: '2O0 OK', rule: 'status-form' },
  'a sign': { status: '-20 OK', rule: 'status-form' },
  'a number below 200': { status: '099 Low', rule: 'status-form' },
  'a space in front': { status: ' 200 OK', rule: 'status-form' },
  'a tab for the space': { status: '200\tOK', rule: 'status-form' },
  'a line feed': { status: '200 OK\nX-Injected: yes', rule: 'status-form' },
  'CR and LF': { status: '200 OK\r\nX-Injected: yes', rule: 'status-form' },
  'CR alone': { status: '200 O\rK', rule: 'status-form' },
  NUL: { status: '200 O\0K', rule: 'status-form' },
  'a control byte': { status: '200 O\x1bK', rule: 'status-form' },
  DEL: { status: '200 O\x7fK', rule: 'status-form' },
  'a code unit that is no byte': { status: '200 \u0100K', rule: 'status-form' },
  100: { status: '100 Continue', rule: 'status-interim', quotes: '"100 Continue"' },
  103: { status: '103 Early Hints', rule: 'status-interim' },
  199: { status: '199 Last', rule: 'status-interim' },
};

/** @type {Record<string, BadInput>} */
exports.badHeaders = {
  undefined: { headers: undefined, rule: 'headers-array', quotes: 'undefined' },
  null: { headers: null, rule: 'headers-array' },
  'an object': { headers: { 'Content-Type': 'text/plain' }, rule: 'headers-array' },
  'a Map': { headers: new Map([['Content-Type', 'text/plain']]), rule: 'headers-array' },
  'a string': { headers: 'Content-Type: text/plain', rule: 'headers-array' },
  'a string as header': { headers: ['Content-Type: text/plain'], rule: 'headers-pair' },
  'a header that is null': { headers: [null], rule: 'headers-pair' },
  'one element': { headers: [['X-A']], rule: 'headers-pair' },
  'three elements': { headers: [['X-A', 'b', 'c']], rule: 'headers-pair' },
  'a flat array': { headers: ['X-A', 'b'], rule: 'headers-pair' },
  'a number as name': { headers: [[1, 'b']], rule: 'headers-pair' },
  'a number as value': { headers: [['X-A', 1]], rule: 'headers-pair', quotes: '1' },
  'undefined as value': { headers: [['X-A', undefined]], rule: 'headers-pair' },
  'an array as value': { headers: [['X-A', ['b', 'c']]], rule: 'headers-pair' },
  'a hole': { headers: [['X-A', 'b'], , ['X-C', 'd']], rule: 'headers-pair' },
  'a bad one after good ones': {
    headers: [
      ['X-A', 'b'],
      ['X-C', 'd'],
      ['X-E', 5],
    ],
    rule: 'headers-pair',
  },
  'an empty name': { headers: [['', 'b']], rule: 'header-name', quotes: '""' },
  'a space in a name': { headers: [['X A', 'b']], rule: 'header-name' },
  'a space after a name': { headers: [['X-A ', 'b']], rule: 'header-name' },
  'a colon in a name': { headers: [['X-A:', 'b']], rule: 'header-name' },
  'a line end in a name': { headers: [['X-A\r\nX-Injected', 'yes']], rule: 'header-name' },
  'NUL in a name': { headers: [['X-A\0', 'b']], rule: 'header-name' },
  'a bracket in a name': { headers: [['X(A)', 'b']], rule: 'header-name' },
  'a byte above 7F in a name': { headers: [['X-\u00e9', 'b']], rule: 'header-name' },
  'CR and LF in a value': { headers: [['X-A', 'b\r\nX-Injected: yes']], rule: 'header-value' },
  'LF in a value': { headers: [['X-A', 'b\nX-Injected: yes']], rule: 'header-value' },
  'CR in a value': { headers: [['X-A', 'b\rc']], rule: 'header-value' },
  'NUL in a value': { headers: [['X-A', 'b\0c']], rule: 'header-value' },
  'a line end at the end of a value': { headers: [['X-A', 'b\r\n']], rule: 'header-value' },
  'a code unit that is no byte in a value': { headers: [['X-A', '\u20ac']], rule: 'header-value' },
  Connection: { headers: [['Connection', 'close']], rule: 'header-server-owned' },
  'keep-alive': { headers: [['keep-alive', 'timeout=5']], rule: 'header-server-owned' },
  'Proxy-Authenticate': { headers: [['Proxy-Authenticate', 'Basic']], rule: 'header-server-owned' },
  TE: { headers: [['TE', 'trailers']], rule: 'header-server-owned' },
  Trailer: { headers: [['Trailer', 'X-A']], rule: 'header-server-owned' },
  'Transfer-Encoding': {
    headers: [['Transfer-Encoding', 'chunked']],
    rule: 'header-server-owned',
    quotes: '"Transfer-Encoding"',
  },
  Upgrade: { headers: [['Upgrade', 'websocket']], rule: 'header-server-owned' },
  Status: { headers: [['Status', '200 OK']], rule: 'header-server-owned' },
  'a length that is no number': { headers: [['Content-Length', 'many']], rule: 'header-content-length' },
  'an empty length': { headers: [['Content-Length', '']], rule: 'header-content-length' },
  'a negative length': { headers: [['Content-Length', '-1']], rule: 'header-content-length' },
  'a signed length': { headers: [['Content-Length', '+1']], rule: 'header-content-length' },
  'a fraction as length': { headers: [['Content-Length', '1.5']], rule: 'header-content-length' },
  'a hexadecimal length': { headers: [['Content-Length', '0x10']], rule: 'header-content-length' },
  'a list of lengths': { headers: [['Content-Length', '5, 5']], rule: 'header-content-length' },
  'a space before the length': { headers: [['Content-Length', ' 5']], rule: 'header-content-length' },
  'two lengths': {
    headers: [
      ['Content-Length', '5'],
      ['content-length', '5'],
    ],
    rule: 'header-content-length',
  },
  'a length beyond every file': {
    headers: [['Content-Length', '99999999999999999999']],
    rule: 'header-content-length',
  },
};
