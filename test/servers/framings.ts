/**
 * Requests of which two parties might think that they end at different places: what is wrong or odd about each, and what
 * may become of it. Which of them a server refuses differs from version to version; what is taken is taken in one way.
 */

export interface Fate {
  /** It may be refused, with a status of 400 or above and the end of the connection. */
  refused?: true;
  /** Where it is not, this is its body; and the next request begins behind what was sent, or the connection ends. */
  body?: string;
}

export interface Framing {
  title: string;
  /** Lines of the head as they are sent, each with its end, behind `Host`. */
  head: string;
  /** What comes behind the head. */
  rest: string;
  fate: Fate;
}

/** A request within the bytes of another: nobody may take it for one. */
export const HIDDEN = '<hidden>';
/** The number of bytes behind the head. */
export const ALL = '<all>';

const CHUNKS = '3\r\nabc\r\n0\r\n\r\n';
const BOTH = CHUNKS + HIDDEN;

const taken = (body: string): Fate => ({ body });
const maybe = (body: string): Fate => ({ refused: true, body });
const refused: Fate = { refused: true };

/** What is no doubt chunked is refused or taken so; anything else has no end that all would agree about. */
const coded = (
  title: string,
  coding: string,
  fate = refused,
  rest = fate.body === undefined ? BOTH : CHUNKS,
): Framing => ({
  ...{ title: `Transfer-Encoding ${title}`, head: `Transfer-Encoding:${coding}\r\n`, rest, fate },
});

export const codings: Framing[] = [
  coded('chunked', ' chunked', taken('abc')),
  coded('in capitals', ' CHUNKED', taken('abc')),
  coded('without a space', 'chunked', taken('abc')),
  coded('with spaces around it', '   chunked  ', taken('abc')),
  coded('with a tab before it', '\tchunked', maybe('abc')),
  coded('with a tab behind it', ' chunked\t', maybe('abc')),
  coded('on a continued line', '\r\n chunked', maybe('abc')),
  coded('with a vertical tab', ' \x0bchunked'),
  coded('quoted', ' "chunked"'),
  coded('with a letter before it', ' xchunked'),
  coded('with a letter behind it', ' chunkedx'),
  coded('with a parameter', ' chunked;q=1'),
  coded('with a comma behind it', ' chunked,'),
  coded('chunked, identity', ' chunked, identity'),
  coded('identity, chunked', ' identity, chunked'),
  coded('identity', ' identity'),
  coded('gzip, chunked', ' gzip, chunked'),
  coded('chunked, chunked', ' chunked, chunked'),
  coded('empty', ''),
  coded('twice', ' chunked\r\nTransfer-Encoding: chunked'),
  coded('and another one', ' chunked\r\nTransfer-Encoding: identity'),
  coded('behind another one', ' identity\r\nTransfer-Encoding: chunked'),
  coded('with a continued line', ' chunked\r\n identity'),
  coded('with a NUL', ' chun\0ked'),
  coded('with a bare CR', ' chunked\rX: y'),
  { title: 'a space before the colon', head: 'Transfer-Encoding : chunked\r\n', rest: BOTH, fate: refused },
  {
    title: 'a coding on the continued line of another field',
    head: 'X: y\r\n Transfer-Encoding: chunked\r\n',
    rest: '',
    fate: maybe(''),
  },
  {
    title: 'an underscore in Transfer-Encoding',
    head: `Transfer_Encoding: chunked\r\nContent-Length: ${ALL}\r\n`,
    rest: CHUNKS,
    fate: taken(CHUNKS),
  },
];

const sized = (title: string, head: string, fate = refused, rest?: string): Framing => ({
  ...{ title: `Content-Length ${title}`, head, fate },
  rest: rest ?? `abcd${fate.body === undefined ? HIDDEN : ''}`,
});

/** Where there are both, the coding counts (RFC 9112, 6.3), and what is behind it must not. */
const coding = 'Transfer-Encoding: chunked\r\n';

export const lengths: Framing[] = [
  sized('and chunks', `Content-Length: ${ALL}\r\n${coding}`, maybe('abc'), BOTH),
  sized('behind chunks', `${coding}Content-Length: ${ALL}\r\n`, maybe('abc'), BOTH),
  sized('shorter than chunks', `Content-Length: 4\r\n${coding}`, maybe('abc'), BOTH),
  sized('and a coding nobody knows', `Content-Length: ${ALL}\r\nTransfer-Encoding: xchunked\r\n`, refused, BOTH),
  sized('and identity', `Content-Length: ${ALL}\r\nTransfer-Encoding: identity\r\n`, refused, BOTH),
  sized('twice', 'Content-Length: 4\r\nContent-Length: 4\r\n'),
  sized('twice, and different', `Content-Length: 4\r\nContent-Length: ${ALL}\r\n`),
  sized('as a list', 'Content-Length: 4, 4\r\n'),
  sized('with a plus', 'Content-Length: +4\r\n'),
  sized('with a minus', 'Content-Length: -4\r\n'),
  sized('with a zero before it', 'Content-Length: 04\r\n', taken('abcd')),
  sized('with a space in it', 'Content-Length: 4 4\r\n'),
  sized('with a tab behind it', 'Content-Length: 4\t\r\n', maybe('abcd')),
  sized('on a continued line', 'Content-Length:\r\n 4\r\n', maybe('abcd')),
  sized('with a form feed behind it', 'Content-Length: 4\x0c\r\n'),
  sized('in hexadecimal', 'Content-Length: 0x4\r\n'),
  sized('with a fraction', 'Content-Length: 4.0\r\n'),
  sized('with an exponent', 'Content-Length: 4e0\r\n'),
  sized('with a letter behind it', 'Content-Length: 4a\r\n'),
  sized('empty', 'Content-Length:\r\n'),
  sized('of 2^63 + 4', 'Content-Length: 9223372036854775812\r\n'),
  sized('of 2^64 + 4', 'Content-Length: 18446744073709551620\r\n'),
  sized('of 2^128 + 4', 'Content-Length: 340282366920938463463374607431768211460\r\n'),
  sized('with a space before the colon', 'Content-Length : 4\r\n'),
  sized('with a NUL', 'Content-Length: 4\0\r\n'),
  sized('that Connection names', 'Content-Length: 4\r\nConnection: Content-Length, keep-alive\r\n', taken('abcd')),
  sized('with an underscore besides', 'Content-Length: 4\r\nContent_Length: 40\r\n', taken('abcd')),
];

const chunked = (title: string, rest: string, fate = refused): Framing => ({
  ...{ title: `a chunk ${title}`, head: coding, rest: fate.body === undefined ? rest + HIDDEN : rest, fate },
});

export const chunks: Framing[] = [
  chunked('with an extension', '3;a=b\r\nabc\r\n0;c\r\n\r\n', taken('abc')),
  chunked('with a quoted extension', '3;a="\r\nabc\r\n0\r\n\r\n', maybe('abc')),
  chunked('with zeros before its size', '0003\r\nabc\r\n000\r\n\r\n', taken('abc')),
  chunked('in capitals', 'A\r\nabcdefghij\r\n0\r\n\r\n', taken('abcdefghij')),
  chunked('with a space behind its size', '3 \r\nabc\r\n0\r\n\r\n', maybe('abc')),
  chunked('with a bare LF behind its size', '3\nabc\r\n0\r\n\r\n', maybe('abc')),
  chunked('with a bare LF in its extension', '3;a\nabc\r\n0\r\n\r\n', maybe('abc')),
  chunked('with a NUL in its extension', '3;a\0\r\nabc\r\n0\r\n\r\n', maybe('abc')),
  chunked('with a bare LF behind it', '3\r\nabc\n0\r\n\r\n', maybe('abc')),
  chunked('followed by trailers', '3\r\nabc\r\n0\r\nX-Late: yes\r\nContent-Length: 40\r\n\r\n', taken('abc')),
  chunked('followed by trailers with a bare LF', '3\r\nabc\r\n0\r\nX: y\n\r\n', maybe('abc')),
  chunked('with a space before its size', ' 3\r\nabc\r\n0\r\n\r\n'),
  chunked('with a plus', '+3\r\nabc\r\n0\r\n\r\n'),
  chunked('with a minus', '-3\r\nabc\r\n0\r\n\r\n'),
  chunked('in notation of C', '0x3\r\nabc\r\n0\r\n\r\n'),
  chunked('without a size', '\r\nabc\r\n0\r\n\r\n'),
  chunked('with an extension alone', ';a\r\nabc\r\n0\r\n\r\n'),
  chunked('with a bare CR behind its size', '3\rabc\r\n0\r\n\r\n'),
  chunked('with other bytes behind it', '3\r\nabcXX0\r\n\r\n'),
  chunked('longer than its size', '3\r\nabcd\r\n0\r\n\r\n'),
  chunked('of 2^63', '8000000000000000\r\nabc\r\n0\r\n\r\n'),
  chunked('of 2^64 - 1', 'ffffffffffffffff\r\nabc\r\n0\r\n\r\n'),
  chunked('of 2^64 + 3', '10000000000000003\r\nabc\r\n0\r\n\r\n'),
];

const upgrade = (to: string, more = '') => `Connection: Upgrade\r\nUpgrade: ${to}\r\n${more}`;
const plain = (title: string, head: string, fate = refused): Framing => ({
  ...{ title, head: `${head}Content-Length: 4\r\n`, rest: `abcd${fate.body === undefined ? HIDDEN : ''}`, fate },
});

export const heads: Framing[] = [
  plain('a bare LF behind a field', 'X: y\n', maybe('abcd')),
  plain('a bare CR behind a field', 'X: y\rZ: z\r\n'),
  plain('a NUL in a value', 'X: a\0b\r\n'),
  plain('a NUL in a name', 'X\0Y: a\r\n'),
  plain('a field without a name', ': a\r\n'),
  plain('a line without a colon', 'nothing\r\n', maybe('abcd')),
  plain('a continued line', 'X: a\r\n b\r\n', maybe('abcd')),
  plain('a name in parentheses', '(X): a\r\n', maybe('abcd')),
  plain('a control byte in a value', 'X: a\x01b\r\n', maybe('abcd')),
  plain('two hosts', 'Host: other.test\r\n'),
  plain(
    'an upgrade to HTTP/2',
    upgrade('h2c', 'HTTP2-Settings: AAMAAABk\r\nConnection: HTTP2-Settings\r\n'),
    taken('abcd'),
  ),
  plain(
    'an upgrade to a WebSocket',
    upgrade('websocket', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'),
    taken('abcd'),
  ),
  plain('an upgrade to TLS', upgrade('TLS/1.2'), taken('abcd')),
  plain('an expectation that nobody meets', 'Expect: 200-ok\r\n', maybe('abcd')),
  plain('the expectation to go on', 'Expect: 100-continue\r\n', taken('abcd')),
];
